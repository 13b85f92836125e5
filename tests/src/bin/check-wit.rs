//! `make check`: the contract in `wit/` is valid, each item of it is documented and says since when it is there, nothing
//! of the last release is gone, and the components that are built fit their worlds.
//!
//! `check-wit --package FILE [NAME]` writes a package of the contract as one file, in the encoding that registries carry:
//! `cfn:signal`, or the one that is named.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use cfn_signal_tests::contract::{self, Broken, Change};
use wit_parser::{
    Docs, Function, FunctionKind, InterfaceId, PackageId, Resolve, Stability, TypeDefKind, TypeOwner,
};

fn main() -> ExitCode {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let wit = root.join("wit");
    let (resolve, package) = match contract::read(&wit) {
        Ok(read) => read,
        Err(error) => {
            eprintln!("wit/ is not valid: {error}");
            return ExitCode::FAILURE;
        }
    };
    let own = contract::own(&resolve, package);
    match std::env::args().skip(1).collect::<Vec<_>>().as_slice() {
        [option, file] if option == "--package" => return write_package(&resolve, package, Path::new(file)),
        [option, file, name] if option == "--package" => {
            let named = own.iter().find(|id| {
                let found = resolve.packages.get(**id).map(|package| &package.name);
                found.is_some_and(|found| format!("{}:{}", found.namespace, found.name) == *name)
            });
            let Some(named) = named else {
                eprintln!("the contract has no package {name}");
                return ExitCode::FAILURE;
            };
            return write_package(&resolve, *named, Path::new(file));
        }
        _ => {}
    }
    let mut documented = true;
    for id in own {
        documented &= review(&resolve, id);
    }
    let mut broken = since_the_last_releases(&root, &wit);
    for (world, _) in contract::worlds(&resolve, &contract::own(&resolve, package)) {
        broken.extend(component(&root, &wit, &world));
    }
    for promise in &broken {
        eprintln!("{promise}");
    }
    if documented && broken.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Whether everything in a package is documented, and says since when it is there.
fn review(resolve: &Resolve, package: PackageId) -> bool {
    let mut review = Review::default();
    let Some(package) = resolve.packages.get(package) else { return false };
    for (name, interface) in &package.interfaces {
        review.interface(resolve, name, *interface);
    }
    for (name, world) in &package.worlds {
        if let Some(world) = resolve.worlds.get(*world) {
            review.item(name, &world.docs, &world.stability);
        }
    }
    for complaint in &review.complaints {
        eprintln!("{complaint}");
    }
    println!("{}: {} items, {} complaints", package.name, review.items, review.complaints.len());
    review.complaints.is_empty()
}

fn write_package(resolve: &Resolve, package: PackageId, file: &Path) -> ExitCode {
    let written = wit_component::encode(resolve, package)
        .map_err(|error| format!("{error:#}"))
        .and_then(|bytes| std::fs::write(file, bytes).map_err(|error| error.to_string()));
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}: {error}", file.display());
            ExitCode::FAILURE
        }
    }
}

/// The last two: what is about to be released may have its tag already.
fn since_the_last_releases(root: &Path, wit: &Path) -> Vec<Broken> {
    let mut from = "HEAD".to_owned();
    for _ in 0..2 {
        match since(root, &from, wit) {
            Ok(Some(tag)) => from = format!("{tag}^"),
            Ok(None) if from == "HEAD" => {
                println!(
                    "changes since the last release: skipped, no tag v… with a contract here (git fetch --tags)"
                );
                break;
            }
            Ok(None) => break,
            Err(broken) => return broken,
        }
    }
    Vec::new()
}

fn since(root: &Path, from: &str, wit: &Path) -> Result<Option<String>, Vec<Broken>> {
    let released = tempfile::tempdir().map_err(|error| vec![Broken::Unreadable(error.to_string())])?;
    let Some(tag) = contract::last_release(root, from, released.path()).map_err(|broken| vec![broken])?
    else {
        return Ok(None);
    };
    let change = match contract::compare(&released.path().join("wit"), wit)? {
        Change::None => "none",
        Change::Addition => "additions only",
        Change::NewContract => "a new contract by its version, nothing is promised across",
    };
    println!("changes since {tag}: {change}");
    Ok(Some(tag))
}

/// The component of `world`, where `make` has left one.
fn component(root: &Path, wit: &Path, world: &str) -> Option<Broken> {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let path = target.join("component").join(world).with_extension("wasm");
    let Ok(wasm) = std::fs::read(&path) else {
        println!("{world}.wasm: not built, not compared with its world");
        return None;
    };
    let result = contract::fits(wit, world, &wasm);
    if result.is_ok() {
        println!("{world}.wasm: imports and exports as world {world} says");
    }
    result.err()
}

#[derive(Default)]
struct Review {
    items: usize,
    complaints: Vec<String>,
}

impl Review {
    fn interface(&mut self, resolve: &Resolve, name: &str, id: InterfaceId) {
        let Some(interface) = resolve.interfaces.get(id) else { return };
        self.item(name, &interface.docs, &interface.stability);
        for (type_name, type_id) in &interface.types {
            let Some(definition) = resolve.types.get(*type_id) else { continue };
            // What is only used here is documented where it is defined.
            if definition.owner != TypeOwner::Interface(id) || is_use(resolve, &definition.kind) {
                continue;
            }
            let path = format!("{name}.{type_name}");
            self.item(&path, &definition.docs, &definition.stability);
            self.parts(&path, &definition.kind);
        }
        for (function_name, function) in &interface.functions {
            self.function(&format!("{name}.{function_name}"), function);
        }
    }

    fn function(&mut self, path: &str, function: &Function) {
        // What belongs to a resource is there since the resource is.
        match function.kind {
            FunctionKind::Freestanding => self.item(path, &function.docs, &function.stability),
            _ => self.documented(path, &function.docs),
        }
    }

    fn parts(&mut self, path: &str, kind: &TypeDefKind) {
        let parts: Vec<(&String, &Docs)> = match kind {
            TypeDefKind::Record(record) => {
                record.fields.iter().map(|field| (&field.name, &field.docs)).collect()
            }
            TypeDefKind::Variant(variant) => {
                variant.cases.iter().map(|case| (&case.name, &case.docs)).collect()
            }
            TypeDefKind::Flags(flags) => flags.flags.iter().map(|flag| (&flag.name, &flag.docs)).collect(),
            TypeDefKind::Enum(cases) => cases.cases.iter().map(|case| (&case.name, &case.docs)).collect(),
            _ => Vec::new(),
        };
        for (name, docs) in parts {
            self.documented(&format!("{path}.{name}"), docs);
        }
    }

    fn item(&mut self, path: &str, docs: &Docs, stability: &Stability) {
        self.documented(path, docs);
        if !matches!(stability, Stability::Stable { .. }) {
            self.complaints.push(format!("{path}: no @since"));
        }
    }

    fn documented(&mut self, path: &str, docs: &Docs) {
        self.items += 1;
        if docs.contents.as_ref().is_none_or(|text| text.trim().is_empty()) {
            self.complaints.push(format!("{path}: not documented"));
        }
    }
}

/// `use other.{name}` makes a type that stands for another one of an interface.
fn is_use(resolve: &Resolve, kind: &TypeDefKind) -> bool {
    let TypeDefKind::Type(wit_parser::Type::Id(target)) = kind else { return false };
    resolve.types.get(*target).is_some_and(|target| matches!(target.owner, TypeOwner::Interface(_)))
}

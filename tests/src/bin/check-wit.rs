//! `make check`: the contract in `wit/` is valid, and each item of it is documented and says since when it is there.

use std::path::Path;
use std::process::ExitCode;

use wit_parser::{Docs, Function, FunctionKind, InterfaceId, Resolve, Stability, TypeDefKind, TypeOwner};

fn main() -> ExitCode {
    let wit = Path::new(env!("CARGO_MANIFEST_DIR")).join("../wit");
    let mut resolve = Resolve::default();
    let package = match resolve.push_dir(&wit) {
        Ok((package, _)) => package,
        Err(error) => {
            eprintln!("wit/ is not valid: {error:#}");
            return ExitCode::FAILURE;
        }
    };
    let mut review = Review::default();
    let Some(package) = resolve.packages.get(package) else { return ExitCode::FAILURE };
    for (name, interface) in &package.interfaces {
        review.interface(&resolve, name, *interface);
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
    if review.complaints.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
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

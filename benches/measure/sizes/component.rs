//! What a component is made of. Whose its functions are is read from the same component built with their names.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

use cfn_signal_tests::binaries;
use wasmparser::{BinaryReader, Name, NameSectionReader, Parser, Payload, TypeRef};

use super::{Parts, owner, sorted};

/// The sections, those of the modules inside it too; and the code, by crate.
pub fn parts(path: &Path) -> (Parts, Parts) {
    let wasm = std::fs::read(path).unwrap();
    let mut sections = BTreeMap::new();
    let mut told = 0;
    for payload in Parser::new(0).parse_all(&wasm) {
        let (name, size) = match payload.unwrap() {
            Payload::CodeSectionStart { range, .. } => ("code".to_owned(), length(&range)),
            Payload::DataSection(data) => ("data".to_owned(), length(&data.range())),
            Payload::CustomSection(custom) => (format!("custom: {}", custom.name()), length(&custom.range())),
            Payload::ComponentTypeSection(types) => {
                ("the component's types".to_owned(), length(&types.range()))
            }
            Payload::ComponentAliasSection(it) => (WIRING.to_owned(), length(&it.range())),
            Payload::ComponentCanonicalSection(it) => (WIRING.to_owned(), length(&it.range())),
            Payload::ComponentInstanceSection(it) => (WIRING.to_owned(), length(&it.range())),
            Payload::ComponentImportSection(it) => (WIRING.to_owned(), length(&it.range())),
            Payload::ComponentExportSection(it) => (WIRING.to_owned(), length(&it.range())),
            Payload::InstanceSection(it) => (WIRING.to_owned(), length(&it.range())),
            _ => continue,
        };
        told += size;
        *sections.entry(name).or_insert(0) += size;
    }
    let rest = u64::try_from(wasm.len()).unwrap().saturating_sub(told);
    sections.insert("a module's types, tables, exports and all that is small".to_owned(), rest);
    let named = binaries::target_dir().join("bench/named").join(path.file_name().unwrap());
    (sorted(sections), std::fs::read(named).map(|wasm| code(&wasm)).unwrap_or_default())
}

fn length(range: &Range<u64>) -> u64 {
    range.end - range.start
}

const WIRING: &str = "the component's imports, exports and what joins them";

/// The bytes of the functions of each crate.
fn code(wasm: &[u8]) -> Parts {
    let mut crates = BTreeMap::new();
    // Of the module that is being read: how many functions are imported, and what the others have.
    let (mut imported, mut bodies) = (0_u32, Vec::new());
    for payload in Parser::new(0).parse_all(wasm) {
        match payload.unwrap() {
            Payload::Version { .. } => (imported, bodies) = (0, Vec::new()),
            Payload::ImportSection(imports) => {
                let functions = imports
                    .into_imports()
                    .filter(|it| matches!(it, Ok(it) if matches!(it.ty, TypeRef::Func(_))));
                imported = u32::try_from(functions.count()).unwrap();
            }
            Payload::CodeSectionEntry(body) => bodies.push(length(&body.range())),
            Payload::CustomSection(custom) if custom.name() == "name" => {
                let names = NameSectionReader::new(BinaryReader::new(custom.data(), custom.data_offset()));
                for name in names.flatten() {
                    let Name::Function(functions) = name else { continue };
                    for naming in functions.into_iter().flatten() {
                        let Some(index) = naming.index.checked_sub(imported) else { continue };
                        let Some(size) = bodies.get_mut(usize::try_from(index).unwrap()) else { continue };
                        *crates
                            .entry(owner(naming.name, "exports, and what the compiler adds"))
                            .or_insert(0) += std::mem::take(size);
                    }
                }
                let nameless: u64 = std::mem::take(&mut bodies).into_iter().sum();
                *crates.entry("without a name".to_owned()).or_insert(0) += nameless;
            }
            _ => {}
        }
    }
    sorted(crates)
}

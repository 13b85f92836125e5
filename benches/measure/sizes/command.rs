//! What a command is made of. Whose its functions are is read from the same command built with its symbols.

use std::collections::BTreeMap;

use cfn_signal_tests::binaries;
use object::{Object as _, ObjectSection as _, ObjectSymbol as _, SymbolKind};

use super::{Parts, owner, sorted};

/// The sections of what ships, and the code, by crate.
pub fn parts(name: &str) -> Option<(Parts, Parts)> {
    let shipped = std::fs::read(binaries::command(name)).unwrap();
    // Other systems' files are not read.
    let shipped = object::File::parse(&*shipped).ok()?;
    let mut sections = BTreeMap::new();
    for section in shipped.sections() {
        let Some((_, size)) = section.file_range() else { continue };
        *sections.entry(format!("`{}`", section.name().unwrap_or_default())).or_insert(0) += size;
    }
    let named = std::fs::read(binaries::target_dir().join("bench/named").join(name)).unwrap_or_default();
    let crates = object::File::parse(&*named).map(|named| code(&named)).unwrap_or_default();
    Some((sorted(sections), crates))
}

/// The bytes of the functions of each crate; those of other languages are told together.
fn code(named: &object::File<'_>) -> Parts {
    let mut crates = BTreeMap::new();
    // A function may have several names.
    let mut functions = BTreeMap::new();
    for symbol in named.symbols() {
        if symbol.kind() == SymbolKind::Text
            && symbol.size() > 0
            && let Ok(name) = symbol.name()
        {
            functions.insert(symbol.address(), (name, symbol.size()));
        }
    }
    for (name, size) in functions.into_values() {
        *crates.entry(owner(name, "C and assembly")).or_insert(0) += size;
    }
    sorted(crates)
}

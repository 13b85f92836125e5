//! `make check`: what the lock file holds comes from the public registry, under licences that fit Apache-2.0, and is in
//! no advisory, where a copy of the advisories is at hand.
//!
//! The advisory database is not part of any registry package, so a machine may not have it: then that part is said to
//! be skipped. With it, `cargo audit` does the looking-up.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, ExitCode};

use cargo_metadata::{MetadataCommand, Package};

/// Licences under which a dependency may be used: permissive ones, and file-level copyleft for none.
const LICENCES: [&str; 13] = [
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "OpenSSL",
    "Unicode-3.0",
    "Zlib",
];

fn main() -> ExitCode {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.toml");
    let metadata =
        match MetadataCommand::new().manifest_path(manifest).other_options(["--locked".to_owned()]).exec() {
            Ok(metadata) => metadata,
            Err(error) => {
                eprintln!("the dependencies cannot be read: {error}");
                return ExitCode::FAILURE;
            }
        };
    let foreign: Vec<&Package> = metadata
        .packages
        .iter()
        .filter(|package| !metadata.workspace_members.contains(&package.id))
        .collect();
    let complaints: BTreeSet<String> = foreign.iter().filter_map(|package| complaint(package)).collect();
    for complaint in &complaints {
        eprintln!("{complaint}");
    }
    let advisories = advisories();
    println!(
        "{} dependencies, {} complaints; advisories: {}",
        foreign.len(),
        complaints.len(),
        advisories.text()
    );
    if complaints.is_empty() && advisories != Advisories::Found {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn complaint(package: &Package) -> Option<String> {
    let source = package.source.as_ref();
    if !source.is_some_and(cargo_metadata::Source::is_crates_io) {
        return Some(format!("{} {}: not from the public registry", package.name, package.version));
    }
    match &package.license {
        Some(licence) if permits(licence) => None,
        licence => {
            Some(format!("{} {}: licence {licence:?} is not on the list", package.name, package.version))
        }
    }
}

/// An SPDX expression, as far as crates use them: `OR` and `/` offer a choice, `AND` asks for all.
fn permits(expression: &str) -> bool {
    let expression = expression.replace(['(', ')'], " ").replace('/', " OR ");
    expression
        .split(" AND ")
        .all(|choices| choices.split(" OR ").any(|licence| LICENCES.contains(&licence.trim())))
}

#[derive(PartialEq)]
enum Advisories {
    None,
    Found,
    Skipped,
}

impl Advisories {
    fn text(&self) -> &'static str {
        match self {
            Self::None => "none apply",
            Self::Found => "see above",
            Self::Skipped => "skipped: needs cargo-audit and its database (cargo install cargo-audit)",
        }
    }
}

fn advisories() -> Advisories {
    let home = std::env::var("CARGO_HOME").or_else(|_| std::env::var("HOME").map(|home| home + "/.cargo"));
    let database = home.map(|home| Path::new(&home).join("advisory-db")).unwrap_or_default();
    if !database.is_dir() {
        return Advisories::Skipped;
    }
    match Command::new("cargo").args(["audit", "--no-fetch", "--stale"]).status() {
        Ok(status) if status.success() => Advisories::None,
        Ok(status) if status.code() == Some(1) => Advisories::Found,
        _ => Advisories::Skipped,
    }
}

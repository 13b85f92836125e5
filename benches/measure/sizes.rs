//! How large what is built is, and what of.

mod command;
mod component;

use cfn_signal_benches::figures::{file_size, ratio};
use cfn_signal_benches::page::Table;
use cfn_signal_tests::binaries;
use cfn_signal_tests::sizes::{self, Recorded};

use crate::Run;
use crate::report::Report;

/// Of a file, in the order of size: what a part is called, and its bytes.
type Parts = Vec<(String, u64)>;

pub fn measure(_run: &Run, report: &mut Report) {
    let recorded = Recorded::read().unwrap_or_default();
    report.section(
        "Sizes",
        &format!(
            "Beside what is recorded in `benches/sizes.json` (by {}), which `make check` holds them to. Those for other machines are \
             here where `make dist` has made them.\n",
            recorded.compiler
        ),
    );
    let target = binaries::target_dir();
    let (components, commands) = (sizes::components(&target), sizes::commands(&target));
    let mut table = Table::new(&["file", "size", "bytes", "recorded", "ratio"]);
    for built in components.iter().chain(&commands).filter(|built| !built.stale) {
        let before = recorded.bytes.get(&built.name).copied();
        let cells = [
            format!("`{}`", built.name),
            file_size(built.size),
            built.size.to_string(),
            before.map(|it| it.to_string()).unwrap_or_default(),
            before.map(|it| ratio(float(built.size), float(it))).unwrap_or_default(),
        ];
        table.row(&cells);
        report.files.push((built.name.clone(), file_size(built.size)));
    }
    let missing = |name: &&String| !report.files.iter().any(|(built, _)| built == *name);
    for name in recorded.bytes.keys().filter(missing).cloned().collect::<Vec<_>>() {
        let bytes = recorded.bytes.get(&name).copied().unwrap_or_default();
        table.row(&[
            format!("`{name}`"),
            format!("{}, recorded", file_size(bytes)),
            String::new(),
            bytes.to_string(),
        ]);
        report.files.push((name, file_size(bytes)));
    }
    report.add(table.text());
    say(report);
    for component in &components {
        let (sections, crates) = component::parts(&component.path);
        report.add(&format!("### `{}`\n", component.name));
        tell(report, ["section", "part of the code"], &sections, crates);
    }
    for name in ["cfn-signal", "cfn-rehearse"] {
        if let Some((sections, crates)) = command::parts(name) {
            report.add(&format!("### `{name}`\n"));
            tell(report, ["section", "crate"], &sections, crates);
        }
    }
}

fn say(report: &mut Report) {
    let told: Vec<String> = report.files.iter().map(|(name, size)| format!("`{name}` {size}")).collect();
    report.say(format!("Sizes: {}.", told.join(", ")));
}

#[expect(clippy::cast_precision_loss, reason = "no file is that large")]
fn float(bytes: u64) -> f64 {
    bytes as f64
}

/// The largest of each, and how much the others are together.
fn tell(report: &mut Report, heads: [&str; 2], sections: &Parts, crates: Parts) {
    for (head, parts) in heads.iter().zip([sections, &crates]) {
        if parts.is_empty() {
            continue;
        }
        let mut table = Table::new(&[head, "bytes", "of all"]);
        let all: u64 = parts.iter().map(|(_, bytes)| bytes).sum();
        let (shown, rest) = parts.split_at(parts.len().min(16));
        let rest: Parts = Some(("others".to_owned(), rest.iter().map(|(_, bytes)| bytes).sum()))
            .into_iter()
            .filter(|(_, bytes)| *bytes > 0)
            .collect();
        for (name, bytes) in shown.iter().chain(&rest) {
            let share = format!("{:.1} %", 100.0 * float(*bytes) / float(all));
            table.row(&[name.clone(), bytes.to_string(), share]);
        }
        report.add(table.text());
    }
}

/// The largest first.
fn sorted(parts: impl IntoIterator<Item = (String, u64)>) -> Parts {
    let mut parts: Parts = parts.into_iter().filter(|(_, bytes)| *bytes > 0).collect();
    parts.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
    parts
}

/// The crate of a function: of a method its type's. Functions of other languages, and what others call, have no crate in
/// their names: then `foreign` it is.
fn owner(symbol: &str, foreign: &str) -> String {
    let Ok(name) = rustc_demangle::try_demangle(symbol) else { return foreign.to_owned() };
    let name = format!("{name:#}");
    let mut rest = name.as_str();
    // `<&mut T as Trait>::method` and what is like it.
    for prefix in ["<", "&", "mut ", "*const ", "*mut ", "[", "(", "dyn ", "impl "].iter().cycle().take(36) {
        rest = rest.strip_prefix(prefix).unwrap_or(rest);
    }
    let first: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    match rest.get(first.len()..).is_some_and(|after| after.starts_with("::")) {
        true => first,
        // A method of a type of the language itself.
        false => "core".to_owned(),
    }
}

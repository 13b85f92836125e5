//! One signature: in the component, natively and by others; and what comes before the first.

use std::path::Path;
use std::process::Command;

use cfn_signal_benches::cells::Cell;
use cfn_signal_benches::figures::{ratio, time};
use cfn_signal_benches::page::Table;
use cfn_signal_benches::spread::Spread;

use crate::Run;
use crate::report::Report;

pub fn measure(run: &Run, report: &mut Report) {
    let introduction = "A `SignalResource` request with a body, each signing to the same signature. Ours and `aws-sigv4` are built as \
        cargo builds a release for who uses the crates (opt-level 3), the component as it ships. Cached: with the key of the day at \
        hand, which `aws-sigv4` and botocore never have. Cold: on another day, so that a key has to be derived. Time of a \
        processor: medians, and the quartiles in brackets.\n";
    report.section("One signature", introduction);
    let mut cells = signing(run, "signatures");
    cells.extend(botocore(run));
    report.add(table(&cells).text());
    tell(report, &cells);
    let introduction = "In fresh processes: the component's machine code is loaded, the component instantiated, and a request signed.\n";
    report.section("From nothing to the first signature", introduction);
    let mut table = Table::new(&["phase", "took"]);
    for phase in signing(run, "phases") {
        table.row(&[phase.what.clone(), spread(&phase).told(time)]);
    }
    report.add(table.text());
}

/// What the second program says, which is built already.
fn signing(run: &Run, part: &str) -> Vec<Cell> {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo
        .args(["bench", "--locked", "--quiet", "--package", env!("CARGO_PKG_NAME"), "--bench", "signing"])
        .args(["--", part])
        .args(run.quick.then_some("quick"))
        .current_dir(env!("CARGO_MANIFEST_DIR"));
    said(&mut cargo)
}

fn botocore(run: &Run) -> Vec<Cell> {
    let Some(python) = &run.peers.python else { return Vec::new() };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers/botocore_sign.py");
    said(Command::new(python).arg(script).arg(if run.quick { "4" } else { "60" }))
}

fn said(program: &mut Command) -> Vec<Cell> {
    let output = program.stderr(std::process::Stdio::inherit()).output().unwrap();
    assert!(output.status.success(), "{program:?}: {}", output.status);
    serde_json::from_slice(&output.stdout).unwrap()
}

fn spread(cell: &Cell) -> Spread {
    Spread::of(&cell.samples)
}

fn table(cells: &[Cell]) -> Table {
    let mut table = Table::new(&[
        "body",
        "key",
        "component",
        "the same code, native",
        "`aws-sigv4`, native",
        "botocore",
        "component ÷ `aws-sigv4`",
        "native ÷ `aws-sigv4`",
    ]);
    let mut rows: Vec<(usize, &str)> = Vec::new();
    for cell in cells {
        let row = (cell.body, &*cell.what);
        if !rows.contains(&row) {
            rows.push(row);
        }
    }
    for (body, what) in rows {
        let of = |who: &str| find(cells, who, body, what);
        let told = |who: &str| of(who).map(|it| it.told(time)).unwrap_or_default();
        let beside = |who: &str| match (of(who), of("aws-sigv4")) {
            (Some(here), Some(there)) => ratio(here.median, there.median),
            _ => String::new(),
        };
        table.row(&[
            told_body(body),
            what.to_owned(),
            told("component"),
            told("native"),
            told("aws-sigv4"),
            told("botocore"),
            beside("component"),
            beside("native"),
        ]);
    }
    table
}

fn find(cells: &[Cell], who: &str, body: usize, what: &str) -> Option<Spread> {
    cells.iter().find(|it| it.who == who && it.body == body && it.what == what).map(spread)
}

fn told_body(bytes: usize) -> String {
    match (bytes >> 20, bytes >> 10) {
        (0, 0) => format!("{bytes} B"),
        (0, kilo) => format!("{kilo} KiB"),
        (mega, _) => format!("{mega} MiB"),
    }
}

/// What README has of it.
fn tell(report: &mut Report, cells: &[Cell]) {
    let of = |who: &str| find(cells, who, 0, "cached");
    let (Some(component), Some(native), Some(aws)) = (of("component"), of("native"), of("aws-sigv4")) else {
        return;
    };
    let peer = format!("{}: `aws-sigv4`, native", time(aws.median));
    let what = "one SigV4 signature inside the component, its signing key cached";
    report.row(what, &time(component.median), &peer, &ratio(component.median, aws.median));
    let what = "the same code without the component";
    report.row(
        what,
        &time(native.median),
        &format!("{}: the same", time(aws.median)),
        &ratio(native.median, aws.median),
    );
    if let Some(botocore) = of("botocore") {
        let peer = format!("{}: botocore", time(botocore.median));
        let what = "one SigV4 signature inside the component, beside Python";
        report.row(what, &time(component.median), &peer, &ratio(component.median, botocore.median));
    }
}

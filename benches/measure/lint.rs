//! `cfn-rehearse lint` over the project's own templates, beside cfn-lint.

use std::path::{Path, PathBuf};

use cfn_signal_benches::cells::Contender;
use cfn_signal_benches::figures::{ratio, size, time};
use cfn_signal_benches::spread::Spread;
use cfn_signal_tests::binaries;

use crate::Run;
use crate::launcher::launch;
use crate::process::table;
use crate::report::Report;
use crate::server::text;

const FOLDERS: [&str; 4] =
    ["tests/templates", "rehearsal/demo", "rehearsal/tests/lint", "rehearsal/tests/templates"];

pub fn measure(run: &Run, report: &mut Report) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut templates = Vec::new();
    FOLDERS.iter().for_each(|folder| find(&root.join(folder), &mut templates));
    templates.sort();
    let bytes: u64 = templates.iter().map(|it| std::fs::metadata(it).unwrap().len()).sum();
    let mut ours = vec![text(&binaries::command("cfn-rehearse")), "lint".to_owned(), "--strict".to_owned()];
    ours.extend(templates.iter().map(|it| text(it)));
    let mut contenders = vec![contender("`cfn-rehearse lint --strict`", ours, run.times(60, 5))];
    if let Some(cfn_lint) = run.peers.script("cfn-lint") {
        let mut command = vec![text(&cfn_lint)];
        command.extend(templates.iter().map(|it| text(it)));
        contenders.push(contender("`cfn-lint`", command, run.times(3, 1)));
    }
    report.section(
        "Lint",
        &format!(
            "The project's own {} templates, {}, most of them with a mistake on purpose. The two look for different things: cfn-lint \
             knows the properties of every type of resource, and nothing of what a script does.\n",
            templates.len(),
            size(f64::from(u32::try_from(bytes).unwrap()))
        ),
    );
    let runs = launch(&contenders);
    report.add(table(&contenders, &runs).text());
    let wall = |index: usize| {
        Some(Spread::of(&runs.runs.get(index)?.iter().map(|it| it.wall).collect::<Vec<_>>()).median)
    };
    if let (Some(here), Some(there)) = (wall(0), wall(1)) {
        let what = format!("lint of {} templates", templates.len());
        report.row(&what, &time(here), &format!("{}: `cfn-lint`", time(there)), &ratio(here, there));
    }
}

/// Templates end like that.
fn find(folder: &Path, templates: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            find(&path, templates);
        } else if path.extension().is_some_and(|it| it == "yaml" || it == "json") {
            templates.push(path);
        }
    }
}

fn contender(who: &str, command: Vec<String>, runs: usize) -> Contender {
    let environment = vec![
        ("PATH".to_owned(), std::env::var("PATH").unwrap()),
        ("HOME".to_owned(), "/nonexistent".to_owned()),
    ];
    // It says with its status what it found.
    Contender { who: who.to_owned(), command, environment, runs, may_fail: true }
}

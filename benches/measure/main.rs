//! Everything that is measured, in one run: `make bench`. What came of it goes to `benches/RESULTS.md`, and the figures that the
//! README has go there too.
//!
//! With `CFN_BENCH_QUICK=1` a few minutes show whether it works, and with words after `--`, such as `cargo bench --bench measure
//! -- lint`, only those parts do: both leave the results in `target/bench` and change no page.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a benchmark that cannot run ends"
)]

mod connection;
mod launcher;
mod lint;
mod machine;
mod peers;
mod process;
mod rehearsal;
mod report;
mod server;
mod signatures;
mod sizes;

use std::time::Instant;

use cfn_signal_tests::binaries;

use machine::Machine;
use peers::Peers;
use report::Report;

/// How it is run.
pub struct Run {
    /// With a few rounds only.
    quick: bool,
    peers: Peers,
}

impl Run {
    /// How often something is done: `times`, or in a quick run `few`.
    fn times(&self, times: usize, few: usize) -> usize {
        if self.quick { few } else { times }
    }
}

type Part = fn(&Run, &mut Report);

/// In the order of the page.
const PARTS: [(&str, Part); 5] = [
    ("process", process::measure),
    ("signatures", signatures::measure),
    ("rehearsal", rehearsal::measure),
    ("lint", lint::measure),
    ("sizes", sizes::measure),
];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|it| !it.starts_with("--bench")).collect();
    // Under `cargo test --benches` nothing is measured.
    if arguments.iter().any(|argument| argument == "--test") {
        return;
    }
    if arguments.first().is_some_and(|argument| argument == launcher::ARGUMENT) {
        return launcher::serve();
    }
    let run = Run { quick: std::env::var_os("CFN_BENCH_QUICK").is_some(), peers: Peers::find() };
    let whole = !run.quick && arguments.is_empty();
    let machine = Machine::look();
    let begun = Instant::now();
    let mut report = Report::default();
    for (name, part) in PARTS {
        if arguments.is_empty() || arguments.iter().any(|wanted| wanted == name) {
            eprintln!("measuring: {name}");
            part(&run, &mut report);
        }
    }
    let page = report.page(&run, &machine, begun.elapsed(), whole);
    let folder = binaries::target_dir().join("bench");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("RESULTS.md"), &page).unwrap();
    println!("{page}");
    if whole {
        report::publish(&page, &report);
    } else {
        println!(
            "not everything was measured, or not often enough: only {} has it",
            folder.join("RESULTS.md").display()
        );
    }
}

//! The page of results, and what the README has of it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use cfn_signal_benches::page::{self, Table};

use crate::Run;
use crate::machine::Machine;

/// The comments around what README and results have in common.
const BEGIN: &str = "measured: `make bench` writes this";
const END: &str = "end of what was measured";

/// What was measured so far.
#[derive(Default)]
pub struct Report {
    rows: Vec<[String; 4]>,
    sentences: Vec<String>,
    sections: String,
    /// What is in the tables of the README that have a size: a file's name, and the size.
    pub files: Vec<(String, String)>,
}

impl Report {
    /// Begins a section.
    pub fn section(&mut self, title: &str, introduction: &str) {
        self.sections.push_str(&format!("\n## {title}\n\n{introduction}"));
    }

    /// Adds a paragraph or a table to the section.
    pub fn add(&mut self, text: &str) {
        self.sections.push('\n');
        self.sections.push_str(text);
    }

    /// A row of what README tells, too.
    pub fn row(&mut self, what: &str, here: &str, peer: &str, ratio: &str) {
        self.rows.push([what, here, peer, ratio].map(str::to_owned));
    }

    /// A sentence of what README tells, too.
    pub fn say(&mut self, sentence: String) {
        self.sentences.push(sentence);
    }

    /// What README tells.
    fn summary(&self, run: &Run, machine: &Machine) -> String {
        let mut table = Table::new(&["what", "here", "peer, in the same run", "ratio"]);
        self.rows.iter().for_each(|row| table.row(row));
        let versions: Vec<String> =
            run.peers.versions.iter().map(|(name, version)| format!("{name} {}", short(version))).collect();
        let busy = if machine.is_busy() { ", while other programs ran" } else { "" };
        format!(
            "{}\nMedians of one run on {}, on {} with {} cores{busy}; {}. {}\n",
            table.text(),
            machine.date,
            machine.processor,
            machine.cores,
            versions.join(", "),
            self.sentences.join(" ")
        )
    }

    /// All of it.
    pub fn page(&self, run: &Run, machine: &Machine, took: Duration, whole: bool) -> String {
        let mut about = Table::new(&["", ""]);
        about.row(&["processor", &format!("{}, {} cores", machine.processor, machine.cores)]);
        about.row(&["memory", &machine.memory]);
        about.row(&["system", &machine.system]);
        about.row(&["load before", &format!("{} over a minute", machine.load)]);
        about.row(&["compiler", &machine.compiler]);
        about.row(&["commit", &machine.commit]);
        about.row(&["date", &machine.date]);
        about.row(&["took", &format!("{} s", took.as_secs())]);
        for (name, version) in &run.peers.versions {
            about.row(&[name, version]);
        }
        let mut text = String::from("# Results\n\nWritten by `make bench`; not by hand.\n\n");
        if !whole {
            text.push_str(
                "**A trial of the benchmark, with few rounds or some of its parts: no measurement.**\n\n",
            );
        }
        if machine.is_busy() {
            text.push_str("**Other programs ran at the same time: the times are longer than they have to be, and their quartiles wide.**\n\n");
        }
        text.push_str(&format!("<!-- {BEGIN} -->\n{}<!-- {END} -->\n", self.summary(run, machine)));
        text.push_str("\n## Where, when and with what\n\n");
        text.push_str(about.text());
        for missing in &run.peers.missing {
            text.push_str(&format!("\nNot measured, because it is not here: {missing}.\n"));
        }
        text.push_str(&self.sections);
        text
    }
}

/// A version without what follows it.
fn short(version: &str) -> &str {
    version.split(' ').next().unwrap_or(version)
}

/// Writes the results, and README's part of them.
pub fn publish(text: &str, report: &Report) {
    let root: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().into();
    std::fs::write(root.join("benches/RESULTS.md"), text).unwrap();
    let readme = root.join("README.md");
    let mut page = std::fs::read_to_string(&readme).unwrap();
    let block = page::block(text, BEGIN, END).unwrap();
    page = page::with_block(&page, BEGIN, END, block)
        .expect("README.md has the comments around what was measured");
    for (file, size) in &report.files {
        page = page::with_last_cell(&page, file, size);
    }
    std::fs::write(&readme, page).unwrap();
    println!("written: benches/RESULTS.md, and README.md's part of it");
}

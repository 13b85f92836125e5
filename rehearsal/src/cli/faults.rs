//! The options for faults on demand.

use std::path::PathBuf;

use clap::Args;

use super::{CliError, print};
use crate::faults::{
    Document, DocumentError, DocumentProblem, Overlap, Place, Plan, Rule, overlap, read, table,
};
use crate::ids::{self, NoRandomness};
use crate::report::Console;

const HEADING: &str = "Faults on demand";

/// Which faults clients meet.
#[derive(Clone, Debug, Args)]
pub(super) struct FaultArguments {
    /// A fault that clients meet, such as SignalResource:throttling,first=3 or 503,p=0.2; may be repeated. `cfn-rehearse
    /// faults` lists them all
    #[arg(long = "fault", value_name = "RULE", help_heading = HEADING)]
    rules: Vec<Rule>,
    /// A file of them: a JSON or YAML list, or a rule on each line
    #[arg(long = "fault-file", value_name = "FILE", help_heading = HEADING)]
    file: Option<PathBuf>,
    /// What chance begins with: the same seed and the same requests meet the same faults [default: drawn, and told]
    #[arg(long, value_name = "NUMBER", help_heading = HEADING)]
    seed: Option<u64>,
}

/// Why the faults cannot be had.
#[derive(Debug, thiserror::Error)]
pub(super) enum FaultsError {
    #[error("{path}: the faults cannot be read")]
    Unreadable {
        path: String,
        #[source]
        error: std::io::Error,
    },
    #[error("{path}:{}:{}", place.line, place.column)]
    Document {
        path: String,
        place: Place,
        #[source]
        problem: DocumentProblem,
    },
    #[error("--fault")]
    Overlap(#[source] Overlap),
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
}

impl FaultArguments {
    /// The rules: those of the file come after the others.
    pub(super) fn plan(&self) -> Result<Plan, FaultsError> {
        let document = self.document()?;
        let rules: Vec<_> =
            self.rules.iter().cloned().chain(document.rules.into_iter().map(|(_, rule)| rule)).collect();
        if let Some(overlap) = overlap(&rules) {
            return Err(FaultsError::Overlap(overlap));
        }
        let seed = match self.seed.or(document.seed) {
            Some(seed) => seed,
            // Short enough to be typed.
            None => u64::from(u32::from_be_bytes(ids::random()?)),
        };
        Ok(Plan::new(rules, seed))
    }

    /// Says which faults are in force, and with which seed they can be had again.
    pub(super) fn announce(&self, plan: &Plan, console: &mut Console) {
        if plan.is_empty() {
            return;
        }
        let rules: Vec<_> = plan.standings().map(|it| it.rule.to_string()).collect();
        let replay = match self.seed {
            Some(_) => String::new(),
            None => format!("; replay with --seed {}", plan.seed()),
        };
        console.note(&format!("faults on demand: {}{replay}", rules.join(" ")));
    }

    fn document(&self) -> Result<Document, FaultsError> {
        let Some(file) = &self.file else { return Ok(Document::default()) };
        let path = file.display().to_string();
        let text = std::fs::read_to_string(file)
            .map_err(|error| FaultsError::Unreadable { path: path.clone(), error })?;
        read(&text).map_err(|DocumentError { place, problem }| FaultsError::Document { path, place, problem })
    }
}

/// `cfn-rehearse faults`.
pub(super) fn list() -> Result<(), CliError> {
    print(table())
}

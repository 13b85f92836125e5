//! What a program that measures says on its standard output, as JSON.

use serde::{Deserialize, Serialize};

/// One thing, measured again and again.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Cell {
    /// Who.
    pub who: String,
    /// What, such as a phase.
    pub what: String,
    /// Bytes of the request's body.
    #[serde(default)]
    pub body: usize,
    /// Seconds for each.
    pub samples: Vec<f64>,
}

/// A command to run again and again.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Contender {
    /// What it is called.
    pub who: String,
    /// The program and its arguments.
    pub command: Vec<String>,
    /// All of its environment.
    pub environment: Vec<(String, String)>,
    /// How often it runs.
    pub runs: usize,
    /// Whether its exit status says something else than that it failed.
    pub may_fail: bool,
}

/// What one run took, by the system's own account.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub struct Run {
    /// Seconds from before the program is started to its end.
    pub wall: f64,
    /// Seconds of a processor in the program, and in those that it waited for.
    pub user: f64,
    /// Seconds of a processor in the system on their behalf.
    pub system: f64,
    /// The most memory that was resident at once, in bytes.
    pub peak: f64,
}

/// What the runs of all contenders took, in their order.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Runs {
    /// The memory of the program that starts them: no peak can be told that is lower.
    pub floor: f64,
    /// One list for each contender.
    pub runs: Vec<Vec<Run>>,
}

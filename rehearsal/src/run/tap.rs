//! What is shown of an instance's output: all that anybody reads, and of more than that its end.

use std::collections::VecDeque;

use tokio::sync::mpsc::Sender;

use super::sequence::BootEvent;
use crate::happening::Launch;

/// Bytes that are shown as they come.
const AS_IT_COMES: usize = 4 << 20;

/// Lines that are kept of what comes after them, to be shown in the end.
const LAST: usize = 200;

/// Tells an instance's lines.
pub(super) struct Tap {
    pub(super) launch: Launch,
    pub(super) events: Sender<BootEvent>,
    bounds: Bounds,
}

impl Tap {
    pub(super) fn new(launch: Launch, events: Sender<BootEvent>) -> Self {
        Self { launch, events, bounds: Bounds::default() }
    }

    /// A line was said.
    pub(super) async fn say(&mut self, text: String) {
        match self.bounds.pass(text) {
            Passed::Shown(text) => self.tell(text).await,
            Passed::FirstKept => {
                let instance_id = self.launch.instance_id.clone();
                let text = format!(
                    "it has said more than {} MiB; of what follows the end is shown",
                    AS_IT_COMES >> 20
                );
                let _ = self.events.send(BootEvent::Note { instance_id, text }).await;
            }
            Passed::Kept => {}
        }
    }

    /// It says no more, for now: shows the end of what was not shown yet.
    pub(super) async fn rest(&mut self) {
        let (left_out, last) = self.bounds.rest();
        if let Some(text) = left_out {
            let instance_id = self.launch.instance_id.clone();
            let _ = self.events.send(BootEvent::Note { instance_id, text }).await;
        }
        for text in last {
            self.tell(text).await;
        }
    }

    async fn tell(&self, text: String) {
        let instance_id = self.launch.instance_id.clone();
        let _ = self.events.send(BootEvent::Line { instance_id, text }).await;
    }
}

#[derive(Debug, Default)]
struct Bounds {
    shown: usize,
    last: VecDeque<String>,
    left_out: u64,
    bytes: u64,
}

#[derive(Debug, PartialEq, Eq)]
enum Passed {
    Shown(String),
    FirstKept,
    Kept,
}

impl Bounds {
    fn pass(&mut self, text: String) -> Passed {
        if self.shown < AS_IT_COMES {
            self.shown += text.len() + 1;
            return Passed::Shown(text);
        }
        let is_first = self.last.is_empty();
        self.last.push_back(text);
        if self.last.len() > LAST
            && let Some(gone) = self.last.pop_front()
        {
            self.left_out += 1;
            self.bytes += gone.len() as u64 + 1;
        }
        if is_first { Passed::FirstKept } else { Passed::Kept }
    }

    /// How much was left out, if anything, and what was kept.
    fn rest(&mut self) -> (Option<String>, VecDeque<String>) {
        let (lines, bytes) = (std::mem::take(&mut self.left_out), std::mem::take(&mut self.bytes));
        let left_out = (lines > 0).then(|| format!("{lines} lines, {bytes} bytes, are left out here"));
        (left_out, std::mem::take(&mut self.last))
    }
}

#[cfg(test)]
mod tests;

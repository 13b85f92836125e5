//! Instances are terminated, and what they run ends.

use std::time::Duration;

use tokio::time::Instant;

use super::Boots;
use crate::happening::Launch;
use crate::report::Console;
use crate::run::{Boot, end_those_of};

/// How long an instance that was told to end is given each time to do so.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// An instance that is terminated, and when its scripts end.
pub(super) struct Leaving {
    end: Instant,
    instance_id: String,
    /// Whether they were asked to.
    asked: bool,
}

impl Boots {
    /// An instance is terminated, and what it runs soon after: such a thing takes its time.
    pub(in crate::cli) fn terminated(&mut self, launch: &Launch) {
        self.waiting.retain(|it| it.instance.instance_id != launch.instance_id);
        let end = Instant::now() + self.equipment.grace;
        self.terminating.push(Leaving { end, instance_id: launch.instance_id.clone(), asked: false });
        self.terminated.insert(launch.instance_id.clone());
    }

    /// Ends the scripts of instances that were terminated a while ago.
    pub(super) fn end_terminated(&mut self, console: &mut Console) {
        let due: Vec<_> = self.terminating.extract_if(.., |it| it.end.elapsed() > Duration::ZERO).collect();
        let mut gone = Vec::new();
        for Leaving { instance_id, asked, .. } in due {
            let label = self.booted(&instance_id).map_or(instance_id.clone(), |it| it.label.clone());
            self.running.iter().filter(|it| it.instance_id == instance_id).for_each(Boot::disarm);
            let goes_on = |it: &&mut Boot| it.instance_id == instance_id && it.ended.is_none();
            let Some(boot) = self.running.iter_mut().find(goes_on) else {
                gone.push(instance_id);
                continue;
            };
            if asked {
                boot.kill();
            } else {
                console.note(&format!("{label}: the instance is terminated, and its user data with it"));
                boot.terminate();
            }
            if self.equipment.lasts {
                let end = Instant::now() + LAST_WORDS;
                self.terminating.push(Leaving { end, instance_id, asked: true });
            }
        }
        if self.equipment.lasts && !gone.is_empty() {
            self.forget(&gone);
        }
    }

    /// Instances are gone, and so is what still runs of them, daemons too.
    fn forget(&mut self, gone: &[String]) {
        // What is left of a group is ended as its directory goes.
        self.running.retain(|boot| !gone.contains(&boot.instance_id));
        let directories: Vec<_> =
            gone.iter().filter_map(|id| self.known.get(id)?.directory.as_deref()).collect();
        if !directories.is_empty() {
            end_those_of(&directories);
        }
        for instance_id in gone {
            self.known.forget(instance_id);
            self.terminated.remove(instance_id);
        }
    }
}

//! How many processes the kernel has killed because memory ran out, where this command runs.
//!
//! Sources: <https://docs.kernel.org/admin-guide/cgroup-v2.html> (`memory.events`),
//! <https://docs.kernel.org/admin-guide/cgroup-v1/memory.html> (`memory.oom_control`).

use std::fs;
use std::path::PathBuf;

/// Counts from the moment it was made.
#[derive(Debug)]
pub(super) struct Kills {
    counter: Option<PathBuf>,
    before: u64,
}

impl Kills {
    /// From now on, by the counter that is nearest: the group's, else the machine's.
    pub(super) fn from_now() -> Self {
        let group = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
        let machines = PathBuf::from("/proc/vmstat");
        let counters = counters(&group).into_iter().chain([machines]);
        let found = counters.into_iter().find_map(|path| Some((count(&path)?, path)));
        match found {
            Some((before, counter)) => Self { counter: Some(counter), before },
            None => Self { counter: None, before: 0 },
        }
    }

    /// Since then; 0 where nobody counts.
    pub(super) fn so_far(&self) -> u64 {
        let now = self.counter.as_deref().and_then(count);
        now.unwrap_or(self.before).saturating_sub(self.before)
    }
}

fn count(path: impl AsRef<std::path::Path>) -> Option<u64> {
    counted(&fs::read_to_string(path).ok()?)
}

/// The row `oom_kill N`.
fn counted(text: &str) -> Option<u64> {
    text.lines().find_map(|line| line.strip_prefix("oom_kill ")?.trim().parse().ok())
}

/// Where the counter of this process's group may be, by `/proc/self/cgroup`.
fn counters(group: &str) -> Vec<PathBuf> {
    let of = |line: &str| {
        let mut fields = line.splitn(3, ':').skip(1);
        let (controllers, path) = (fields.next()?, fields.next()?.trim_start_matches('/'));
        if controllers.is_empty() {
            return Some(PathBuf::from("/sys/fs/cgroup").join(path).join("memory.events"));
        }
        let memory = controllers.split(',').any(|controller| controller == "memory");
        memory.then(|| PathBuf::from("/sys/fs/cgroup/memory").join(path).join("memory.oom_control"))
    };
    group.lines().filter_map(of).collect()
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::{counted, counters};

    #[test]
    fn a_group_of_either_version_has_a_counter() {
        assert_eq!(
            counters("0::/system.slice/cloud-final.service\n"),
            [PathBuf::from("/sys/fs/cgroup/system.slice/cloud-final.service/memory.events")]
        );
        assert_eq!(
            counters("11:cpu,cpuacct:/a\n4:memory:/user.slice\n1:name=systemd:/b\n"),
            [PathBuf::from("/sys/fs/cgroup/memory/user.slice/memory.oom_control")]
        );
        assert!(counters("").is_empty());
    }

    #[test]
    fn the_row_of_kills_is_read() {
        assert_eq!(counted("low 0\nhigh 0\nmax 3\noom 1\noom_kill 2\noom_group_kill 0\n"), Some(2));
        assert_eq!(counted("oom_kill_disable 0\nunder_oom 0\noom_kill 5\n"), Some(5));
        assert_eq!(counted("low 0\n"), None);
    }
}

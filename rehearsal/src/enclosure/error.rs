//! Why there is no box.

use std::io;

/// Why there is no box.
#[derive(Debug, thiserror::Error)]
pub enum EnclosureError {
    /// The kernel makes none for this user.
    #[error("--root needs user namespaces, which this user has not on this machine ({why}){advice}")]
    NoNamespaces {
        /// What the system says.
        why: String,
        /// What to do, after a colon.
        advice: &'static str,
    },
    /// The ids of its users.
    #[error(
        "the ids of the box's users cannot be set; look at your lines in /etc/subuid and /etc/subgid, or run it as root (sudo)"
    )]
    Ids(#[source] io::Error),
    /// The kernel gives this user no control group.
    #[error("--systemd needs a control group of its own, which {0}")]
    NoGroup(&'static str),
    /// It cannot be made.
    #[error("the box cannot be made: {0}")]
    NotMade(String),
    /// What keeps it does not answer.
    #[error("the box ended before it was made")]
    Gone,
    /// The image.
    #[error("--root {path}: {problem}")]
    Image {
        /// As given.
        path: String,
        /// What is wrong with it.
        problem: String,
    },
    /// Files.
    #[error("the box cannot be set up")]
    Io(#[from] io::Error),
}

/// Settings by which namespaces are refused, what they are then, and what to do.
const SETTINGS: [(&str, &str, &str); 3] = [
    (
        "/proc/sys/kernel/apparmor_restrict_unprivileged_userns",
        "1",
        ": run it as root (sudo), or allow them: sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0",
    ),
    (
        "/proc/sys/kernel/unprivileged_userns_clone",
        "0",
        ": run it as root (sudo), or allow them: sudo sysctl kernel.unprivileged_userns_clone=1",
    ),
    ("/proc/sys/user/max_user_namespaces", "0", ": allow some: sudo sysctl user.max_user_namespaces=10000"),
];

impl EnclosureError {
    /// The kernel makes no namespaces.
    pub(super) fn no_namespaces(why: String) -> Self {
        let advice = setting().unwrap_or(
            ": in a container they are allowed by the one who starts it (docker run --privileged); or use another runtime with --in",
        );
        Self::NoNamespaces { why, advice }
    }

    /// There is no group that systemd could divide.
    pub(super) fn no_group() -> Self {
        Self::NoGroup(match super::delegated::hierarchy() {
            None => {
                "this machine has not: no cgroup2 is mounted; leave out --systemd, or mount it (sudo mount -t cgroup2 none \
                 /sys/fs/cgroup/unified, or boot with systemd.unified_cgroup_hierarchy=1)"
            }
            Some(_) if rustix::process::geteuid().is_root() => {
                "cannot be made here: in a container it is allowed by the one who starts it (docker run --privileged \
                 --cgroupns private)"
            }
            Some(_) => {
                "this user may not make: run it as root (sudo), or as systemd-run --user --scope -p Delegate=yes cfn-rehearse …"
            }
        })
    }

    /// It cannot be made; where namespaces are made that give no rights, for that.
    pub(super) fn not_made(why: String) -> Self {
        match setting() {
            Some(advice) => Self::NoNamespaces { why, advice },
            None => Self::NotMade(why),
        }
    }
}

fn setting() -> Option<&'static str> {
    let user = rustix::process::geteuid();
    let is = |(path, value, _): &&(&str, &str, &str)| {
        std::fs::read_to_string(path).is_ok_and(|it| it.trim() == *value)
            && (!user.is_root() || path.contains("max_user"))
    };
    SETTINGS.iter().find(is).map(|(_, _, advice)| *advice)
}

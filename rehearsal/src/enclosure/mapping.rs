//! Which ids of this machine stand for those of a box. Root's own is never among them where anybody else's can be had: what
//! belongs to this machine's root is nobody's in a box.

use std::io;
use std::os::unix::fs::lchown;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use super::EnclosureError;

/// Nobody's: systemd keeps these ids free of users and of containers.
///
/// Source: <https://systemd.io/UIDS-GIDS/>
const NOBODYS: u32 = 1_879_048_192;

/// As many ids as an image has.
const IDS: u32 = 65_536;

/// Ids of a box, and those of this machine that stand for them, from root's on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapping {
    users: Vec<Span>,
    groups: Vec<Span>,
    /// Who writes it.
    writer: Writer,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Span {
    inside: u32,
    outside: u32,
    count: u32,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Writer {
    /// This process may.
    Own,
    /// This process may have its own id, and nobody changes groups.
    OwnId,
    /// `newuidmap` and `newgidmap` may.
    Helpers(PathBuf, PathBuf),
}

/// What this machine has of ids.
#[derive(Clone, Debug, Default)]
pub(super) struct Ids<'a> {
    pub(super) user: u32,
    pub(super) group: u32,
    pub(super) name: &'a str,
    /// `/proc/self/uid_map`.
    pub(super) here: &'a str,
    /// `/etc/subuid`, `/etc/subgid`.
    pub(super) subordinate: [&'a str; 2],
    pub(super) helpers: Option<(PathBuf, PathBuf)>,
}

impl Mapping {
    /// What this process may have.
    pub(super) fn choose(ids: &Ids<'_>) -> Self {
        let one = |outside, count| vec![Span { inside: 0, outside, count }];
        if ids.user == 0 {
            let known = known(ids.here);
            let spans = if u64::from(NOBODYS) + u64::from(IDS) <= known {
                one(NOBODYS, IDS)
            } else {
                // In somebody's container, whose root is nobody's on the machine.
                one(0, u32::try_from(known).unwrap_or(u32::MAX).clamp(1, IDS))
            };
            return Self { users: spans.clone(), groups: spans, writer: Writer::Own };
        }
        let [users, groups] = ids.subordinate.map(|file| subordinate(file, ids.name, ids.user));
        if let (Some((helper_of_users, helper_of_groups)), Some(users), Some(groups)) =
            (ids.helpers.clone(), users, groups)
        {
            let with = |own, rest: Span| vec![Span { inside: 0, outside: own, count: 1 }, rest];
            return Self {
                users: with(ids.user, users),
                groups: with(ids.group, groups),
                writer: Writer::Helpers(helper_of_users, helper_of_groups),
            };
        }
        Self { users: one(ids.user, 1), groups: one(ids.group, 1), writer: Writer::OwnId }
    }

    /// What this process may have, by what it finds.
    #[must_use]
    pub fn here() -> Self {
        let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
        let user = rustix::process::geteuid().as_raw();
        let (here, users, groups, known) =
            (read("/proc/self/uid_map"), read("/etc/subuid"), read("/etc/subgid"), read("/etc/passwd"));
        let name = known.lines().find_map(|line| {
            let mut fields = line.split(':');
            let name = fields.next()?;
            (fields.nth(1)?.parse() == Ok(user)).then_some(name)
        });
        Self::choose(&Ids {
            user,
            group: rustix::process::getegid().as_raw(),
            name: name.unwrap_or_default(),
            here: &here,
            subordinate: [&users, &groups],
            helpers: on_path("newuidmap").zip(on_path("newgidmap")),
        })
    }

    /// Whether a box has ids for others than root.
    #[must_use]
    pub fn has_many(&self) -> bool {
        self.users.iter().map(|it| it.count).sum::<u32>() > 1
    }

    /// This machine's user that is root in a box.
    pub(super) fn root(&self) -> (u32, u32) {
        let first = |spans: &[Span]| spans.first().map_or(0, |it| it.outside);
        (first(&self.users), first(&self.groups))
    }

    /// Whether a user of this machine is one in a box.
    pub(super) fn knows(&self, user: u32) -> bool {
        self.users.iter().any(|it| user >= it.outside && user - it.outside < it.count)
    }

    /// Gives a folder, and what is in it, to the box's root, where this user can.
    pub(super) fn give(&self, folder: &Path) -> io::Result<()> {
        if self.writer != Writer::Own {
            return Ok(());
        }
        let (user, group) = self.root();
        for entry in fs::read_dir(folder)? {
            lchown(entry?.path(), Some(user), Some(group))?;
        }
        lchown(folder, Some(user), Some(group))
    }

    /// Gives one thing to the box's root, where this user can.
    pub(super) fn give_one(&self, path: &Path) -> io::Result<()> {
        if self.writer != Writer::Own {
            return Ok(());
        }
        let (user, group) = self.root();
        lchown(path, Some(user), Some(group))
    }

    /// Gives a process, which stands in a namespace of its own, its ids.
    pub(super) fn write(&self, process: u32) -> Result<(), EnclosureError> {
        let failed = EnclosureError::Ids;
        if let Writer::Helpers(of_users, of_groups) = &self.writer {
            for (helper, spans) in [(of_users, &self.users), (of_groups, &self.groups)] {
                let words = spans.iter().flat_map(|it| [it.inside, it.outside, it.count]);
                let output = Command::new(helper)
                    .arg(process.to_string())
                    .args(words.map(|it| it.to_string()))
                    .output()
                    .map_err(|error| failed(io::Error::other(format!("{}: {error}", helper.display()))))?;
                if !output.status.success() {
                    let said = String::from_utf8_lossy(&output.stderr).into_owned();
                    let why = said.lines().next().map_or_else(|| output.status.to_string(), str::to_owned);
                    return Err(failed(io::Error::other(format!("{}: {why}", helper.display()))));
                }
            }
            return Ok(());
        }
        let folder = PathBuf::from(format!("/proc/{process}"));
        if self.writer == Writer::OwnId {
            fs::write(folder.join("setgroups"), "deny").map_err(failed)?;
        }
        for (file, spans) in [("uid_map", &self.users), ("gid_map", &self.groups)] {
            fs::write(folder.join(file), lines(spans)).map_err(failed)?;
        }
        Ok(())
    }
}

fn lines(spans: &[Span]) -> String {
    spans.iter().map(|it| format!("{} {} {}\n", it.inside, it.outside, it.count)).collect()
}

/// How many ids are known here from 0 on.
fn known(map: &str) -> u64 {
    let line = map.lines().find_map(|line| {
        let mut numbers = line.split_whitespace().map(str::parse::<u64>);
        match (numbers.next()?, numbers.next()?, numbers.next()?) {
            (Ok(0), Ok(_), Ok(count)) => Some(count),
            _ => None,
        }
    });
    line.unwrap_or(1)
}

/// The ids that somebody may give away, by name or number.
fn subordinate(file: &str, name: &str, user: u32) -> Option<Span> {
    file.lines().find_map(|line| {
        let mut fields = line.trim().split(':');
        let owner = fields.next()?;
        let (outside, count) = (fields.next()?.parse().ok()?, fields.next()?.parse::<u32>().ok()?);
        let is_own = owner.parse() == Ok(user) || (!name.is_empty() && owner == name);
        (is_own && count > 0).then(|| Span { inside: 1, outside, count: count.min(IDS - 1) })
    })
}

/// A command of this machine.
pub(super) fn on_path(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    // What only root needs is not on everybody's path.
    let folders = env::split_paths(&path).chain(["/usr/sbin", "/sbin", "/usr/bin"].map(PathBuf::from));
    folders.map(|folder| folder.join(name)).find(|it: &PathBuf| is_command(it))
}

fn is_command(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;

    fs::metadata(path).is_ok_and(|it| it.is_file() && it.permissions().mode() & 0o111 != 0)
}

#[cfg(test)]
mod tests;

//! However a rehearsal ends, nothing of it stays: no process that user data left behind, and no directory.

#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use crate::common::{SERVER, file, rehearse};
use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use tempfile::TempDir;

/// A rehearsal whose user data never ends, nor do a child of it and two daemons.
struct Endless {
    rehearsal: Child,
    home: TempDir,
    /// The process that rehearses, and those of the user data.
    inner: Pid,
    others: Vec<Pid>,
}

impl Endless {
    fn start() -> Self {
        let home = TempDir::new().unwrap();
        let pids = home.path().join("pids");
        let user_data = format!(
            "#!/bin/sh\nsleep 1000 & echo $! >>{pids}\n\
             setsid sh -c 'trap \"\" TERM; echo $$ >>{pids}; cd /; while :; do sleep 1000; done' &\n\
             (setsid env -i sh -c 'echo $$ >{lost}; echo $$ >>{pids}; cd /; exec sleep 1000' &)\n\
             echo $$ >>{pids}; exec sleep 1000\n",
            pids = pids.display(),
            lost = home.path().join("lost").display()
        );
        let rehearsal = command(&home, &user_data).spawn().unwrap();
        let others = loop {
            let told = fs::read_to_string(&pids).unwrap_or_default();
            if told.lines().count() == 4 {
                break told.lines().map(|id| id.parse().unwrap()).filter_map(Pid::from_raw).collect();
            }
            std::thread::sleep(Duration::from_millis(10));
        };
        let id = rehearsal.id();
        let children = fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap();
        let inner = Pid::from_raw(children.trim().parse().unwrap()).unwrap();
        let endless = Self { rehearsal, home, inner, others };
        assert_eq!(endless.directories().len(), 1);
        endless
    }

    fn outer(&self) -> Pid {
        Pid::from_raw(i32::try_from(self.rehearsal.id()).unwrap()).unwrap()
    }

    /// The daemon that remembers nothing.
    fn lost(&self) -> Pid {
        let told = fs::read_to_string(self.home.path().join("lost")).unwrap();
        Pid::from_raw(told.trim().parse().unwrap()).unwrap()
    }

    fn directories(&self) -> Vec<PathBuf> {
        directories(self.home.path())
    }

    /// How many processes were told that their home is there.
    fn told_of_home(&self) -> usize {
        let home = format!("{}/cfn-rehearse-", self.home.path().display());
        let processes = fs::read_dir("/proc").unwrap().map(|entry| entry.unwrap().path().join("environ"));
        processes
            .filter(|path| fs::read(path).is_ok_and(|it| crate::common::text(&it).contains(&home)))
            .count()
    }

    /// Waits until nothing is left.
    fn ends(&mut self) {
        let begun = Instant::now();
        loop {
            let left: Vec<_> = self.others.iter().filter(|id| runs(**id)).collect();
            let told = self.told_of_home();
            if left.is_empty() && !runs(self.inner) && self.directories().is_empty() && told == 0 {
                return;
            }
            let late = begun.elapsed() > Duration::from_secs(60);
            assert!(!late, "{left:?} {told} {:?}", self.directories());
            std::thread::sleep(Duration::from_millis(10));
            // Or its number is not given back.
            let _ = self.rehearsal.try_wait();
        }
    }
}

impl Drop for Endless {
    fn drop(&mut self) {
        // It cleans up.
        if self.rehearsal.try_wait().is_ok_and(|ended| ended.is_none()) {
            let _ = kill_process(self.outer(), Signal::TERM);
        }
        let _ = self.rehearsal.wait();
    }
}

fn command(home: &TempDir, user_data: &str) -> std::process::Command {
    let signal = file(home, "cfn-signal", "#!/bin/sh\n");
    fs::set_permissions(&signal, fs::Permissions::from_mode(0o755)).unwrap();
    let mut command = rehearse();
    command
        .arg("run")
        .arg(file(home, "template.yaml", SERVER))
        .arg("--user-data")
        .arg(file(home, "user-data", user_data))
        .arg("--cfn-signal")
        .arg(signal)
        .args(["--grace", "0"])
        .env("TMPDIR", home.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

fn directories(home: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(home).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.file_name().unwrap().to_string_lossy().starts_with("cfn-rehearse-")).collect()
}

/// Whether there is such a process; one that has ended and was not collected is none.
fn runs(id: Pid) -> bool {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    test_kill_process(id).is_ok() && !stat.rsplit(')').next().unwrap_or_default().trim().starts_with('Z')
}

#[test]
fn what_a_killed_rehearsal_ran_ends_with_it() {
    let mut killed = Endless::start();
    kill_process(killed.outer(), Signal::KILL).unwrap();
    killed.ends();
    let mut killed = Endless::start();
    kill_process(killed.inner, Signal::KILL).unwrap();
    killed.ends();
    assert_eq!(killed.rehearsal.wait().unwrap().code(), Some(128 + 9));
}

#[test]
fn every_way_of_asking_it_to_end_is_clean() {
    for signal in [Signal::INT, Signal::TERM, Signal::HUP, Signal::QUIT] {
        let mut asked = Endless::start();
        kill_process(asked.outer(), signal).unwrap();
        asked.ends();
        assert_eq!(asked.rehearsal.wait().unwrap().code(), Some(130), "{signal:?}");
    }
}

#[test]
fn what_nobody_was_left_to_end_ends_with_the_next_rehearsal() {
    let mut killed = Endless::start();
    for id in [killed.outer(), killed.inner] {
        kill_process(id, Signal::STOP).unwrap();
    }
    for id in [killed.inner, killed.outer()] {
        kill_process(id, Signal::KILL).unwrap();
    }
    killed.rehearsal.wait().unwrap();
    assert_eq!(killed.directories().len(), 1);
    // One that has its owner, and one that is no rehearsal's.
    let lives = Endless::start();
    let other = killed.home.path().join("cfn-rehearse-notes");
    fs::create_dir(&other).unwrap();
    let status = command(&killed.home, "#!/bin/sh\n").env("TMPDIR", killed.home.path()).status().unwrap();
    assert_eq!(status.code(), Some(1));
    assert_eq!(killed.directories(), std::slice::from_ref(&other));
    fs::remove_dir(other).unwrap();
    // What left the directory, forgot where its home is and has nobody above it can be found by nobody.
    kill_process(killed.lost(), Signal::KILL).unwrap();
    killed.ends();
    drop(lives);
}

#[test]
fn a_directory_is_its_owners_alone() {
    let running = Endless::start();
    for directory in running.directories() {
        let mode = fs::metadata(&directory).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700, "{}", directory.display());
    }
}

//! However a rehearsal ends, nothing of a box stays: no process, no namespace, no mount, no folder, no control group.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::boxed::{SERVER, command, image, left};

/// A rehearsal whose box has processes that never end.
struct Endless {
    rehearsal: Child,
    folder: TempDir,
    /// What the name of its processes has.
    mark: String,
    /// The process that keeps its box, whose number its groups have.
    keeper: u32,
}

impl Endless {
    fn start(image: &Path, options: &[&str]) -> Self {
        let folder = TempDir::new().unwrap();
        let mark = format!("endless{}", std::process::id())
            + &folder.path().file_name().unwrap().to_string_lossy().replace('.', "");
        let script = format!(
            "#!/bin/bash\nexec -a {mark} sleep 1000 &\n(setsid bash -c 'trap \"\" TERM; exec -a {mark} sleep 1000' &)\n\
             sleep 1\necho runs\nexec -a {mark} sleep 1000\n"
        );
        let mut rehearsal = command(image, &folder, &script, SERVER)
            .args(["--grace", "0"])
            .args(options)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(rehearsal.stdout.take().unwrap()).lines();
        assert!(lines.any(|line| line.unwrap().ends_with("| runs")));
        let mut endless = Self { rehearsal, folder, mark, keeper: 0 };
        let inner = endless.inner();
        let children = fs::read_dir(format!("/proc/{inner}/task")).unwrap().map(|it| it.unwrap().path());
        let children: String =
            children.filter_map(|it| fs::read_to_string(it.join("children")).ok()).collect();
        endless.keeper = children.split_whitespace().next().unwrap().parse().unwrap();
        // The last of them is begun only after that was said.
        let said = Instant::now();
        while endless.processes().len() < 3 {
            assert!(said.elapsed() < Duration::from_secs(60), "{:?}", endless.processes());
            std::thread::sleep(Duration::from_millis(20));
        }
        endless
    }

    /// Those of the box, by what they are called.
    fn processes(&self) -> Vec<String> {
        let all = fs::read_dir("/proc").unwrap().map(|it| it.unwrap().path().join("cmdline"));
        let named = all.filter_map(|path| Some((fs::read(&path).ok()?, path)));
        let ours = named.filter(|(line, _)| String::from_utf8_lossy(line).contains(&self.mark));
        ours.map(|(_, path)| path.display().to_string()).collect()
    }

    /// The process that rehearses, which the one that was started watches.
    fn inner(&self) -> u32 {
        let id = self.rehearsal.id();
        let children = fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap();
        children.split_whitespace().next().unwrap().parse().unwrap()
    }

    /// Waits until nothing is left but what the next rehearsal removes, where `swept` says so.
    fn ends(mut self, image: &Path, swept: bool) {
        let begun = Instant::now();
        let _ = self.rehearsal.wait();
        while !self.processes().is_empty() {
            assert!(begun.elapsed() < Duration::from_secs(60), "{:?}", self.processes());
            std::thread::sleep(Duration::from_millis(20));
        }
        let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap();
        assert!(!mounts.contains(&*self.folder.path().to_string_lossy()), "{mounts}");
        if swept {
            let output = command(
                image,
                &self.folder,
                "#!/bin/sh\nexit 0\n",
                "Resources: {Server: {Type: AWS::EC2::Instance}}",
            )
            .output();
            assert!(output.unwrap().status.success());
        }
        assert_eq!(left(&self.folder), Vec::<String>::new());
        let group = format!("cfn-rehearse-{}", self.keeper);
        let groups = Command::new("find").args(["/sys/fs/cgroup", "-name", &group]).output().unwrap().stdout;
        assert_eq!(String::from_utf8_lossy(&groups), "");
        let namespaces = self.namespaces();
        assert_eq!(namespaces, Vec::<String>::new());
    }

    /// Processes that stand in a box, whatever they are called.
    fn namespaces(&self) -> Vec<String> {
        let folder = self.folder.path().to_string_lossy().into_owned();
        let all = fs::read_dir("/proc").unwrap().map(|it| it.unwrap().path());
        let there = all.filter(|path| {
            fs::read_to_string(path.join("mountinfo")).is_ok_and(|it| it.contains(&folder))
                || fs::read_link(path.join("cwd")).is_ok_and(|it| it.to_string_lossy().contains(&folder))
        });
        there.map(|it| it.display().to_string()).collect()
    }
}

impl Drop for Endless {
    fn drop(&mut self) {
        if self.rehearsal.try_wait().is_ok_and(|it| it.is_none()) {
            kill("TERM", self.rehearsal.id());
            let _ = self.rehearsal.wait();
        }
    }
}

fn kill(signal: &str, process: u32) {
    let status = Command::new("kill").args(["-s", signal, &process.to_string()]).status().unwrap();
    assert!(status.success());
}

#[test]
fn nothing_stays_of_a_rehearsal_that_is_interrupted() {
    let Some(image) = image() else { return };
    for signal in ["INT", "TERM", "HUP"] {
        let endless = Endless::start(image, &[]);
        kill(signal, endless.rehearsal.id());
        endless.ends(image, false);
    }
}

#[test]
fn nothing_stays_of_a_rehearsal_that_is_killed() {
    let Some(image) = image() else { return };
    let endless = Endless::start(image, &[]);
    kill("KILL", endless.inner());
    endless.ends(image, false);
}

#[test]
fn nothing_stays_of_one_whose_watcher_is_killed() {
    let Some(image) = image() else { return };
    let endless = Endless::start(image, &[]);
    let inner = endless.inner();
    kill("KILL", endless.rehearsal.id());
    while Path::new(&format!("/proc/{inner}")).exists() {
        std::thread::sleep(Duration::from_millis(20));
    }
    endless.ends(image, false);
}

#[test]
fn nothing_stays_of_a_disk_that_was_on_this_machines() {
    let Some(image) = image() else { return };
    let endless = Endless::start(image, &["--box-disk", "unlimited"]);
    kill("KILL", endless.inner());
    kill("KILL", endless.rehearsal.id());
    endless.ends(image, true);
}

#[test]
fn nothing_stays_of_a_box_whose_first_process_is_systemd() {
    let Some(image) = image() else { return };
    let wants = Command::new("id").arg("-u").output().unwrap().stdout.trim_ascii() != b"0";
    if wants {
        eprintln!("skipped: needs root, who may make control groups");
        return;
    }
    for signal in ["INT", "KILL"] {
        let endless = Endless::start(image, &["--systemd"]);
        let inner = endless.inner();
        kill(signal, if signal == "KILL" { inner } else { endless.rehearsal.id() });
        endless.ends(image, signal == "KILL");
    }
}

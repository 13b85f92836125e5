//! An instance's boots in a box.

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::sync::mpsc::Sender;

use super::boot::Place;
use super::by_systemd;
use super::calls::Calls;
use super::directory::Directory;
use super::groups::Groups;
use super::inside::{Inside, Later, put};
use super::machine::Machine;
use super::refusal::StartError;
use super::sequence::{BootEvent, Prepared, Sequence};
use super::standins::{STAND_INS, folders};
use super::stubs::{HELPERS, Stub};
use super::user_data::{Folder, Script, Step, UserData, WrittenFile};
use super::{Boot, ScratchError};
use crate::enclosure::{self, Enclosure, Order, Placed, Socket, Wanted, Writing};
use crate::happening::Launch;
use crate::secrets::Secrets;

/// What systemd gives to the services of the system, and cloud-init to its scripts.
const SYSTEM_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// Where stand-ins note how they are called.
const CALLS: &str = "/run/cfn-rehearse/calls";

/// Where an instance of Amazon's has its helpers.
const HELPERS_FOLDER: &str = "/opt/aws/bin";

/// The stages of cloud-init, in the order of its units.
///
/// Source: <https://docs.cloud-init.io/en/latest/explanation/boot.html>
const STAGES: [(&str, &[&str]); 3] = [
    ("cloud-init init --local", &["init", "--local"]),
    ("cloud-init init", &["init"]),
    ("cloud-init modules --mode=config", &["modules", "--mode=config"]),
];

/// The last of them, in which user data's scripts run.
const FINAL_STAGE: (&str, &[&str]) = ("cloud-init modules --mode=final", &["modules", "--mode=final"]);

/// A box that has booted, and has nothing to run yet.
pub struct Enclosed {
    enclosure: Enclosure,
    boot: Arc<enclosure::Boot>,
    directory: Directory,
}

/// What is put into a box besides its image.
#[derive(Clone, Debug)]
pub struct Furnishing<'a> {
    /// Certificates that are trusted.
    pub authority: &'a str,
    /// Who knows names.
    pub resolver: IpAddr,
    /// Where names are looked for.
    pub search: &'a str,
    /// Its name.
    pub host: &'a str,
    /// Its address.
    pub address: IpAddr,
    /// What is its `/opt/aws/bin/cfn-signal` where the image has none.
    pub signal_command: Option<&'a Path>,
    /// Whether it is that even where the image has one.
    pub always: bool,
    /// Stubs.
    pub stubs: &'a [Stub],
    /// Whether the image's own cloud-init is run.
    pub cloud_init: bool,
    /// Whether the image's own systemd is its first process.
    pub systemd: bool,
    /// Through what its commands reach others, where they do, and whom not.
    pub proxy: Option<(&'a str, &'a str)>,
}

/// Makes a box and boots it. Gives its sockets, too.
///
/// # Errors
///
/// [`ScratchError`].
pub async fn enclose(wanted: Wanted) -> Result<(Enclosed, Vec<Socket>), ScratchError> {
    let directory = Directory::create()?;
    let inner = directory.path().join("box");
    std::fs::create_dir(&inner)?;
    // By this thread, which lasts; the rest is waited for elsewhere.
    let begun = Enclosure::begin(&inner, wanted)?;
    let made = tokio::task::spawn_blocking(move || {
        let (enclosure, sockets) = begun.finish()?;
        let boot = enclosure.boot()?;
        Ok((Enclosed { enclosure, boot, directory }, sockets))
    });
    made.await.map_err(|error| ScratchError::Io(std::io::Error::other(error)))?
}

/// Starts what an instance boots with in its box; `user_data` as it was taken apart, where that is not cloud-init's.
///
/// # Errors
///
/// [`StartError`].
pub async fn start_enclosed(
    launch: &Launch,
    user_data: Option<&UserData>,
    enclosed: Enclosed,
    furnishing: &Furnishing<'_>,
    secrets: &Secrets,
    events: Sender<BootEvent>,
) -> Result<Boot, StartError> {
    let Enclosed { enclosure, boot, directory } = enclosed;
    let machine = |error: std::io::Error| StartError::Machine(error.into());
    let environment = environment(furnishing);
    furnish(&boot, furnishing).await.map_err(machine)?;
    if furnishing.systemd {
        for (path, mode, text) in by_systemd::files(&launch.instance_id, &environment) {
            place(&boot, &path, mode, Writing::Anew, text.as_bytes()).await.map_err(machine)?;
        }
    }
    let mut later = Vec::new();
    let mut steps = Vec::new();
    if furnishing.cloud_init && furnishing.systemd {
        later.push(running("cloud-init", by_systemd::cloud_init(&environment), true));
        steps.extend(later.iter().map(Prepared::from));
    } else if furnishing.cloud_init {
        let stages = STAGES.iter().chain([&FINAL_STAGE]).map(|(name, arguments)| {
            running(name, order("cloud-init", arguments, &environment), *name == FINAL_STAGE.0)
        });
        later.extend(stages);
        steps.extend(later.iter().map(Prepared::from));
    }
    for step in user_data.iter().flat_map(|it| &it.steps) {
        match step {
            Step::Files(files) => steps.push(Prepared::Files(files.clone())),
            Step::Script(script) => {
                let mut one = scripted(launch, script, &environment);
                if furnishing.systemd {
                    one.order = by_systemd::as_unit(&one.order);
                }
                if script.folder != Folder::Boothooks
                    && let Some(file) = &one.file
                {
                    put(&boot, file).await.map_err(machine)?;
                }
                steps.push((&one).into());
                if script.folder.runs_at_every_boot() {
                    later.push(one);
                }
            }
        }
    }
    if furnishing.systemd {
        let last = running("services that signal", by_systemd::settle(&environment), false);
        steps.push((&last).into());
        later.push(last);
        boot.hand_over().await.map_err(machine)?;
    } else {
        later.push(running("enabled units", order("systemctl", &["at-boot"], &environment), true));
    }
    let calls = boot.calls.try_clone().map_err(machine)?;
    let calls = Calls::of(calls, secrets.clone());
    let inside = Arc::new(Inside::new(enclosure, boot, later, furnishing.systemd));
    let groups = Arc::new(Groups::default());
    let machine = Machine::Inside(Arc::clone(&inside));
    let sequence = Sequence::new(launch.clone(), machine, Arc::clone(&groups), events, secrets.clone());
    sequence.start(steps).await?;
    Ok(Boot::new(launch, groups, calls, Place::Enclosed { inside, _directory: directory }))
}

/// A script where cloud-init has it, and how it is run.
fn scripted(launch: &Launch, script: &Script, environment: &[(String, String)]) -> Later {
    let path = Path::new(script.folder.path()).join(&script.name);
    let mut environment = environment.to_vec();
    if script.folder.knows_instance() {
        environment.push(("INSTANCE_ID".to_owned(), launch.instance_id.clone()));
    }
    let order = order(&path.to_string_lossy(), &[], &environment);
    let file = WrittenFile { path, content: script.text.clone(), mode: 0o700, append: false };
    Later {
        name: script.name.clone(),
        order,
        runs: script.text.starts_with(b"#!"),
        counts: true,
        file: Some(file),
    }
}

/// A command of the image's, or of ours.
fn running(name: &str, order: Order, counts: bool) -> Later {
    Later { name: name.to_owned(), order, runs: true, counts, file: None }
}

fn order(program: &str, arguments: &[&str], environment: &[(String, String)]) -> Order {
    Order {
        program: program.to_owned(),
        arguments: arguments.iter().map(|it| (*it).to_owned()).collect(),
        environment: environment.to_vec(),
    }
}

/// What systemd gives a service of the system; and what leads through a proxy, where there is one.
fn environment(furnishing: &Furnishing<'_>) -> Vec<(String, String)> {
    let mut all = vec![("PATH", SYSTEM_PATH.to_owned()), ("LANG", "C.UTF-8".to_owned())];
    if let Some((proxy, others)) = furnishing.proxy {
        for name in ["http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"] {
            all.push((name, proxy.to_owned()));
        }
        for name in ["no_proxy", "NO_PROXY"] {
            all.push((name, others.to_owned()));
        }
    }
    all.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Puts into the box what its image has not.
async fn furnish(boot: &enclosure::Boot, furnishing: &Furnishing<'_>) -> std::io::Result<()> {
    let Furnishing { resolver, search, host, address, .. } = furnishing;
    let short = host.split('.').next().unwrap_or_default();
    let texts = [
        ("/etc/hostname", format!("{host}\n")),
        (
            "/etc/hosts",
            format!(
                "127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n{address} {host} {short}\n"
            ),
        ),
        ("/etc/resolv.conf", format!("search {search}\nnameserver {resolver}\n")),
    ];
    for (path, text) in texts {
        place(boot, path, 0o644, Writing::Anew, text.as_bytes()).await?;
    }
    if !furnishing.authority.is_empty() {
        boot.trust(furnishing.authority).await?;
    }
    for (name, text) in STAND_INS.iter().filter(|_| !furnishing.systemd) {
        for folder in folders(name) {
            place(boot, &format!("{folder}/{name}"), 0o755, Writing::Anew, text.as_bytes()).await?;
        }
    }
    // The last of a name counts.
    for stub in furnishing.stubs {
        let folder = if HELPERS.contains(&stub.name.as_str()) { HELPERS_FOLDER } else { "/usr/local/sbin" };
        let text = stub.script(Path::new(CALLS));
        place(boot, &format!("{folder}/{}", stub.name), 0o755, Writing::Anew, &text).await?;
    }
    for name in HELPERS {
        let stub = Stub { name: name.to_owned(), exit: 0 };
        let path = format!("{HELPERS_FOLDER}/{name}");
        place(boot, &path, 0o755, Writing::UnlessThere, &stub.script(Path::new(CALLS))).await?;
    }
    if let Some(command) = furnishing.signal_command {
        let writing = if furnishing.always { Writing::Anew } else { Writing::UnlessThere };
        let path = PathBuf::from(format!("{HELPERS_FOLDER}/cfn-signal"));
        boot.copy(Placed { path, mode: 0o755, writing }, command).await?;
    }
    Ok(())
}

async fn place(
    boot: &enclosure::Boot,
    path: &str,
    mode: u32,
    writing: Writing,
    content: &[u8],
) -> std::io::Result<()> {
    let put = boot.put(Placed { path: path.into(), mode, writing }, content).await;
    put.map_err(|error| std::io::Error::new(error.kind(), format!("{path} in the box: {error}")))
}

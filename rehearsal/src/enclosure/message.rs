//! What the rehearsal and the processes of a box tell each other.

use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::armed::Pending;

/// What a box is made of.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct Plan {
    /// The image's files.
    pub(super) image: PathBuf,
    /// This program: what runs in the box before anything of the image does.
    pub(super) program: PathBuf,
    /// Where what the instance writes goes: memory of at most so many bytes, or a folder beside.
    pub(super) disk: Room,
    /// Whether there are ids for others than root.
    pub(super) many_ids: bool,
    /// Its name.
    pub(super) host: String,
    /// Such as `i-0123456789abcdef0`.
    pub(super) instance: String,
    /// Its interface.
    pub(super) network: Network,
    /// Bytes of memory that it may have, for what it finds mounted that is in memory.
    pub(super) memory: u64,
    /// The processes that a user of it may have.
    pub(super) processes: u64,
    /// Bytes of memory that a process may have, where no control group counts them all together.
    pub(super) memory_of_each: Option<u64>,
    /// The control group that is the image's systemd's to divide, where that is the first process.
    pub(super) group: Option<PathBuf>,
}

/// Where what is written goes.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub(super) enum Room {
    /// Gone with the box, whatever ends it.
    Memory {
        /// Bytes.
        most: u64,
    },
    /// A folder with `upper` and `work` in it.
    Folder(PathBuf),
}

/// The addresses of a box.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub(super) struct Network {
    /// The instance's own.
    pub(super) address: Ipv4Addr,
    pub(super) prefix: u8,
    /// Its interface's own address, where it has an interface.
    pub(super) mac: Option<String>,
    /// What listens in it, in this order.
    pub(super) listeners: Vec<Listener>,
}

/// A socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub(super) struct Listener {
    pub(super) address: IpAddr,
    pub(super) port: u16,
    /// Of datagrams.
    pub(super) datagrams: bool,
}

/// To the process that keeps a box.
#[derive(Debug, Deserialize, Serialize)]
pub(super) enum ToKeeper {
    /// What to make.
    Make(Box<Plan>),
    /// The ids are known in it by now.
    Go,
    /// Runs a command of this machine.
    Run { program: String, arguments: Vec<String> },
    /// Boots; what its first process is told comes through the socket that is sent along.
    Boot,
}

/// From it.
#[derive(Debug, Deserialize, Serialize)]
pub(super) enum FromKeeper {
    /// It stands in namespaces of its own.
    Apart,
    /// The box stands. Which of its listeners there are; they are sent along.
    Made(Vec<Listener>),
    /// It cannot be made.
    Failed(String),
    /// A boot is over.
    Over(Over),
    /// A command has done what it was to do, or why not.
    Ran(Option<String>),
}

/// How a boot ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub enum Over {
    /// To begin again.
    Reboot,
    /// For good.
    Halt,
    /// Its first process was ended.
    Died,
}

/// To the first process of a boot.
#[derive(Debug, Deserialize, Serialize)]
pub(super) enum ToInit {
    /// What to set up.
    Furnish(Box<Plan>),
    /// Starts a process; its output goes to the two pipes that are sent along.
    Start { id: u64, order: Order },
    /// To all processes of its group.
    Signal { id: u64, signal: i32 },
    /// Writes a file: what is sent along.
    Put { id: u64, file: Placed },
    /// Has certificates trusted.
    Trust { id: u64, pem: String },
    /// Everything is there: the image's systemd takes its place.
    HandOver { id: u64 },
    /// Has what is armed due so many milliseconds sooner.
    Hasten { by: i64 },
    /// Disarms what is armed.
    Disarm,
}

/// What is started.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Order {
    /// A path, or a name that is looked for on the `PATH` of its environment.
    pub program: String,
    /// Its arguments.
    pub arguments: Vec<String>,
    /// All of its environment.
    pub environment: Vec<(String, String)>,
}

/// A file of an instance.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Placed {
    /// From the root.
    pub path: PathBuf,
    /// Its permissions.
    pub mode: u32,
    /// What becomes of what is there.
    pub writing: Writing,
}

/// What becomes of a file that is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub enum Writing {
    /// It goes, and a link with it, whatever that leads to.
    Anew,
    /// It has another content.
    Over,
    /// It goes on.
    Onto,
    /// It stays as it is.
    UnlessThere,
}

/// From the first process of a boot.
#[derive(Debug, Deserialize, Serialize)]
pub(super) enum FromInit {
    /// It is ready. The file is sent along in which stand-ins note how they are called.
    Up,
    /// It cannot be.
    Failed(String),
    /// A process runs.
    Started { id: u64 },
    /// What was asked for is done, or why not.
    Done { id: u64, problem: Option<Problem> },
    /// A process has ended.
    Ended { id: u64, code: Option<i32>, signal: Option<i32> },
    /// So has all of its group.
    Empty { id: u64 },
    /// What is armed has changed. Whoever hears of an end knows by then what is.
    Armed(Pending),
    /// The boot ends.
    GoingDown { reboot: bool },
}

/// What the system says.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub(super) struct Problem {
    pub(super) number: Option<i32>,
    pub(super) text: String,
}

impl From<std::io::Error> for Problem {
    fn from(error: std::io::Error) -> Self {
        Self { number: error.raw_os_error(), text: error.to_string() }
    }
}

impl From<Problem> for std::io::Error {
    fn from(problem: Problem) -> Self {
        match problem.number {
            Some(number) => Self::from_raw_os_error(number),
            None => Self::other(problem.text),
        }
    }
}

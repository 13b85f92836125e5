//! What instances boot with, as it is chosen on the command line: of `run`, and of `serve --run`.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;

use super::CliError;
use super::boots::Equipment;
use super::enclosed::EnclosureArguments;
use super::init::InitArguments;
use super::scripts::ScriptArguments;
use crate::rehearsal::Options;
use crate::run::{Runtime, Stub, check_place, find_signal_command, sweep};

/// How long user data goes on after its instance's termination, unless told.
const GRACE: u64 = 5;

/// Scripts of a server's instances at a time, unless told.
const AT_A_TIME: usize = 32;

#[derive(Args, Clone, Debug, Default)]
pub(super) struct EquipmentArguments {
    #[command(flatten)]
    pub(super) scripts: ScriptArguments,
    /// Let a command do nothing but exit with this status; may be repeated. Amazon's other helpers (cfn-init, cfn-hup,
    /// …) exit with 0 where the machine lacks them
    #[arg(long = "stub", value_name = "NAME=EXIT")]
    pub(super) stubs: Vec<Stub>,
    #[command(flatten)]
    pub(super) init: InitArguments,
    /// What runs as /opt/aws/bin/cfn-signal [default: the cfn-signal beside this command, else on PATH]
    #[arg(long, value_name = "PATH")]
    pub(super) cfn_signal: Option<PathBuf>,
    /// How long user data may still run once the stack's fate is decided or its instance is terminated [default: 5]
    #[arg(long, value_name = "SECONDS")]
    grace: Option<u64>,
    /// Instances that run their user data at a time; the others wait for their turn, for which a virtual clock stands
    /// still [default: one a core; with serve, 32]
    #[arg(long, value_name = "N")]
    parallel: Option<NonZeroUsize>,
    #[command(flatten)]
    enclosure: EnclosureArguments,
}

impl EquipmentArguments {
    /// The first of these options that was given.
    pub(super) fn first_given(&self) -> Option<&'static str> {
        let given = [
            ("--user-data", self.scripts.any()),
            ("--stub", !self.stubs.is_empty()),
            ("--init", self.init.is_given()),
            ("--cfn-signal", self.cfn_signal.is_some()),
            ("--grace", self.grace.is_some()),
            ("--parallel", self.parallel.is_some()),
            ("--root", self.enclosure.is_given()),
            ("--in", self.enclosure.runtime().is_some()),
        ];
        given.into_iter().find_map(|(option, is_given)| is_given.then_some(option))
    }

    /// Tells a rehearsal that its instances run their user data, and which.
    pub(super) fn give(&self, options: &mut Options) -> Result<(), CliError> {
        let given = self.scripts.read()?;
        options.user_data = given.all;
        options.user_data_of = given.of;
        options.runs = true;
        options.runs_init = self.init.runs();
        options.real_names = self.enclosure.is_given();
        Ok(())
    }

    /// What a server boots them with, whose clock waits for nobody.
    pub(super) fn prepare_server(&self) -> Result<Equipment, CliError> {
        let equipment = self.prepare(true)?;
        Ok(Equipment {
            parallel: self.parallel.map_or(AT_A_TIME, NonZeroUsize::get),
            lasts: true,
            ..equipment
        })
    }

    pub(super) fn grace(&self) -> Duration {
        Duration::from_secs(self.grace.unwrap_or(GRACE))
    }

    /// Whether the options go together.
    fn check(&self) -> Result<(), CliError> {
        let problem = match (self.enclosure.is_given(), &self.init) {
            (false, init) if init.is_cloud_init() => {
                "--init cloud-init: the cloud-init that is run is an image's; give one with --root"
            }
            (true, init) if init.runs() => {
                "--init run: with --root the image's own cfn-init works through the metadata, for real"
            }
            (_, init) if init.runs() && self.enclosure.runtime().is_some() => {
                "--init run: cfn-init is a stub with --in, for what runs there cannot start this command"
            }
            _ => return Ok(()),
        };
        Err(CliError::Usage(problem.to_owned()))
    }

    /// What instances boot with. Where nothing `runs`, nothing has to be there either.
    pub(super) fn prepare(&self, runs: bool) -> Result<Equipment, CliError> {
        self.check()?;
        let signal_command = match find_signal_command(self.cfn_signal.as_deref()) {
            Ok(path) => path,
            Err(error) if runs || self.cfn_signal.is_some() => return Err(error.into()),
            Err(_) => Path::new("").to_owned(),
        };
        if runs {
            sweep();
            check_place()?;
        }
        let boxes = if runs { self.enclosure.prepare()? } else { None };
        // Its units run it anyway.
        let has_own = boxes.as_ref().is_some_and(|it| it.systemd && it.image.has_cloud_init());
        Ok(Equipment {
            signal_command,
            stubs: self.stubs.clone(),
            init: self.init.runs(),
            resources: Vec::new(),
            parallel: self.parallel.map_or_else(cores, NonZeroUsize::get),
            grace: self.grace(),
            boxes,
            runtime: self.enclosure.runtime().filter(|_| runs).map(Runtime::tried).transpose()?,
            own_signal_command: self.cfn_signal.is_some(),
            cloud_init: self.init.is_cloud_init() || has_own,
            own: None,
            lasts: false,
        })
    }
}

/// Scripts at a time where time stands still for those that wait.
fn cores() -> usize {
    std::thread::available_parallelism().map_or(2, NonZeroUsize::get)
}

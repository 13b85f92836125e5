//! `serve --run`: the instances of every stack run their user data.

use clap::Args;

use super::CliError;
use super::boots::Equipment;
use super::equipment::EquipmentArguments;
use crate::rehearsal::Options;

#[derive(Args, Clone, Debug, Default)]
pub(super) struct RunningArguments {
    /// Run the user data of the instances of every stack that clients make, and of the template's: really, as you and on
    /// this machine, or in boxes (--root)
    ///
    /// What cfn-rehearse run does for one stack, for all of them and for as long as it answers: cfn-signal in a script
    /// reaches this rehearsal only, an instance that is terminated is ended with all that it left running, and with the
    /// server everything ends.
    #[arg(long, help_heading = "User data")]
    run: bool,
    #[command(flatten, next_help_heading = "User data")]
    equipment: EquipmentArguments,
    /// For `run` only.
    #[arg(long = "resource", hide = true, value_name = "ID")]
    resources: Vec<String>,
    /// For `run` only.
    #[arg(long, hide = true, value_name = "OLD")]
    update_from: Option<String>,
    /// For `run` only.
    #[arg(long = "old-param", hide = true, value_name = "NAME=VALUE")]
    old_parameters: Vec<String>,
    /// For `run` only.
    #[arg(long = "old-params", hide = true, value_name = "FILE")]
    old_files: Vec<String>,
}

impl RunningArguments {
    /// Whether anything is run.
    pub(super) fn runs(&self) -> bool {
        self.run
    }

    /// Whether the options go together.
    pub(super) fn check(&self) -> Result<(), CliError> {
        let usage = |text: String| Err(CliError::Usage(text));
        if !self.resources.is_empty() {
            return usage(
                "--resource: clients make whole stacks here, and all of their instances boot. cfn-rehearse run \
                 rehearses one resource of a template"
                    .to_owned(),
            );
        }
        let updates = [
            ("--update-from", self.update_from.is_some()),
            ("--old-param", !self.old_parameters.is_empty()),
            ("--old-params", !self.old_files.is_empty()),
        ];
        if let Some((option, _)) = updates.iter().find(|(_, is_given)| *is_given) {
            return usage(format!(
                "{option}: here a client updates its stack, which then has what it had before. cfn-rehearse run rehearses an \
                 update from a template"
            ));
        }
        match self.equipment.first_given().filter(|_| !self.run) {
            Some(option) => usage(format!("{option}: nothing is run without --run")),
            None => Ok(()),
        }
    }

    /// Tells a rehearsal of it.
    pub(super) fn give(&self, options: &mut Options) -> Result<(), CliError> {
        if self.run {
            self.equipment.give(options)?;
            options.runs_all = true;
        }
        Ok(())
    }

    /// What instances boot with, where they do.
    pub(super) fn prepare(&self) -> Result<Option<Equipment>, CliError> {
        self.run.then(|| self.equipment.prepare_server()).transpose()
    }

    pub(super) fn grace(&self) -> std::time::Duration {
        self.equipment.grace()
    }
}

/// What is said of it before anything runs.
pub(super) fn announcement(equipment: &Equipment) -> Vec<String> {
    if let Some(boxes) = &equipment.boxes {
        let how = format!("user data runs in boxes, {} at a time (--parallel)", equipment.parallel);
        return std::iter::once(how).chain(boxes.announcement()).collect();
    }
    let user = rustix::process::geteuid();
    let who = match user.is_root() {
        true => "as root".to_owned(),
        false => {
            format!("as user {}: what needs root fails, which on an instance it would not", user.as_raw())
        }
    };
    if let Some(runtime) = &equipment.runtime {
        let how =
            format!("user data runs by the command of --in, {} at a time (--parallel)", equipment.parallel);
        return std::iter::once(how).chain(runtime.announcement()).collect();
    }
    let init = if equipment.init { "; cfn-init runs the commands of the metadata" } else { "" };
    vec![format!(
        "user data really runs, on this machine and {who}, {} at a time (--parallel){init}",
        equipment.parallel
    )]
}

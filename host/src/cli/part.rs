//! What the parts of the command have in common, such as `cfn-signal run`: the signal's options beside their own.

use cfn_signal_command_line::Options;
use cfn_signal_command_line::definition::{GROUPS, Group, Opt, Takes};
use cfn_signal_core::secret::Secret;
use clap::error::ErrorKind;
use clap::{Arg, ArgMatches, Command};

use super::definition;

/// Which options of the signal a part takes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Table {
    /// Those that it decides itself, by their names.
    pub decided: &'static [&'static str],
    /// Whether gates are among the others.
    pub gates: bool,
}

impl Table {
    /// `command` with them and the handle.
    pub(super) fn of(self, command: Command) -> Command {
        let command = command
            .arg(Arg::new("handle").value_name("WaitConditionHandle URL").help(definition::HANDLE_OF_PART));
        self.groups().fold(command, |command, group| {
            let options = group.options.iter().filter(|option| self.takes(option));
            command.args(
                options.map(|option| definition::arg(option).help_heading(group.heading.unwrap_or("Signal"))),
            )
        })
    }

    /// What is typed of them, as the table sets it; `command` complains.
    ///
    /// # Errors
    ///
    /// A value that is none.
    pub(super) fn read(self, matches: &ArgMatches, command: fn() -> Command) -> Result<Options, clap::Error> {
        let mut options = Options::default();
        for option in self.groups().flat_map(|group| group.options).filter(|option| self.takes(option)) {
            let name = format!("--{}", option.long);
            let set = |options: &mut Options, value: &str| {
                option
                    .set(options, &name, value)
                    .map_err(|why| command().error(ErrorKind::ValueValidation, why))
            };
            match option.takes {
                Takes::Help | Takes::Version => {}
                Takes::Nothing(_) => {
                    if matches.get_flag(option.long) {
                        set(&mut options, "")?;
                    }
                }
                Takes::Count(_) => {
                    for _ in 0..matches.get_count(option.long) {
                        set(&mut options, "")?;
                    }
                }
                _ => {
                    for value in matches.get_many::<String>(option.long).into_iter().flatten() {
                        set(&mut options, value)?;
                    }
                }
            }
        }
        let handle = matches.get_one::<String>("handle").filter(|it| !it.is_empty());
        options.handle = handle.map(|it| Secret::from(it.clone()));
        Ok(options)
    }

    fn groups(self) -> impl Iterator<Item = &'static Group> {
        GROUPS.into_iter().chain(self.gates.then_some(&definition::GATES))
    }

    fn takes(self, option: &Opt) -> bool {
        !self.decided.contains(&option.long) && !matches!(option.takes, Takes::Help | Takes::Version)
    }
}

//! The table of options as a clap command, which writes the help, the manual page and the completions.

use cfn_signal_command_line::definition::{
    ABOUT, CODES, GROUPS, Group, HANDLE, Opt, Takes, USAGE, flag, text,
};
use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, Command};

/// What only a machine of its own has.
pub(super) const OWN: Group = Group {
    heading: Some("Output"),
    options: &[
        Opt {
            long: "completions",
            short: None,
            takes: Takes::OneOf("SHELL", &["bash", "elvish", "fish", "powershell", "zsh"], |it, shell| {
                it.completions = Some(shell.to_owned())
            }),
            help: "Print a completion script and exit",
        },
        text("state-dir", "FOLDER", super::state::ALL, |it, folder| {
            it.state_dir = Some(folder.to_owned());
        }),
        flag("man", "Print the manual page, in roff, and exit", |it| it.manual = true),
        #[cfg(feature = "jit")]
        text(
            "component",
            "FILE",
            "Run this build of the signing component, not the embedded one",
            |it, file| {
                it.component = Some(file.to_owned());
            },
        ),
    ],
};

/// What has to hold before a success.
pub(super) const GATES: Group = Group {
    heading: Some("Gates"),
    options: &[
        Opt {
            long: "wait-for",
            short: None,
            takes: Takes::Texts("GATE", |it, gate| it.wait_for.push(gate.to_owned())),
            help: "Signal success only once this holds, else failure; may be repeated. GATE is http://URL or https://URL \
                   [status=CODES] [body=REGEX], tcp:HOST:PORT, unix:PATH, file:PATH, systemd:UNIT, cloud-init or exec:COMMAND",
        },
        Opt {
            long: "gate-timeout",
            short: None,
            takes: Takes::Duration("DURATION", "5m", |it, value| it.gate_timeout = value),
            help: "How long all gates together may take to hold",
        },
    ],
};

/// What the help says of credentials and region.
const DEFAULTS: &str = "\
Without --credential-file, --role or keys, a resource is signalled with the instance's identity (CFN_V1), else with \
the credentials that AWS's tools would find. The region is --region, AWS_REGION, AWS_DEFAULT_REGION, the instance's, or \
us-east-1.";

/// What else there is.
const PARTS: &str = "\
`cfn-signal run -- COMMAND` runs a command and signals for whatever becomes of it: see `cfn-signal run --help`.
`cfn-signal arm` signals a failure at a deadline unless a signal was sent before: see `cfn-signal arm --help`.
`cfn-signal check` looks at everything that a signal needs, and sends none: see `cfn-signal check --help`.
`cfn-signal resume` finishes what a restart has interrupted: see `cfn-signal resume --help`.";

/// The positional of its parts.
pub(super) const HANDLE_OF_PART: &str = "The handle's URL; signals a wait condition";

/// Every option here.
pub(super) fn options() -> Vec<&'static Group> {
    GROUPS.into_iter().chain([&GATES, &OWN]).collect()
}

/// The options as clap has them.
pub(super) fn native() -> Command {
    command(&options(), &format!("{}\n\nExamples:\n{}", after_help(), examples()))
}

/// The same with its parts, for completions.
pub(super) fn complete() -> Command {
    native().subcommands([
        super::arm::command(),
        super::check::command(),
        super::arm::command_to_disarm(),
        super::resume::command(),
        super::run::command(),
    ])
}

fn examples() -> String {
    let lines: Vec<String> = super::manual::EXAMPLES.iter().map(|(_, line)| format!("  {line}")).collect();
    lines.join("\n")
}

/// The help's end.
pub(super) fn after_help() -> String {
    format!("{CODES}\n\n{DEFAULTS}\n\n{PARTS}")
}

/// The command with the options of `groups`, whose help ends with `after`.
pub(super) fn command(groups: &[&'static Group], after: &str) -> Command {
    let handle = Arg::new("handle").value_name(HANDLE.0).help(HANDLE.1).num_args(0..);
    groups
        .iter()
        .fold(Command::new("cfn-signal"), |command, group| {
            command.args(group.options.iter().map(|option| arg(option).help_heading(group.heading)))
        })
        .about(ABOUT)
        .version(env!("CARGO_PKG_VERSION"))
        .override_usage(USAGE)
        .after_help(after.to_owned())
        .disable_help_flag(true)
        .disable_version_flag(true)
        .arg(handle)
}

/// An option as clap has it.
pub(super) fn arg(option: &Opt) -> Arg {
    let arg = Arg::new(option.long).long(option.long).help(option.help);
    let arg = match option.short {
        Some(letter) => arg.short(letter),
        None => arg,
    };
    match option.takes {
        Takes::Help | Takes::Version | Takes::Nothing(_) => arg.action(ArgAction::SetTrue),
        Takes::Count(_) => arg.action(ArgAction::Count),
        Takes::Texts(value, _) => arg.value_name(value).action(ArgAction::Append),
        Takes::Text(value, _) | Takes::Integer(value, _) | Takes::Number(value, _) => arg.value_name(value),
        Takes::Duration(value, default, _) => arg.value_name(value).default_value(default),
        Takes::Choice(value, choices, _) | Takes::OneOf(value, choices, _) => {
            let arg = arg.value_name(value).value_parser(PossibleValuesParser::new(choices));
            match option.default_value() {
                Some(default) => arg.default_value(default),
                None => arg,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

    use std::{env, fs, path::Path};

    use cfn_signal_command_line::definition::{COMPONENT, NETWORK};

    use super::{CODES, GROUPS, command, complete, native};

    /// Nor is anything else wrong that clap finds in a definition.
    #[test]
    fn no_two_options_have_one_name() {
        complete().debug_assert();
    }

    /// Everything that may be repeated for more, and nothing else.
    #[test]
    fn the_help_says_what_may_be_repeated() {
        let help = native().render_help().to_string();
        assert_eq!(help.matches("--verbose...").count(), 1, "{help}");
        assert_eq!(help.matches("...  ").count(), 2, "{help}");
    }

    /// The component carries its help as a text: what writes it would be a quarter of the component.
    #[test]
    fn the_component_has_the_help_of_its_options() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../src/worlds/command/src/help.txt");
        let groups: Vec<_> = GROUPS.into_iter().filter(|group| group.heading != NETWORK.heading).collect();
        let help =
            command(&groups, &format!("{CODES}\n\n{COMPONENT}")).term_width(100).render_help().to_string();
        if env::var_os("BLESS").is_some() {
            fs::write(&path, &help).unwrap();
        }
        assert_eq!(fs::read_to_string(&path).unwrap(), help, "BLESS=1 writes it anew");
    }
}

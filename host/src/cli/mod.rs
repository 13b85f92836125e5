//! The command line: Amazon's helper's, and more.

mod args;
mod defaults;
mod exit;
mod host_name;
mod log;
mod machine;
mod manual;
mod mode;
mod number;
mod options;
mod optparse;
mod parties;
mod redact;
mod report;
mod run;

use std::ffi::OsString;
use std::process::ExitCode;

use log::Voice;
use options::Options;
use optparse::Parsed;

/// Runs the command with `arguments`, the program's name left out, and returns its exit code.
pub fn main(arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let mut legible = true;
    let arguments = arguments.map(|argument| {
        legible &= argument.to_str().is_some();
        argument.to_string_lossy().into_owned()
    });
    let arguments = arguments.collect();
    exit::status(interpret(arguments, legible))
}

/// `legible` is false where something in `arguments` was not UTF-8 and has been replaced.
fn interpret(arguments: Vec<String>, legible: bool) -> u8 {
    let command = args::command();
    let json = optparse::asks_for_json(&arguments);
    let plain = match optparse::parse(&command, arguments) {
        Ok(Parsed::Help) => {
            log::out(&help());
            return 0;
        }
        Ok(Parsed::Version) => {
            log::out(&format!("cfn-signal {}\n", env!("CARGO_PKG_VERSION")));
            return 0;
        }
        Ok(Parsed::Arguments(plain)) => plain,
        Err(complaint) => return usage_error(&complaint, json),
    };
    let options = match Options::read(command, plain) {
        Ok(options) => options,
        Err(complaint) => return usage_error(&complaint, json),
    };
    if let Some(shell) = options.completions {
        let mut script = Vec::new();
        clap_complete::generate(shell, &mut args::command(), "cfn-signal", &mut script);
        log::out(&String::from_utf8_lossy(&script));
        return 0;
    }
    if options.man {
        log::out(&manual::page(&args::command()));
        return 0;
    }
    let voice = Voice::new(options.log_format, options.verbosity);
    if !legible {
        voice.note("an argument is not UTF-8: U+FFFD stands for what cannot be read");
    }
    run::run(&options, voice)
}

/// The help, as text.
fn help() -> String {
    args::command().render_help().to_string()
}

fn usage_error(complaint: &str, json: bool) -> u8 {
    if json {
        report::usage_error(complaint);
    }
    log::line(&format!("Usage: {}\n\ncfn-signal: error: {complaint}", args::USAGE));
    exit::USAGE
}

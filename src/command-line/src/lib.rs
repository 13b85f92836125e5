//! The command line of `cfn-signal`, once for every way to run it: Amazon's helper's, and more.
//!
//! [`main`] reads the arguments, finds out what they leave open, delivers the signal and says how that ended. What it runs
//! on is a [`Platform`]: the native command, or a component of the `command` world.

mod conceal;
mod defaults;
pub mod definition;
mod discover;
pub mod exit;
mod itself;
mod look;
mod mode;
mod number;
mod options;
mod optparse;
mod order;
mod parties;
mod platform;
mod redact;
mod report;
mod run;
mod signer;
mod value;
mod voice;

pub use conceal::conceal_secrets;
pub use look::{Found, Look};
pub use options::Options;
pub use platform::{Hardware, Platform, Unprepared};
pub use value::duration;
pub use voice::{Format, line, out, print};

use std::ffi::OsString;

use cfn_signal_core::delivery::{PrepareError, describe};
use cfn_signal_core::secret::Secret;
use optparse::Parsed;
use voice::{Voice, flat};

/// Runs the command with `arguments`, the program's name left out, and returns its exit code.
pub fn main(platform: &mut impl Platform, arguments: impl Iterator<Item = OsString>) -> u8 {
    let mut legible = true;
    let arguments = arguments.map(|argument| {
        legible &= argument.to_str().is_some();
        argument.to_string_lossy().into_owned()
    });
    let arguments = arguments.collect();
    interpret(platform, arguments, legible)
}

/// `legible` is false where something in `arguments` was not UTF-8 and has been replaced.
fn interpret(platform: &mut impl Platform, arguments: Vec<String>, legible: bool) -> u8 {
    let table = platform.options();
    let json = optparse::asks_for_json(&arguments);
    let options = match optparse::parse(&table, arguments) {
        Ok(Parsed::Help) => {
            return print(&platform.help());
        }
        Ok(Parsed::Version) => {
            return print(concat!("cfn-signal ", env!("CARGO_PKG_VERSION"), "\n"));
        }
        Ok(Parsed::Options(options)) => options,
        Err(complaint) => return usage_error(&complaint, json),
    };
    if let Err(complaint) = options.agree() {
        return usage_error(&complaint, json);
    }
    if let Some(text) = platform.settle(&options) {
        return print(&text);
    }
    platform.listen(options.log_format, options.verbosity);
    let voice = Voice(options.log_format);
    if !legible {
        voice.note("an argument is not UTF-8: U+FFFD stands for what cannot be read");
    }
    run::run(platform, &options, voice)
}

/// Whether what `options` say can be signalled at all, as far as that shows before anybody is asked: for a command that has work to do
/// first.
///
/// # Errors
///
/// The line to refuse with.
pub fn review(options: &Options) -> Result<(), String> {
    options.agree()?;
    let line = |refused| match refused {
        mode::Refused::Line(line) => line,
        mode::Refused::WithHelp(line) => line.to_owned(),
    };
    let mode = mode::decide(options).map_err(line)?;
    defaults::check_id(options)?;
    match mode {
        mode::Mode::Resource { .. } => defaults::check_placeholders(options),
        mode::Mode::WaitHandle(handle) => review_handle(&handle),
    }
}

/// Whether a wait condition can be signalled by `handle` at all.
///
/// # Errors
///
/// The line to refuse with.
pub fn review_handle(handle: &Secret) -> Result<(), String> {
    let why = describe::wait_handle(handle).err();
    why.map_or(Ok(()), |why| match why {
        PrepareError::WaitHandle(why) => {
            Err(format!("Error: Invalid WaitConditionHandle URL specified: {why}"))
        }
        why => Err(format!("Error: {why}")),
    })
}

/// `options` with what the environment says of the region and the endpoint, where they do not: without it they then mean the same.
#[must_use]
pub fn settle(options: &Options) -> Options {
    let variant = defaults::endpoint_variant(options);
    Options {
        region: defaults::given_region(options).map(|(region, _)| region),
        url: defaults::endpoint_url(options),
        fips: variant.fips,
        dual_stack: variant.dual_stack,
        ..options.clone()
    }
}

/// Sends one signal as `options` say, and tells how that ended; returns the exit code. [`Platform::listen`] is the caller's.
pub fn signal(platform: &impl Platform, options: &Options) -> u8 {
    run::run(platform, options, Voice(options.log_format))
}

/// Says what is to be known, whatever the verbosity.
pub fn note(options: &Options, text: &str) {
    Voice(options.log_format).note(text);
}

/// Says why nothing was sent; returns the exit code.
pub fn refuse(options: &Options, line: &str) -> u8 {
    report::refused(line, exit::REFUSED, options.json, options.status(), Voice(options.log_format))
}

/// Tells of a mistake in the command line, in optparse's manner, and to programs if they read; returns the exit code.
pub fn usage_error(complaint: &str, json: bool) -> u8 {
    let complaint = &flat(complaint);
    if json {
        report::usage_error(complaint);
    }
    line(&format!("Usage: {}\n\ncfn-signal: error: {complaint}", definition::USAGE));
    exit::USAGE
}

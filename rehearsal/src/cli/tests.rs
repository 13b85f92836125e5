#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::error::Error as _;
use std::io;
use std::path::PathBuf;

use clap::Parser as _;

use super::arguments::{Arguments, Command};
use super::{CliError, run};

/// What a `run` of `template` with these options ends with before anything runs.
async fn error_of(options: &[&str]) -> CliError {
    let arguments = Arguments::parse_from([&["cfn-rehearse", "run"], options].concat());
    let Command::Run(arguments) = arguments.command else { unreachable!("it is a run") };
    run::run(&arguments).await.unwrap_err()
}

#[tokio::test]
async fn what_cannot_be_read_or_written_has_the_systems_error_as_its_source() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing/file").display().to_string();
    let template: PathBuf = folder.path().join("template.yaml");
    std::fs::write(&template, "Resources: {Topic: {Type: AWS::SNS::Topic}}").unwrap();
    let template = template.display().to_string();
    for options in [
        vec![missing.as_str()],
        vec![&template, "--fault-file", &missing],
        vec![&template, "--user-data", &missing],
        vec![&template, "--params", &missing],
        vec![&template, "--junit", &missing],
    ] {
        let error = error_of(&options).await;
        let source = error.source().unwrap();
        assert!(source.is::<io::Error>(), "{error:?}");
        assert!(!error.to_string().contains(&source.to_string()), "{error}");
    }
}

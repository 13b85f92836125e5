//! `cfn-rehearse params`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{COMPLETE, CliError, print};
use crate::rehearsal::SetupError;
use crate::template::Template;
use crate::values;

#[derive(Debug, Args)]
pub(super) struct Params {
    /// The template: YAML or JSON
    template: PathBuf,
    /// How the values are written
    #[arg(long, value_enum, default_value = "yaml", value_name = "FORMAT")]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A map, with types, descriptions, defaults and what is allowed as comments
    Yaml,
    /// The AWS CLI's list of ParameterKey and ParameterValue
    Json,
}

pub(super) fn params(arguments: &Params) -> Result<u8, CliError> {
    let template = Template::load(&arguments.template).map_err(SetupError::from)?;
    let text = match arguments.format {
        Format::Yaml => values::yaml(&template, &arguments.template.display().to_string()),
        Format::Json => values::json(&template),
    };
    print(text).map(|()| COMPLETE)
}

//! Values: for parameters, and for what only the real service knows.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;

use crate::rehearsal::Options;
use crate::rehearsal::Rehearsal;
use crate::report::Console;

/// Options of every command that rehearses.
#[derive(Args, Clone, Debug, Default)]
pub(super) struct ValueArguments {
    /// A parameter's value; may be repeated; wins over --params
    #[arg(long = "param", value_name = "NAME=VALUE", value_parser = parameter)]
    parameters: Vec<(String, String)>,
    /// A file of values: the AWS CLI's list, {"Parameters": {…}}, ["NAME=VALUE", …], a map in YAML or JSON, samconfig.toml,
    /// or what `cfn-rehearse params` prints; - is standard input; may be repeated, and later ones win
    #[arg(long = "params", value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Whose parameter_overrides of a samconfig.toml are meant [default: default]
    #[arg(long, value_name = "NAME", requires = "files")]
    config_env: Option<String>,
    /// Make up a value for each parameter that has none, and say so
    #[arg(long)]
    fill: bool,
    /// What Fn::GetAtt gives for a resource, where only the real service knows it; Stack/ID.NAME=VALUE in one nested stack;
    /// may be repeated
    #[arg(long = "attribute", value_name = "ID.NAME=VALUE", value_parser = attribute)]
    attributes: Vec<(String, String)>,
    /// What Ref gives for a resource, where only the real service knows it; Stack/ID=VALUE in one nested stack; may be
    /// repeated
    #[arg(long = "ref", value_name = "ID=VALUE", value_parser = reference)]
    refs: Vec<(String, String)>,
    /// What Fn::ImportValue gives; may be repeated
    #[arg(long = "import", value_name = "NAME=VALUE", value_parser = import)]
    imports: Vec<(String, String)>,
    /// What a dynamic reference, or the name in an SSM-typed parameter, stands for: ssm:/app/count=3, secretsmanager:db=…; may
    /// be repeated
    #[arg(long = "resolve", value_name = "REF=VALUE", value_parser = resolved)]
    resolve: Vec<(String, String)>,
}

/// Values of a stack before its update.
#[derive(Args, Clone, Debug, Default)]
pub(super) struct OldValueArguments {
    /// The value that a parameter had before the update; may be repeated [default: the one it has]
    #[arg(long = "old-param", value_name = "NAME=VALUE", value_parser = parameter, requires = "update_from")]
    old_parameters: Vec<(String, String)>,
    /// A file of such values, as --params takes it: only its parameters count; may be repeated
    #[arg(long = "old-params", value_name = "FILE", requires = "update_from")]
    old_files: Vec<PathBuf>,
}

impl ValueArguments {
    pub(super) fn give(&self, options: &mut Options) {
        options.parameters = map(&self.parameters);
        options.parameter_files = self.files.clone();
        options.config_env = self.config_env.clone();
        options.fill = self.fill;
        options.attributes = map(&self.attributes);
        options.refs = map(&self.refs);
        options.imports = map(&self.imports);
        options.resolve = map(&self.resolve);
    }
}

impl OldValueArguments {
    pub(super) fn give(&self, options: &mut Options) {
        options.old_parameters = map(&self.old_parameters);
        options.old_parameter_files = self.old_files.clone();
    }
}

/// Says what became of the values, before anything begins.
pub(super) fn announce(rehearsal: &Rehearsal, console: &mut Console) {
    console.hide(&rehearsal.account.secrets);
    for remark in &rehearsal.remarks {
        console.warn(remark);
    }
    made(rehearsal).for_each(|line| console.note(&line));
}

/// The same as lines, for where no console is.
pub(super) fn remarks(rehearsal: &Rehearsal) -> impl Iterator<Item = String> {
    let remarks = rehearsal.remarks.iter().map(|remark| format!("cfn-rehearse: {remark}"));
    remarks.chain(made(rehearsal))
}

fn made(rehearsal: &Rehearsal) -> impl Iterator<Item = String> {
    let notes = rehearsal.notes();
    let filled = notes.filled.into_iter().map(|made| format!("filled: {} = {}", made.name, made.value));
    let made_up = notes.made_up.into_iter().map(|made| format!("made up: {made}"));
    filled.chain(made_up)
}

fn map(values: &[(String, String)]) -> BTreeMap<String, String> {
    values.iter().cloned().collect()
}

fn pair(text: &str, what: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err(what.to_owned()),
    }
}

fn parameter(text: &str) -> Result<(String, String), String> {
    pair(text, "a parameter is NAME=VALUE")
}

fn attribute(text: &str) -> Result<(String, String), String> {
    const FORM: &str = "an attribute is ID.NAME=VALUE, such as Ip.AllocationId=eipalloc-1";
    let (name, value) = pair(text, FORM)?;
    match name.split_once('.') {
        Some((id, attribute)) if !id.is_empty() && !attribute.is_empty() => Ok((name, value)),
        _ => Err(FORM.to_owned()),
    }
}

fn reference(text: &str) -> Result<(String, String), String> {
    pair(text, "a reference is ID=VALUE, such as Ip=203.0.113.7")
}

fn import(text: &str) -> Result<(String, String), String> {
    pair(text, "an import is NAME=VALUE")
}

fn resolved(text: &str) -> Result<(String, String), String> {
    pair(text, "REF=VALUE, such as ssm:/app/count=3 or secretsmanager:db:SecretString:user=web")
}

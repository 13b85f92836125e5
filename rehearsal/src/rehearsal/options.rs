//! What is asked for.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;

use super::{ScaleDuring, ScaledTo};
use crate::account::ACCOUNT_ID;
use crate::clock::ClockKind;
use crate::faults::Plan;

/// What to rehearse. Unless told: an account without stacks in `us-east-1`, on any port of 127.0.0.1, in real time.
#[derive(Clone)]
#[non_exhaustive]
pub struct Options {
    /// The template's file; without one the account is empty.
    pub template: Option<PathBuf>,
    /// The template that the stack has before: the rehearsal is its update.
    pub update_from: Option<PathBuf>,
    /// The stack's name.
    pub stack_name: String,
    /// Such as `eu-west-1`.
    pub region: String,
    /// The account's id: twelve digits.
    pub account_id: String,
    /// Values for parameters; those of the template that an update is from, unless told otherwise.
    pub parameters: BTreeMap<String, String>,
    /// Files with values, in any of the forms that `--params` takes. Later ones win, and [`Self::parameters`] over all.
    pub parameter_files: Vec<PathBuf>,
    /// The environment of a `samconfig.toml` among them; `default` unless told.
    pub config_env: Option<String>,
    /// Whether values are made up for parameters that have none.
    pub fill: bool,
    /// Values that parameters had before an update.
    pub old_parameters: BTreeMap<String, String>,
    /// Files with such values.
    pub old_parameter_files: Vec<PathBuf>,
    /// What `Fn::GetAtt` gives, by `LogicalId.Attribute`, in every stack; a list is one in JSON.
    pub attributes: BTreeMap<String, String>,
    /// What `Ref` gives for a resource, by its logical id, in every stack.
    pub refs: BTreeMap<String, String>,
    /// What `Fn::ImportValue` gives, by the export's name.
    pub imports: BTreeMap<String, String>,
    /// What dynamic references and the names in SSM-typed parameters stand for, by what follows `resolve:`, such as
    /// `ssm:/app/count`, or by the name alone.
    pub resolve: BTreeMap<String, String>,
    /// How time passes.
    pub clock: ClockKind,
    /// Where to listen; port 0 for any.
    pub listen: SocketAddr,
    /// Groups that had been scaled when the update began: `update_from`'s, or the stack's first through the API.
    pub scaled: Vec<ScaledTo>,
    /// Scaling policies that act during that update.
    pub scale: Vec<ScaleDuring>,
    /// The instances and groups that are rehearsed, by logical id; all of them unless told.
    pub resources: Vec<String>,
    /// Whether instances run their user data, which then has to be known.
    pub runs: bool,
    /// Whether those of stacks that clients make do so, too; of theirs nothing has to be known.
    pub runs_all: bool,
    /// Whether their `cfn-init` works through the template's metadata.
    pub runs_init: bool,
    /// What they run in place of the template's user data.
    pub user_data: Option<Vec<u8>>,
    /// The same for some of them, by logical id, or by path in a nested stack.
    pub user_data_of: BTreeMap<String, Vec<u8>>,
    /// Whether wait condition handles have the URLs that AWS gives them: who puts a document there has AWS's names lead to
    /// the rehearsal's [`endpoints`](super::Rehearsal::endpoints).
    pub real_names: bool,
    /// Actions that IAM denies.
    pub denied: Vec<String>,
    /// Faults on demand.
    pub faults: Plan,
    /// The folder in which templates are looked for that nested stacks and clients name by a URL.
    pub template_dir: Option<PathBuf>,
}

impl Options {
    /// What a resource's instances run in place of the template's user data.
    pub(super) fn given_for(&self, logical_id: &str) -> Option<&[u8]> {
        self.user_data_of.get(logical_id).or(self.user_data.as_ref()).map(Vec::as_slice)
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            template: None,
            update_from: None,
            stack_name: "rehearsal".to_owned(),
            region: "us-east-1".to_owned(),
            account_id: ACCOUNT_ID.to_owned(),
            parameters: BTreeMap::new(),
            parameter_files: Vec::new(),
            config_env: None,
            fill: false,
            old_parameters: BTreeMap::new(),
            old_parameter_files: Vec::new(),
            attributes: BTreeMap::new(),
            refs: BTreeMap::new(),
            imports: BTreeMap::new(),
            resolve: BTreeMap::new(),
            clock: ClockKind::Real,
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            scaled: Vec::new(),
            scale: Vec::new(),
            resources: Vec::new(),
            runs: false,
            runs_all: false,
            runs_init: false,
            user_data: None,
            user_data_of: BTreeMap::new(),
            real_names: false,
            denied: Vec::new(),
            faults: Plan::default(),
            template_dir: None,
        }
    }
}

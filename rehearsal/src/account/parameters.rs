//! Systems Manager's parameters: those that clients put, those that were given, and those that are resources of stacks.
//!
//! Source: <https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-parameter-store.html>

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::Account;
use crate::moment::Moment;
use crate::template::{Supplied, matches_pattern};

/// Parameters that clients may put: as many as an account has of the standard tier.
const MOST: usize = 10_000;

/// Versions of a parameter that are kept.
///
/// Source: <https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-versions.html>
const VERSIONS: usize = 100;

/// A resource that is one.
const TYPE: &str = "AWS::SSM::Parameter";

/// A parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stored {
    pub(crate) value: String,
    /// `String`, `StringList`, `SecureString`.
    pub(crate) kind: String,
    pub(crate) version: u64,
    /// The values that it had before, with their versions.
    pub(crate) past: Vec<(u64, String)>,
    /// When it was put.
    pub(crate) at: Moment,
    pub(crate) details: Details,
}

impl Stored {
    /// Its value at a version; the last where none is named.
    pub(crate) fn at_version(&self, version: Option<&str>) -> Option<&str> {
        let Some(version) = version else { return Some(&self.value) };
        let version = version.parse::<u64>().ok()?;
        let past = || self.past.iter().find(|(it, _)| *it == version).map(|(_, value)| value.as_str());
        if version == self.version { Some(&self.value) } else { past() }
    }

    /// Whether its value is a secret.
    pub(crate) fn is_secret(&self) -> bool {
        self.kind == "SecureString"
    }
}

/// What is kept with a parameter and shown again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Details {
    pub(crate) description: Option<String>,
    /// `AllowedPattern`.
    pub(crate) pattern: Option<String>,
    /// `Advanced`, or not.
    pub(crate) is_advanced: bool,
    /// Policies, each an object in JSON.
    pub(crate) policies: Vec<String>,
    /// Keys and values.
    pub(crate) tags: BTreeMap<String, String>,
}

impl Details {
    /// What these leave out is as it was.
    fn over(self, before: Self) -> Self {
        Self {
            description: self.description.or(before.description),
            pattern: self.pattern.or(before.pattern),
            is_advanced: self.is_advanced || before.is_advanced,
            policies: if self.policies.is_empty() { before.policies } else { self.policies },
            tags: before.tags.into_iter().chain(self.tags).collect(),
        }
    }
}

/// Those that clients put.
#[derive(Debug, Default)]
pub(crate) struct Parameters(Mutex<BTreeMap<String, Stored>>);

/// Why a parameter is not put.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum NotPut {
    /// There is one, and it is not to be overwritten.
    Exists,
    /// It is new and has no type.
    NoType,
    /// There are too many.
    Full,
    /// It is not as its pattern says: the pattern.
    Mismatch(String),
}

impl Parameters {
    fn state(&self) -> MutexGuard<'_, BTreeMap<String, Stored>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Account {
    /// Puts a parameter: its version.
    pub(crate) fn put_parameter(
        &self,
        name: &str,
        (value, kind): (&str, Option<&str>),
        details: Details,
        overwrite: bool,
    ) -> Result<u64, NotPut> {
        let before = self.parameter(name);
        if before.is_some() && !overwrite {
            return Err(NotPut::Exists);
        }
        let kind = kind.or(before.as_ref().map(|it| it.kind.as_str())).ok_or(NotPut::NoType)?;
        let version = before.as_ref().map_or(1, |it| it.version + 1);
        let at = crate::clock::wall();
        let details = details.over(before.as_ref().map(|it| it.details.clone()).unwrap_or_default());
        if let Some(pattern) = details.pattern.as_ref().filter(|pattern| !matches_pattern(pattern, value)) {
            return Err(NotPut::Mismatch(pattern.clone()));
        }
        let mut past = before.as_ref().map(|it| it.past.clone()).unwrap_or_default();
        past.extend(before.as_ref().map(|it| (it.version, it.value.clone())));
        let excess = past.len().saturating_sub(VERSIONS - 1);
        past.drain(..excess);
        let stored = Stored { value: value.to_owned(), kind: kind.to_owned(), version, past, at, details };
        let mut state = self.parameters.state();
        if !state.contains_key(name) && state.len() >= MOST {
            return Err(NotPut::Full);
        }
        state.insert(name.to_owned(), stored);
        Ok(version)
    }

    /// Deletes a parameter that a client put; false where there is none of them.
    pub(crate) fn delete_parameter(&self, name: &str) -> bool {
        self.parameters.state().remove(name).is_some()
    }

    /// Changes the tags of a parameter that a client put; false where there is none of them.
    pub(crate) fn tag_parameter(
        &self,
        name: &str,
        change: impl FnOnce(&mut BTreeMap<String, String>),
    ) -> bool {
        let mut state = self.parameters.state();
        let Some(stored) = state.get_mut(name) else { return false };
        change(&mut stored.details.tags);
        true
    }

    /// A parameter of Systems Manager.
    pub(crate) fn parameter(&self, name: &str) -> Option<Stored> {
        let put = self.parameters.state().get(name).cloned();
        let given = || self.supplied.stored(name).map(str::to_owned).map(of_value);
        put.or_else(given).or_else(|| self.of_stacks().remove(name))
    }

    /// Those that begin so, by their names.
    pub(crate) fn parameters_below(&self, prefix: &str) -> BTreeMap<String, Stored> {
        let mut all = self.of_stacks();
        all.extend(
            self.supplied.all_stored().map(|(name, value)| (name.to_owned(), of_value(value.to_owned()))),
        );
        all.extend(self.parameters.state().clone());
        all.retain(|name, _| name.starts_with(prefix));
        all
    }

    /// Those that were not given, for what stacks ask for by a name.
    pub(super) fn stored(&self) -> BTreeMap<String, Stored> {
        let mut all = self.of_stacks();
        all.retain(|name, _| self.supplied.stored(name).is_none());
        all.extend(self.parameters.state().clone());
        all
    }

    /// Whether a name ends with a version that a parameter which a client put has not.
    pub(super) fn is_no_version(&self, name: &str) -> bool {
        let Some((name, version)) = name.rsplit_once(':') else { return false };
        self.parameters.state().get(name).is_some_and(|it| it.at_version(Some(version)).is_none())
    }

    fn of_stacks(&self) -> BTreeMap<String, Stored> {
        let mut all = BTreeMap::new();
        // What they have from others is known where those were given or put.
        let mut known = Supplied::clone(&self.supplied);
        let put = self.parameters.state().clone();
        put.iter().for_each(|(name, it)| known.keep(name, &it.value, it.is_secret()));
        for stack in self.all().into_iter().filter(|stack| !stack.is_deleted()) {
            stack.engine.look(|machine, _| {
                for properties in machine.properties_of(TYPE) {
                    let text = |key: &str| {
                        Some(known.shown(&serde_json::from_str::<String>(properties.get(key)?).ok()?))
                    };
                    let Some((name, value)) = text("Name").zip(text("Value")) else { continue };
                    let kind = text("Type").unwrap_or_else(|| "String".to_owned());
                    all.entry(name).or_insert(Stored { kind, ..of_value(value) });
                }
            });
        }
        all
    }
}

/// A parameter whose first value this is.
fn of_value(value: String) -> Stored {
    let (kind, at) = ("String".to_owned(), crate::clock::wall());
    Stored { value, kind, version: 1, past: Vec::new(), at, details: Details::default() }
}

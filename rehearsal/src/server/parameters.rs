//! The parameters of a Query API request.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/CommonParameters.html>

use std::collections::BTreeMap;

use super::Received;
use crate::encoding::pairs;

/// The parameters of an action. The last of a name wins.
pub(super) struct Parameters(Vec<(String, String)>);

impl Parameters {
    pub(super) fn of(request: &Received) -> Self {
        let mut all = Self(Vec::new());
        all.add(request.query.as_deref().unwrap_or_default().as_bytes());
        if request.method == "POST" {
            all.add(&request.body);
        }
        all
    }

    fn add(&mut self, encoded: &[u8]) {
        self.0.extend(pairs(encoded));
    }

    /// What it names: a list or a structure by its own name.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.split('.').next().unwrap_or_default())
    }

    /// Names and values, as they came.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().rev().find(|(candidate, _)| candidate == name).map(|(_, value)| value.as_str())
    }

    /// `true` or not.
    pub(super) fn flag(&self, name: &str) -> bool {
        self.get(name).is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }

    /// A list of texts, `<name>.member.<N>`, in the order of N; none where it is not there at all.
    pub(super) fn list(&self, name: &str) -> Option<Vec<&str>> {
        let members = self.members(name);
        let list = members.into_values().filter_map(|fields| fields.get("").copied()).collect();
        self.has(name).then_some(list)
    }

    /// A list of structures, `<name>.member.<N>.<field>`, in the order of N: their fields by name.
    pub(super) fn structures(&self, name: &str) -> Option<Vec<BTreeMap<&str, &str>>> {
        self.has(name).then(|| self.members(name).into_values().collect())
    }

    /// Whether there is such a list. An empty one is written as its name alone.
    fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(candidate, _)| {
            candidate.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with(".member."))
        })
    }

    fn members(&self, name: &str) -> BTreeMap<u32, BTreeMap<&str, &str>> {
        let mut members: BTreeMap<u32, BTreeMap<&str, &str>> = BTreeMap::new();
        for (candidate, value) in &self.0 {
            let Some(rest) = candidate.strip_prefix(name).and_then(|rest| rest.strip_prefix(".member."))
            else {
                continue;
            };
            let (number, field) = rest.split_once('.').unwrap_or((rest, ""));
            if let Ok(number) = number.parse() {
                members.entry(number).or_default().insert(field, value);
            }
        }
        members
    }
}

#[cfg(test)]
mod tests;

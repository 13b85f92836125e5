//! Constraints on parameters, and the service's way of saying that they are not met.

use super::answer::ApiError;
use crate::stack_name;

/// Collects what is wrong: the service names everything at once.
#[derive(Default)]
pub(super) struct Validation {
    problems: Vec<String>,
}

impl Validation {
    pub(super) fn required<'a>(&mut self, name: &str, value: Option<&'a str>) -> &'a str {
        value.unwrap_or_else(|| {
            self.problems.push(format!(
                "Value null at '{name}' failed to satisfy constraint: Member must not be null"
            ));
            ""
        })
    }

    /// Between `least` and `most` characters.
    pub(super) fn length<'a>(
        &mut self,
        name: &str,
        value: Option<&'a str>,
        least: usize,
        most: usize,
    ) -> &'a str {
        let Some(value) = value else { return self.required(name, value) };
        let length = value.chars().count();
        if length < least {
            self.fail(name, value, &format!("Member must have length greater than or equal to {least}"));
        } else if length > most {
            self.fail(name, value, &format!("Member must have length less than or equal to {most}"));
        }
        value
    }

    /// Between `least` and `most` bytes, of a text too long to be repeated.
    pub(super) fn size(&mut self, name: &str, value: &str, least: usize, most: usize) {
        if value.len() > most {
            let shown: String = value.chars().take(64).collect();
            self.fail(
                name,
                &format!("{shown}…"),
                &format!("Member must have length less than or equal to {most}"),
            );
        } else if value.len() < least {
            self.fail(name, value, &format!("Member must have length greater than or equal to {least}"));
        }
    }

    /// A list of at most so many.
    pub(super) fn at_most(&mut self, name: &str, count: usize, most: usize) {
        if count > most {
            self.problems.push(format!(
                "Value of {count} members at '{name}' failed to satisfy constraint: Member must have length less than or equal \
                 to {most}"
            ));
        }
    }

    /// A number that may be left out.
    pub(super) fn at_least(&mut self, name: &str, value: Option<&str>, least: u32) -> Option<u32> {
        let value = value?;
        let number = value.parse().ok().filter(|number| *number >= least);
        if number.is_none() {
            self.fail(name, value, &format!("Member must have value greater than or equal to {least}"));
        }
        number
    }

    /// A `ClientRequestToken`.
    pub(super) fn token<'a>(&mut self, value: Option<&'a str>) -> Option<&'a str> {
        let checked = self.length("clientRequestToken", Some(value?), 1, 128);
        let good = checked.starts_with(|it: char| it.is_ascii_alphanumeric())
            && checked.chars().all(|it| it.is_ascii_alphanumeric() || it == '-');
        if !checked.is_empty() && !good {
            let constraint = "Member must satisfy regular expression pattern: [a-zA-Z0-9][-a-zA-Z0-9]*";
            self.fail("clientRequestToken", checked, constraint);
        }
        Some(checked)
    }

    /// The name of a stack that does not exist yet.
    pub(super) fn new_stack_name<'a>(&mut self, value: Option<&'a str>) -> &'a str {
        let checked = self.length("stackName", value, 1, stack_name::LONGEST);
        if !checked.is_empty() && !stack_name::is_well_formed(checked) {
            let constraint = "Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*";
            self.fail("stackName", checked, constraint);
        }
        checked
    }

    /// The name of a change set that does not exist yet.
    pub(super) fn new_change_set<'a>(&mut self, value: Option<&'a str>) -> &'a str {
        let checked = self.length("changeSetName", value, 1, 128);
        if !checked.is_empty() && !stack_name::is_well_formed(checked) {
            let constraint = "Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*";
            self.fail("changeSetName", checked, constraint);
        }
        checked
    }

    /// A change set's name or ARN.
    pub(super) fn change_set<'a>(&mut self, value: Option<&'a str>) -> &'a str {
        let checked = self.length("changeSetName", value, 1, 1600);
        let is_arn = checked.starts_with("arn:")
            && checked.chars().all(|it| it.is_ascii_alphanumeric() || "-:/".contains(it));
        if !checked.is_empty() && !stack_name::is_well_formed(checked) && !is_arn {
            let constraint =
                "Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*|arn:[-a-zA-Z0-9:/]*";
            self.fail("changeSetName", checked, constraint);
        }
        checked
    }

    pub(super) fn one_of<'a>(&mut self, name: &str, value: Option<&'a str>, known: &[&str]) -> &'a str {
        let Some(value) = value else { return self.required(name, value) };
        if !known.contains(&value) {
            self.fail(name, value, &format!("Member must satisfy enum value set: [{}]", known.join(", ")));
        }
        value
    }

    /// A stack's name or ARN.
    pub(super) fn stack_name<'a>(&mut self, value: Option<&'a str>) -> &'a str {
        let checked = self.length("stackName", value, 1, usize::MAX);
        let is_arn = checked.starts_with("arn:")
            && checked.chars().all(|it| it.is_ascii_alphanumeric() || "-:/._+".contains(it));
        if !checked.is_empty() && !stack_name::is_well_formed(checked) && !is_arn {
            self.fail(
                "stackName",
                checked,
                "Member must satisfy regular expression pattern: \
                 [a-zA-Z][-a-zA-Z0-9]*|arn:[-a-zA-Z0-9:/._+]*",
            );
        }
        checked
    }

    pub(super) fn finish(self) -> Result<(), ApiError> {
        match self.problems.len() {
            0 => Ok(()),
            1 => {
                Err(ApiError::validation(format!("1 validation error detected: {}", self.problems.concat())))
            }
            count => Err(ApiError::validation(format!(
                "{count} validation errors detected: {}",
                self.problems.join("; ")
            ))),
        }
    }

    fn fail(&mut self, name: &str, value: &str, constraint: &str) {
        self.problems.push(format!("Value '{value}' at '{name}' failed to satisfy constraint: {constraint}"));
    }
}

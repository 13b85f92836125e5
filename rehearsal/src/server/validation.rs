//! Constraints on parameters, and the service's way of saying that they are not met.

use super::answer::ApiError;

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
        let is_name = checked.starts_with(|it: char| it.is_ascii_alphabetic())
            && checked.chars().all(|it| it.is_ascii_alphanumeric() || it == '-');
        let is_arn = checked.starts_with("arn:")
            && checked.chars().all(|it| it.is_ascii_alphanumeric() || "-:/._+".contains(it));
        if !checked.is_empty() && !is_name && !is_arn {
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

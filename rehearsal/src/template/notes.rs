//! What CloudFormation takes, and what is hardly meant so.

use std::fmt;

use super::{error::Location, yaml::Repeated};

/// Something that is taken otherwise than it reads.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Note {
    /// Where.
    pub at: Location,
    /// What it is taken for.
    pub text: String,
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.at, self.text)
    }
}

impl Repeated {
    /// What becomes of it.
    pub(crate) fn told(&self) -> String {
        format!(
            "the key {} is here a second time: this one counts, the one in line {} does not",
            super::error::quoted(&self.key),
            self.earlier.line
        )
    }

    pub(super) fn note(&self, file: &str) -> Note {
        let at = Location { file: file.to_owned(), place: self.place, path: String::new() };
        Note { at, text: self.told() }
    }
}

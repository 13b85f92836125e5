//! What cannot be looked at, and why.

use crate::template::TemplateError;
use crate::template::node::Place;
use cfn_signal_core::causes;

/// A file that cannot be looked at, or a template that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Problem {
    /// The file's name as given.
    pub file: String,
    /// Where in it, if that is where the trouble is.
    pub place: Option<Place>,
    /// Why, in one line, without the place.
    pub message: String,
}

impl Problem {
    /// A problem with a file as a whole.
    #[must_use]
    pub fn of_file(file: &str, message: impl Into<String>) -> Self {
        Self { file: file.to_owned(), place: None, message: message.into() }
    }

    /// What an error says.
    #[must_use]
    pub fn of(file: &str, error: &TemplateError) -> Self {
        let place = match error {
            TemplateError::Syntax { at, .. }
            | TemplateError::Invalid { at, .. }
            | TemplateError::Unsupported { at, .. }
            | TemplateError::Unresolved { at, .. } => Some(at.place),
            _ => None,
        };
        let line = causes::line(error);
        let lead = match place {
            Some(place) => format!("{file}:{}:{}: ", place.line, place.column),
            None => format!("{file}: "),
        };
        Self { file: file.to_owned(), place, message: line.strip_prefix(&lead).unwrap_or(&line).to_owned() }
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.place {
            Some(place) => write!(f, "{}:{}:{}: {}", self.file, place.line, place.column, self.message),
            None => write!(f, "{}: {}", self.file, self.message),
        }
    }
}

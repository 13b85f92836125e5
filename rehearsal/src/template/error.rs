//! What can be wrong with a template, and where.

use std::error::Error;
use std::sync::Arc;
use std::{fmt, io};

use super::node::{Node, Place};
use super::notes::Note;
use super::written::Refusal;

/// Why a template cannot be rehearsed. Displays as one line that begins with the place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TemplateError {
    /// The file cannot be read.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// The file holds no text.
    #[error("{file}: is not text in UTF-8, so no template")]
    NotText {
        /// The file's name as given.
        file: String,
    },
    /// Neither YAML nor JSON, or more of it than is read.
    #[error("{at}: {problem}")]
    Syntax {
        /// Where.
        at: Location,
        /// What is wrong.
        problem: String,
    },
    /// CloudFormation would refuse it.
    #[error("{at}: {problem}{}", said(message.as_deref()))]
    Invalid {
        /// Where.
        at: Location,
        /// What is wrong, and how to mend it.
        problem: String,
        /// How CloudFormation says so, where that is known.
        message: Option<String>,
    },
    /// Good for CloudFormation, but not rehearsed by this version.
    #[error("{at}: {problem}")]
    Unsupported {
        /// Where.
        at: Location,
        /// What it is, and what to do instead.
        problem: String,
    },
    /// A value that is needed and cannot be known without the real service.
    #[error("{at}: {problem}")]
    Unresolved {
        /// Where.
        at: Location,
        /// What cannot be known, and what to do instead.
        problem: String,
    },
    /// Parameters that have neither a default nor a value.
    #[error("{file}: {} no value: {}; give {} with --param NAME=VALUE or in a file with --params FILE (cfn-rehearse params \
        prints one to fill in), or have values made up with --fill", counted(names.len()),
        one_line(&described.join(", ")), if names.len() == 1 { "it" } else { "each" })]
    MissingParameters {
        /// The template's name.
        file: String,
        /// The parameters' names, in the template's order.
        names: Vec<String>,
        /// The same with their types and descriptions.
        described: Vec<String>,
    },
    /// Values for parameters that the template has not.
    #[error("{file}: the template has no parameter {}; {}", one_line(&unknown.join(", ")), one_line(&listed("it has", known)))]
    UnknownParameters {
        /// The template's name.
        file: String,
        /// The names given.
        unknown: Vec<String>,
        /// The names that exist.
        known: Vec<String>,
    },
    /// No resource of the name that was chosen.
    #[error("{file}: there is no resource {}; {}", one_line(logical_id), one_line(known))]
    NotThere {
        /// The template's name.
        file: String,
        /// The name asked for.
        logical_id: String,
        /// What could be meant.
        known: String,
    },
    /// What was chosen runs no user data.
    #[error("{file}: {} is of type {}; {}", one_line(logical_id), one_line(resource_type), one_line(known))]
    NotAnInstance {
        /// The template's name.
        file: String,
        /// The name asked for.
        logical_id: String,
        /// What it is.
        resource_type: String,
        /// What could be meant.
        known: String,
    },
}

/// A template's file that cannot be read. Its source is the system's error.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Unreadable {
    /// The file's name as given.
    pub file: String,
    /// What happened; shared, for errors of templates are copied.
    pub error: Arc<io::Error>,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: cannot be read", self.file)
    }
}

impl Error for Unreadable {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        // The error itself, not what shares it.
        Some(&*self.error)
    }
}

impl PartialEq for Unreadable {
    /// The system's errors do not compare; their kinds do.
    fn eq(&self, other: &Self) -> bool {
        self.file == other.file && self.error.kind() == other.error.kind()
    }
}

impl Eq for Unreadable {}

/// A place in a template.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Location {
    /// The template's name, usually its file.
    pub file: String,
    /// Line and column.
    pub place: Place,
    /// Such as `Resources.Server.Properties.UserData`; empty for the template itself.
    pub path: String,
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.place.line, self.place.column)?;
        if self.path.is_empty() { Ok(()) } else { write!(f, ": {}", self.path) }
    }
}

/// An error inside a template, before the file's name and the path are known.
#[derive(Debug)]
pub(crate) struct Fault {
    class: Class,
    place: Place,
    /// The node whose path is told.
    node: Option<u32>,
    problem: String,
    /// How CloudFormation says so.
    message: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    Syntax,
    Invalid,
    Unsupported,
    Unresolved,
}

impl Fault {
    pub(super) fn syntax(place: Place, problem: impl Into<String>) -> Self {
        Self { class: Class::Syntax, place, node: None, problem: problem.into(), message: None }
    }

    pub(crate) fn invalid(node: &Node, problem: impl Into<String>) -> Self {
        Self::new(Class::Invalid, node, problem)
    }

    pub(super) fn unsupported(node: &Node, problem: impl Into<String>) -> Self {
        Self::new(Class::Unsupported, node, problem)
    }

    pub(super) fn unresolved(node: &Node, problem: impl Into<String>) -> Self {
        Self::new(Class::Unresolved, node, problem)
    }

    fn new(class: Class, node: &Node, problem: impl Into<String>) -> Self {
        Self { class, place: node.place, node: Some(node.id), problem: problem.into(), message: None }
    }

    /// The same fault, in CloudFormation's words.
    pub(super) fn in_words(self, message: impl Into<String>) -> Self {
        Self { message: Some(message.into()), ..self }
    }

    /// The same fault, at a more exact place.
    pub(super) fn at(self, place: Place) -> Self {
        Self { place, ..self }
    }

    /// Adds what else to do about a value that cannot be known.
    pub(super) fn advise(mut self, advice: &str) -> Self {
        if self.class == Class::Unresolved {
            self.problem.push_str(advice);
        }
        self
    }

    pub(super) fn is_unresolved(&self) -> bool {
        self.class == Class::Unresolved
    }

    /// What is meant by it, whatever the service's words are.
    pub(super) fn meaning(&self) -> Self {
        Self { problem: self.problem.clone(), message: None, ..*self }
    }

    /// Whether it is no fault of the template: what only the real service can tell.
    pub(super) fn is_unsupported(&self) -> bool {
        matches!(self.class, Class::Unsupported)
    }

    /// As an event tells it: in the service's words, where they are known.
    pub(super) fn into_reason(self) -> String {
        one_line(&self.message.unwrap_or(self.problem))
    }

    pub(super) fn into_refusal(self) -> Refusal {
        let message =
            self.message.map_or(self.problem.clone(), |message| format!("{message}: {}", self.problem));
        Refusal { place: self.place, text: one_line(&message) }
    }

    pub(super) fn into_note(self, file: &str, root: &Node) -> Note {
        let path = self.node.and_then(|id| root.path_to(id)).unwrap_or_default();
        Note {
            at: Location { file: file.to_owned(), place: self.place, path },
            text: one_line(&self.problem),
        }
    }

    pub(crate) fn into_error(self, file: &str, root: Option<&Node>) -> TemplateError {
        let path = self.node.zip(root).and_then(|(id, root)| root.path_to(id)).unwrap_or_default();
        let at = Location { file: file.to_owned(), place: self.place, path };
        let problem = one_line(&self.problem);
        match self.class {
            Class::Syntax => TemplateError::Syntax { at, problem },
            Class::Invalid => {
                let message = self.message.as_deref().map(one_line);
                TemplateError::Invalid { at, problem, message }
            }
            Class::Unsupported => TemplateError::Unsupported { at, problem },
            Class::Unresolved => TemplateError::Unresolved { at, problem },
        }
    }
}

/// What CloudFormation says, after what is said here.
fn said(message: Option<&str>) -> String {
    message.map(|message| format!(" ({message})")).unwrap_or_default()
}

/// A template's own text inside a message: quoted, on one line, and cut where it is long.
pub(crate) fn quoted(text: &str) -> String {
    const SHOWN: usize = 60;
    let mut shown: String = text.chars().take(SHOWN).flat_map(char::escape_debug).collect();
    if text.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    format!("\"{shown}\"")
}

/// A template's words are its own: one that a terminal would obey, or a line's end, is shown as it would be written.
pub(super) fn one_line(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for letter in text.chars() {
        if letter.is_control() {
            shown.extend(letter.escape_debug());
        } else {
            shown.push(letter);
        }
    }
    shown
}

/// `it has A, B and 3 more`, or `it has none`.
pub(super) fn listed(intro: &str, names: &[String]) -> String {
    const SHOWN: usize = 10;
    match names.len() {
        0 => format!("{intro}: none"),
        count if count <= SHOWN => format!("{intro}: {}", names.join(", ")),
        count => {
            let first: Vec<&str> = names.iter().take(SHOWN).map(String::as_str).collect();
            format!("{intro}: {} and {} more", first.join(", "), count - SHOWN)
        }
    }
}

fn counted(count: usize) -> &'static str {
    if count == 1 { "a parameter has" } else { "parameters have" }
}

//! Why values cannot be taken.

use std::io;

use crate::template::{Place, TemplateError};

/// Why values cannot be taken. None of them is ever told.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ValuesError {
    /// The file cannot be read.
    #[error("{file}: cannot be read")]
    Unreadable {
        /// The file's name as given.
        file: String,
        /// What happened.
        #[source]
        error: io::Error,
    },
    /// The file holds no text.
    #[error("{file}: is not text in UTF-8, so no values")]
    NotText {
        /// The file's name as given.
        file: String,
    },
    /// Neither YAML nor JSON.
    #[error(transparent)]
    Syntax(TemplateError),
    /// No form that values are taken in.
    #[error("{file}:{}:{}: {problem}", place.line, place.column)]
    Form {
        /// The file's name as given.
        file: String,
        /// Where.
        place: Place,
        /// What is wrong, and what would be right.
        problem: String,
    },
    /// What `Ref` gives for it is the rehearsal's own.
    #[error(
        "--ref {logical_id}: it is of type {resource_type}, and what Ref gives for that is made by the rehearsal"
    )]
    Own {
        /// The logical id.
        logical_id: String,
        /// Its type.
        resource_type: String,
    },
    /// Nothing that can be made up for these parameters is what a rule of the template asks for.
    #[error("{error}; {}: give {} with --param NAME=VALUE", why(*.is_default), .names.join(", "))]
    Unmet {
        /// What the rule says.
        error: Box<TemplateError>,
        /// The parameters that it refers to.
        names: Vec<String>,
        /// Whether all of them have the template's own defaults, which no made-up value replaces.
        is_default: bool,
    },
}

const fn why(is_default: bool) -> &'static str {
    if is_default {
        "it is the template's own defaults that break its own rule, and --fill leaves defaults as they are"
    } else {
        "--fill, which leaves defaults as they are, found no values for which it holds"
    }
}

//! Why an account refuses an operation.

use crate::stack::{DeleteError, UpdateError};
use crate::template::TemplateError;

/// A refusal; where the service's words are known, they are these.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AccountError {
    /// The template, or the values for its parameters.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// A stack of that name exists.
    #[error("Stack [{name}] already exists")]
    Taken {
        /// The name.
        name: String,
    },
    /// The account has as many stacks as it may have.
    #[error("Limit for stack has been exceeded")]
    Full,
    /// Parameters of Systems Manager that it asks for, and that it cannot have.
    #[error("{0}")]
    Unfetched(String),
    /// The stack's state, or nothing to do.
    #[error(transparent)]
    Update(#[from] UpdateError),
    /// The stack's state.
    #[error(transparent)]
    Delete(#[from] DeleteError),
}

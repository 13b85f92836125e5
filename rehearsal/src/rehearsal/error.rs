//! Why nothing can be rehearsed.

use crate::account::AccountError;
use crate::ids::NoRandomness;
use crate::server::ListenError;
use crate::template::TemplateError;

/// Why nothing can be rehearsed.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The template.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// The account refuses the stack, or its update.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// The port.
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// The system.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
    /// What the update would begin with never comes to be.
    #[error("{template}: the stack to be updated cannot be created from it, even with every signal received")]
    NotCreated {
        /// The template's file.
        template: String,
    },
    /// The stack has no such resource.
    #[error("{template}: there is no resource {logical_id}; {known}")]
    UnknownResource {
        /// The template's file.
        template: String,
        /// As given.
        logical_id: String,
        /// What could be meant.
        known: String,
    },
    /// It runs no user data.
    #[error("{template}: {logical_id} is of type {resource_type}; {known}")]
    NotAnInstance {
        /// The template's file.
        template: String,
        /// As given.
        logical_id: String,
        /// What it is.
        resource_type: String,
        /// What could be meant.
        known: String,
    },
}

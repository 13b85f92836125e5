//! Why nothing can be rehearsed.

use crate::account::AccountError;
use crate::ids::NoRandomness;
use crate::listen::ListenError;
use crate::template::TemplateError;

/// Why nothing can be rehearsed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
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
    /// The folder of templates.
    #[error("{path}: the folder of templates (--template-dir) cannot be opened")]
    TemplateDirectory {
        /// The folder as given.
        path: String,
        /// The system's error.
        #[source]
        error: std::io::Error,
    },
    /// What the update would begin with never comes to be.
    #[error("{template}: the stack to be updated cannot be created from it, even with every signal received")]
    NotCreated {
        /// The template's file.
        template: String,
    },
}

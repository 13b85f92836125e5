//! Why nothing can be rehearsed.

use crate::account::AccountError;
use crate::ids::NoRandomness;
use crate::listen::ListenError;
use crate::template::TemplateError;
use crate::values::ValuesError;

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
    /// The values for parameters and for what only the real service knows.
    #[error(transparent)]
    Values(#[from] ValuesError),
    /// The port.
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// The system.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
    /// A group that cannot be scaled so.
    #[error(transparent)]
    Scale(#[from] super::ScaleError),
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
    #[error(
        "{template}: the stack to be updated cannot be created from it, even with every signal received: {why}"
    )]
    NotCreated {
        /// The template's file.
        template: String,
        /// What fails, or is waited for for ever.
        why: String,
    },
    /// Nothing that runs here is waited for.
    #[error(
        "could not be rehearsed: the user data of {instances} is for Windows, and nothing else waits for a signal that could \
         be run here; cfn-rehearse serve takes signals from any machine"
    )]
    OnlyWindows {
        /// The instances' logical ids.
        instances: String,
    },
}

//! Where it is kept.

use std::path::{Path, PathBuf};

use cfn_signal_instance::environment::variable;

/// In place of `--state-dir`: a folder, or `off`.
const VARIABLE: &str = "CFN_SIGNAL_STATE_DIR";
const OFF: &str = "off";

/// Where the journal is, where nothing else is said.
const USUAL: &str = "/var/lib/cfn-signal";

/// A folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::cli) struct Place {
    /// Which.
    pub folder: PathBuf,
    /// Somebody has named it, and expects it to be used.
    pub named: bool,
}

impl Place {
    /// Of the journal: none where that is switched off, or has no place here.
    pub(in crate::cli) fn of_journal(typed: Option<&str>) -> Option<Self> {
        let named = typed.map(str::to_owned).or_else(|| variable(VARIABLE)).filter(|it| !it.is_empty());
        match named {
            Some(named) if named == OFF => None,
            Some(named) => Some(Self { folder: PathBuf::from(named), named: true }),
            None => usual().map(|folder| Self { folder, named: false }),
        }
    }
}

/// The folder that somebody has named, on the command line or in the environment.
pub(in crate::cli) fn given(typed: Option<&str>) -> Option<PathBuf> {
    let named = typed.map(str::to_owned).or_else(|| variable(VARIABLE));
    named.filter(|named| !named.is_empty() && named != OFF).map(PathBuf::from)
}

/// Root's, as a rule. On Windows everybody may put files below `%ProgramData%`.
fn usual() -> Option<PathBuf> {
    if cfg!(windows) {
        variable("LOCALAPPDATA").filter(|it| !it.is_empty()).map(|own| Path::new(&own).join("cfn-signal"))
    } else {
        Some(PathBuf::from(USUAL))
    }
}

#[cfg(test)]
mod tests {
    use super::{Place, given};

    #[test]
    fn what_is_named_is_taken_and_off_is_none() {
        assert_eq!(Place::of_journal(Some("off")), None);
        assert_eq!(given(Some("off")), None);
        let place = Place::of_journal(Some("/x"));
        assert!(place.is_some_and(|place| place.named && place.folder.as_os_str() == "/x"));
        assert_eq!(given(Some("/x")).as_deref(), Some(std::path::Path::new("/x")));
    }
}

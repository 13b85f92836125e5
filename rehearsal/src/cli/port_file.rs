//! The file that says where a rehearsal answers.

use std::io::{self, Write as _};
use std::path::Path;

use super::CliError;

/// Writes the port, all at once: whoever sees the file sees the whole of it.
pub(super) fn write(path: &Path, port: u16) -> Result<(), CliError> {
    replace(path, port).map_err(|error| CliError::PortFile { path: path.display().to_string(), error })
}

fn replace(path: &Path, port: u16) -> io::Result<()> {
    let directory = path.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(directory)?;
    writeln!(file, "{port}")?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

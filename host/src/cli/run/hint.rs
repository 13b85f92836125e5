//! What seems to be wrong with a command that cannot be started: the system says no more than that a file is not found, or denied.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;

/// How the files begin that Linux runs without an interpreter.
const ELF: &[u8] = b"\x7fELF";

/// What seems to be wrong, where that can be seen. `alone` where it was given no arguments.
pub(super) fn hint(program: &OsStr, alone: bool, error: &io::Error) -> Option<String> {
    let path = Path::new(program);
    let is_path = path.components().count() > 1 || path.is_absolute() || path.starts_with(".");
    match (is_path, fs::metadata(path)) {
        _ if program.is_empty() => Some("its name is empty".to_owned()),
        (true, Ok(there)) if there.is_dir() => Some("it is a folder".to_owned()),
        (true, Ok(there)) if there.is_file() => match error.kind() {
            io::ErrorKind::NotFound => Some(interpreter(&beginning(path)?)),
            io::ErrorKind::PermissionDenied if !is_executable(&there) => {
                Some("it is not marked as executable (chmod +x)".to_owned())
            }
            _ if is_of_no_form(error) => Some(form(&beginning(path)?)),
            // The system's own words say it: busy, no memory, too many processes.
            _ => None,
        },
        // Folders in front of it are not looked through.
        (false, Ok(there)) if there.is_file() && error.kind() == io::ErrorKind::NotFound => {
            Some(format!("it is in the current folder, as ./{}", path.display()))
        }
        (_, Err(_)) if alone && program.to_string_lossy().contains(char::is_whitespace) => {
            Some("each of its arguments has to be a word of its own, or all of it one of sh -c".to_owned())
        }
        _ => None,
    }
}

/// Whether the system says that it can run nothing of this form.
fn is_of_no_form(error: &io::Error) -> bool {
    #[cfg(unix)]
    return error.raw_os_error() == Some(rustix::io::Errno::NOEXEC.raw_os_error());
    // ERROR_BAD_EXE_FORMAT
    #[cfg(not(unix))]
    return error.raw_os_error() == Some(193);
}

/// It is there, and what runs it is not.
fn interpreter(beginning: &[u8]) -> String {
    let Some(line) = beginning.strip_prefix(b"#!") else {
        return "it is there, but not the loader that it names: it was built for another system".to_owned();
    };
    let line = line.split(|byte| *byte == b'\n').next().unwrap_or_default();
    if line.ends_with(b"\r") {
        return "it is there, but its first line ends with CR LF, as on Windows".to_owned();
    }
    let text = String::from_utf8_lossy(line);
    let name = text.split_whitespace().next().unwrap_or_default();
    format!("it is there, but its interpreter {name} is not")
}

/// It is there, and nothing that the system can run.
fn form(beginning: &[u8]) -> String {
    if beginning.is_empty() {
        "it is empty"
    } else if beginning.starts_with(ELF) {
        "it was built for another machine, or is damaged"
    } else {
        "its first line names no interpreter, such as #!/bin/sh"
    }
    .to_owned()
}

fn beginning(path: &Path) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path).ok()?.take(256).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

fn is_executable(there: &fs::Metadata) -> bool {
    #[cfg(unix)]
    return std::os::unix::fs::MetadataExt::mode(there) & 0o111 != 0;
    #[cfg(not(unix))]
    return !there.permissions().readonly();
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;
    use std::io;

    use super::{form, hint, interpreter};

    #[test]
    fn only_what_the_system_means_is_looked_for() {
        let this = std::env::current_exe().unwrap_or_default();
        for kind in [io::ErrorKind::ExecutableFileBusy, io::ErrorKind::OutOfMemory, io::ErrorKind::WouldBlock]
        {
            assert_eq!(hint(this.as_os_str(), true, &kind.into()), None, "{kind}");
        }
        let here = OsStr::new("Cargo.toml");
        assert_eq!(hint(here, true, &io::ErrorKind::OutOfMemory.into()), None);
        assert!(hint(here, true, &io::ErrorKind::NotFound.into()).is_some());
    }

    #[test]
    fn what_does_not_run_is_looked_at() {
        assert!(interpreter(b"#!/bin/bash\r\nset -e\r\n").contains("CR LF"));
        assert!(
            interpreter(b"#! /opt/none/python3 -u\n").contains("its interpreter /opt/none/python3 is not")
        );
        assert!(interpreter(b"\x7fELF").contains("built for another system"));
        assert_eq!(form(b""), "it is empty");
        assert!(form(b"\x7fELF\x02").contains("another machine"));
        assert!(form(b"echo hello\n").contains("#!/bin/sh"));
    }
}

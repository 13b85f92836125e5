//! `--fix` and `--diff`: what has one safe mending.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use similar::TextDiff;

use crate::lint::Problem;
use crate::shown;

/// A unified diff, which `patch -p1` and `git apply` take. What a terminal or a workflow's log would obey is spelt out in it.
pub(super) fn diff(name: &str, old: &str, new: &str) -> String {
    let name = shown::escaped(name.trim_start_matches('/'));
    let diff = TextDiff::from_lines(old, new);
    let written = diff.unified_diff().header(&format!("a/{name}"), &format!("b/{name}")).to_string();
    let harmless = |line: &str| {
        let text = line.trim_end_matches(['\n', '\r']);
        let end = line.get(text.len()..).unwrap_or_default();
        let (mark, rest) = text.split_at_checked(1).unwrap_or((text, ""));
        let escaped = rest.split('\t').map(shown::escaped).collect::<Vec<_>>().join("\t");
        format!("{mark}{}{end}", shown::line(&escaped))
    };
    written.split_inclusive('\n').map(harmless).collect()
}

/// Writes a template in place of what was read, all of it or nothing: with the permissions that it has, through a link to
/// the file that is meant.
pub(super) fn write(path: &Path, name: &str, old: &str, new: &str) -> Result<(), Problem> {
    let failed = |error: std::io::Error| Problem::of_file(name, format!("cannot be written: {error}"));
    let real = path.canonicalize().map_err(failed)?;
    let folder = real.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new().prefix(".cfn-rehearse-").tempfile_in(folder).map_err(failed)?;
    file.write_all(new.as_bytes()).map_err(failed)?;
    file.as_file().sync_all().map_err(failed)?;
    let metadata = real.metadata().map_err(failed)?;
    file.as_file().set_permissions(metadata.permissions()).map_err(failed)?;
    if fs::read(&real).map_err(failed)? != old.as_bytes() {
        return Err(Problem::of_file(name, "has changed since it was read, so it is left as it is"));
    }
    file.persist(&real).map_err(|error| failed(error.error))?;
    Ok(())
}

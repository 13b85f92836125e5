//! Certificates that everything in a box is to trust: they are added to whatever an image keeps such in.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::{MemfdFlags, memfd_create};

use super::files;
use super::message::{Placed, Writing};

/// The bundles of distributions.
const BUNDLES: [&str; 6] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/pki/ca-trust/extracted/openssl/ca-bundle.trust.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

/// Where the commands that make the bundles look: what they make anew has it too.
const SOURCES: [&str; 3] =
    ["/usr/local/share/ca-certificates", "/etc/pki/ca-trust/source/anchors", "/etc/pki/trust/anchors"];

/// Where Python packages are that bring bundles of their own.
const LIBRARIES: [&str; 6] = ["/usr/lib", "/usr/lib64", "/usr/local", "/opt", "/usr/share", "/var/lib"];

/// How deep.
const DEPTH: usize = 9;

/// Has them trusted.
pub(super) fn have_trusted(pem: &str) -> io::Result<()> {
    for source in SOURCES.map(Path::new) {
        if source.is_dir() {
            let file = Placed { path: source.join("cfn-rehearse.crt"), mode: 0o644, writing: Writing::Anew };
            let mut sent = File::from(memfd_create("certificate", MemfdFlags::CLOEXEC)?);
            sent.write_all(pem.as_bytes())?;
            sent.rewind()?;
            files::put(&file, Some(sent))?;
        }
    }
    let mut bundles: Vec<PathBuf> = BUNDLES.iter().map(PathBuf::from).filter(|it| it.is_file()).collect();
    for library in LIBRARIES {
        look(Path::new(library), DEPTH, &mut bundles);
    }
    // One may be a link to another.
    let mut real: Vec<_> = bundles.into_iter().filter_map(|it| fs::canonicalize(it).ok()).collect();
    real.retain(|it| it.is_file());
    real.sort();
    real.dedup();
    for bundle in real {
        let mut file = OpenOptions::new().append(true).custom_flags(files::at_once()).open(bundle)?;
        write!(file, "\n{pem}")?;
    }
    Ok(())
}

/// Finds `certifi/cacert.pem` and its like.
fn look(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) {
    let Some(deeper) = depth.checked_sub(1) else { return };
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => look(&entry.path(), deeper, found),
            Ok(kind) if !kind.is_dir() && entry.file_name() == "cacert.pem" => found.push(entry.path()),
            _ => {}
        }
    }
}

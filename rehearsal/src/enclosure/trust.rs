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
const SOURCES: [&str; 3] = [LATER, "/etc/pki/ca-trust/source/anchors", "/etc/pki/trust/anchors"];

/// Debian's, whose images for containers have no bundle.
const LATER: &str = "/usr/local/share/ca-certificates";

/// What they are called there.
const CERTIFICATE: &str = "cfn-rehearse.crt";

/// Where Python packages are that bring bundles of their own.
const LIBRARIES: [&str; 6] = ["/usr/lib", "/usr/lib64", "/usr/local", "/opt", "/usr/share", "/var/lib"];

/// How deep.
const DEPTH: usize = 9;

/// Has them trusted.
pub(super) fn have_trusted(pem: &str) -> io::Result<()> {
    for source in SOURCES.map(Path::new) {
        if source.is_dir() {
            put(&source.join(CERTIFICATE), pem)?;
        }
    }
    if !BUNDLES.iter().any(|it| Path::new(it).is_file()) {
        begin(pem)?;
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

/// An image that trusts nobody, as those of containers often are: what has a list of its own for that case would not know these. Where a
/// package brings the bundle later they are in that, too.
fn begin(pem: &str) -> io::Result<()> {
    let [bundle, ..] = BUNDLES.map(PathBuf::from);
    put(&Path::new(LATER).join(CERTIFICATE), pem)?;
    // What is written to it below is all of it.
    put(&bundle, "")
}

fn put(path: &Path, text: &str) -> io::Result<()> {
    let file = Placed { path: path.to_owned(), mode: 0o644, writing: Writing::Anew };
    let mut sent = File::from(memfd_create("certificate", MemfdFlags::CLOEXEC)?);
    sent.write_all(text.as_bytes())?;
    sent.rewind()?;
    files::put(&file, Some(sent))
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

//! The certificates to trust.

use std::error::Error;
use std::io;
use std::path::{Path, PathBuf};

use cfn_signal_core::causes::Shared;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::{Error as PemError, PemObject as _};

/// Variables that have to name a file or a folder of certificates.
const REQUIRED: [&str; 3] = ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "AWS_CA_BUNDLE"];

/// Why there are no certificates. What is behind it is its source.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RootsError {
    /// The file cannot be read.
    #[error("cannot read the CA bundle {path} ({origin})")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The option or variable that names it.
        origin: String,
        /// The system's error.
        source: Shared<io::Error>,
    },
    /// There is no certificate in it.
    #[error("the CA bundle {path} ({origin}) holds no certificate in PEM form")]
    Empty {
        /// The file.
        path: PathBuf,
        /// The option or variable that names it.
        origin: String,
        /// What is wrong with it, if that is known.
        source: Option<MalformedPem>,
    },
    /// None of the certificates is one that could be trusted.
    #[error("the CA certificates cannot be used")]
    Unusable(#[source] Shared<dyn Error + Send + Sync>),
}

/// What is wrong with a file of certificates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MalformedPem {
    /// A section begins and does not end.
    #[error("a section has no end")]
    NoEnd,
    /// A section's first line is no such line.
    #[error("a section's first line is malformed")]
    FirstLine,
    /// A section holds something else.
    #[error("a section is not base64")]
    NotBase64,
}

impl RootsError {
    /// rustls makes nothing of the certificates.
    pub(super) fn unusable(error: rustls::Error) -> Self {
        Self::Unusable(error.into())
    }
}

/// Where the certificates come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum RootsSource {
    /// The system's, or the ones built in where it has none.
    #[default]
    System,
    /// A file or a folder, which replaces the system's.
    Bundle {
        /// The file or folder.
        path: PathBuf,
        /// The option or variable that names it.
        origin: String,
    },
    /// What `SSL_CERT_FILE` and `SSL_CERT_DIR` name, which replaces the system's.
    OpenSsl {
        /// The file.
        file: Option<PathBuf>,
        /// The folders.
        folders: Vec<PathBuf>,
    },
}

/// Certificates.
#[derive(Debug)]
pub(super) enum Roots {
    /// Those that came with this program.
    BuiltIn,
    /// These.
    Of(Vec<CertificateDer<'static>>),
}

impl RootsSource {
    /// The option `--ca-bundle`, then the variables that Amazon's helper and AWS's tools know, then OpenSSL's, then the
    /// system.
    ///
    /// `CA_OVERRIDE` or its default file, `SSL_CERT_FILE` and the folders of `SSL_CERT_DIR` are used only where they exist.
    #[must_use]
    pub fn new(option: Option<&str>, environment: &dyn Fn(&str) -> Option<String>) -> Self {
        let set = |name: &str| environment(name).filter(|value| !value.is_empty());
        if let Some(path) = option.filter(|path| !path.is_empty()) {
            return Self::bundle(path, "--ca-bundle");
        }
        for name in REQUIRED {
            if let Some(path) = set(name) {
                return Self::bundle(&path, name);
            }
        }
        let path = set("CA_OVERRIDE").unwrap_or_else(|| default_override(environment));
        if Path::new(&path).is_file() {
            return Self::bundle(&path, "CA_OVERRIDE");
        }
        let file = set("SSL_CERT_FILE").map(PathBuf::from).filter(|path| path.is_file());
        let listed = set("SSL_CERT_DIR").unwrap_or_default();
        let folders: Vec<_> = std::env::split_paths(&listed).filter(|folder| folder.is_dir()).collect();
        if file.is_some() || !folders.is_empty() { Self::OpenSsl { file, folders } } else { Self::System }
    }

    fn bundle(path: &str, origin: &str) -> Self {
        Self::Bundle { path: path.into(), origin: origin.into() }
    }

    /// Reads the certificates.
    ///
    /// # Errors
    ///
    /// When a bundle that was asked for cannot be read or holds none.
    pub(super) fn load(&self) -> Result<Roots, RootsError> {
        match self {
            Self::Bundle { path, origin } => read(path, origin).map(Roots::Of),
            Self::OpenSsl { file, folders } => {
                let mut certificates = match file {
                    Some(file) => read(file, "SSL_CERT_FILE")?,
                    None => Vec::new(),
                };
                for folder in folders {
                    match read(folder, "SSL_CERT_DIR") {
                        Ok(found) => certificates.extend(found),
                        // As long as there is a certificate somewhere.
                        Err(RootsError::Empty { .. }) if !certificates.is_empty() || folders.len() > 1 => {}
                        Err(error) => return Err(error),
                    }
                }
                Ok(Roots::Of(certificates))
            }
            Self::System => system(),
        }
    }
}

impl RootsSource {
    /// How many certificates are trusted, and where they are from.
    ///
    /// # Errors
    ///
    /// When they cannot be read.
    pub fn summary(&self) -> Result<(usize, String), RootsError> {
        let count = match self.load()? {
            Roots::BuiltIn => return Ok((webpki_roots::TLS_SERVER_ROOTS.len(), "this program".to_owned())),
            Roots::Of(certificates) => certificates.len(),
        };
        let place = match self {
            Self::System => "the system".to_owned(),
            Self::Bundle { path, origin } => format!("{} ({origin})", path.display()),
            Self::OpenSsl { file, folders } => {
                let places: Vec<_> =
                    file.iter().chain(folders).map(|path| path.display().to_string()).collect();
                format!("{} (SSL_CERT_FILE, SSL_CERT_DIR)", places.join(", "))
            }
        };
        Ok((count, place))
    }
}

/// What macOS and Windows keep in stores of their own.
#[cfg(any(windows, target_vendor = "apple"))]
fn system() -> Result<Roots, RootsError> {
    let found = rustls_native_certs::load_native_certs().certs;
    Ok(if found.is_empty() { Roots::BuiltIn } else { Roots::Of(found) })
}

/// What other systems keep in a file, or else in folders: a folder takes as many reads as it has certificates.
#[cfg(not(any(windows, target_vendor = "apple")))]
fn system() -> Result<Roots, RootsError> {
    let places = openssl_probe::probe();
    if let Some(file) = places.cert_file {
        return read(&file, "the system's").map(Roots::Of);
    }
    let found = places.cert_dir.iter().find_map(|folder| read(folder, "the system's").ok());
    Ok(found.map_or(Roots::BuiltIn, Roots::Of))
}

fn default_override(environment: &dyn Fn(&str) -> Option<String>) -> String {
    if cfg!(windows) {
        format!("{}\\cfn\\ca-override.pem", environment("SystemDrive").unwrap_or_default())
    } else {
        "/etc/cfn/ca-override.pem".to_owned()
    }
}

fn read(path: &Path, origin: &str) -> Result<Vec<CertificateDer<'static>>, RootsError> {
    let unreadable = |error: io::Error| RootsError::Unreadable {
        path: path.to_owned(),
        origin: origin.to_owned(),
        source: Shared::new(error),
    };
    let mut certificates = Vec::new();
    let mut problem = None;
    for file in files(path).map_err(unreadable)? {
        let text = std::fs::read(&file).map_err(unreadable)?;
        for certificate in CertificateDer::pem_slice_iter(&text) {
            match certificate {
                Ok(certificate) => certificates.push(certificate),
                Err(error) => problem = MalformedPem::of(&error),
            }
        }
    }
    if certificates.is_empty() {
        return Err(RootsError::Empty { path: path.to_owned(), origin: origin.to_owned(), source: problem });
    }
    Ok(certificates)
}

/// The file itself, or what a folder holds.
fn files(path: &Path) -> io::Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    for entry in std::fs::read_dir(path)? {
        let file = entry?.path();
        if file.is_file() {
            files.push(file);
        }
    }
    Ok(files)
}

impl MalformedPem {
    fn of(error: &PemError) -> Option<Self> {
        match error {
            PemError::MissingSectionEnd { .. } => Some(Self::NoEnd),
            PemError::IllegalSectionStart { .. } => Some(Self::FirstLine),
            PemError::Base64Decode(_) => Some(Self::NotBase64),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;

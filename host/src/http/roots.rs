//! The certificates to trust.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::{Error as PemError, PemObject as _};
use ureq::tls::{Certificate, RootCerts};

/// Where operating systems keep their certificates, in the order in which Amazon's helper looks.
const SYSTEM: [&str; 8] = [
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/certs/ca-certificates.crt",
    "/usr/share/ssl/certs/ca-bundle.crt",
    "/usr/local/share/certs/ca-root.crt",
    "/etc/ssl/cert.pem",
    "/System/Library/OpenSSL/certs/cert.pem",
    "/usr/local/share/certs/ca-root-nss.crt",
    "/etc/ssl/ca-bundle.pem",
];

/// Variables that have to name a file or a folder of certificates.
const REQUIRED: [&str; 3] = ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "AWS_CA_BUNDLE"];

/// Why there are no certificates.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RootsError {
    /// The file cannot be read.
    #[error("cannot read the CA bundle {path} ({origin}): {reason}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The option or variable that names it.
        origin: String,
        /// The system's error.
        reason: String,
    },
    /// There is no certificate in it.
    #[error("the CA bundle {path} ({origin}) holds no certificate in PEM form{reason}")]
    Empty {
        /// The file.
        path: PathBuf,
        /// The option or variable that names it.
        origin: String,
        /// What is wrong with it, if that is known.
        reason: String,
    },
}

/// Where the certificates come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
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
}

impl RootsSource {
    /// The option `--ca-bundle`, then the variables that Amazon's helper and AWS's tools know, then the system.
    ///
    /// `CA_OVERRIDE` or its default file, and `SSL_CERT_FILE`, are used only where they exist.
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
        let fallback = Some(default_override(environment));
        let optional =
            [("CA_OVERRIDE", set("CA_OVERRIDE").or(fallback)), ("SSL_CERT_FILE", set("SSL_CERT_FILE"))];
        for (name, path) in optional {
            if let Some(path) = path.filter(|path| Path::new(path).is_file()) {
                return Self::bundle(&path, name);
            }
        }
        Self::System
    }

    fn bundle(path: &str, origin: &str) -> Self {
        Self::Bundle { path: path.into(), origin: origin.into() }
    }

    /// Reads the certificates.
    ///
    /// # Errors
    ///
    /// When a bundle that was asked for cannot be read or holds none.
    pub(super) fn load(&self) -> Result<RootCerts, RootsError> {
        match self {
            Self::Bundle { path, origin } => read(path, origin),
            Self::System => {
                let bundle = SYSTEM.iter().find(|path| Path::new(path).is_file());
                bundle.map_or(Ok(RootCerts::WebPki), |path| read(Path::new(path), "the system's"))
            }
        }
    }
}

fn default_override(environment: &dyn Fn(&str) -> Option<String>) -> String {
    if cfg!(windows) {
        format!("{}\\cfn\\ca-override.pem", environment("SystemDrive").unwrap_or_default())
    } else {
        "/etc/cfn/ca-override.pem".to_owned()
    }
}

fn read(path: &Path, origin: &str) -> Result<RootCerts, RootsError> {
    let unreadable = |error: std::io::Error| RootsError::Unreadable {
        path: path.to_owned(),
        origin: origin.to_owned(),
        reason: error.to_string(),
    };
    let mut certificates = Vec::new();
    let mut problem = String::new();
    for file in files(path).map_err(unreadable)? {
        let text = std::fs::read(&file).map_err(unreadable)?;
        for certificate in CertificateDer::pem_slice_iter(&text) {
            match certificate {
                Ok(der) => certificates.push(Certificate::from_der(&der).to_owned()),
                Err(error) => problem = describe(&error),
            }
        }
    }
    if certificates.is_empty() {
        return Err(RootsError::Empty { path: path.to_owned(), origin: origin.to_owned(), reason: problem });
    }
    Ok(RootCerts::Specific(Arc::new(certificates)))
}

/// The file itself, or what a folder holds.
fn files(path: &Path) -> std::io::Result<Vec<PathBuf>> {
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

fn describe(error: &PemError) -> String {
    match error {
        PemError::MissingSectionEnd { .. } => ": a section has no end".to_owned(),
        PemError::IllegalSectionStart { .. } => ": a section's first line is malformed".to_owned(),
        PemError::Base64Decode(_) => ": a section is not base64".to_owned(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests;

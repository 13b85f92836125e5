//! The rehearsal's own certificate authority, and the certificates that it makes for the names that are asked for.
//!
//! Its key is made at the start of each rehearsal that has boxes, and is nowhere but in memory.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rcgen::{
    BasicConstraints, Certificate, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, SerialNumber,
};
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::{CertifiedKey, SigningKey};
use rustls::{ServerConfig, SupportedProtocolVersion, version};
use time::OffsetDateTime;

use crate::hosts;
use crate::ids;
use crate::moment::Moment;
use crate::server::Inside;

/// How far a clock may be wrong that looks at the certificates.
const EARLIER: Duration = Duration::from_secs(2 * 86_400);

/// How long they are good: much longer than any rehearsal lasts, and no longer than clients take.
const VALID_FOR: Duration = Duration::from_secs(90 * 86_400);

/// Certificates that are kept.
const KEPT: usize = 500;

/// As the services have it.
const VERSIONS: [&SupportedProtocolVersion; 2] = [&version::TLS13, &version::TLS12];

/// Why there are no certificates.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AuthorityError {
    /// What is to be certified cannot be written.
    #[error("a certificate cannot be made")]
    Certificate(#[source] Arc<rcgen::Error>),
    /// Its keys are of no use.
    #[error("the keys cannot be used")]
    Tls(#[from] rustls::Error),
    /// The system gives no random bytes.
    #[error(transparent)]
    NoRandomness(#[from] ids::NoRandomness),
}

impl From<rcgen::Error> for AuthorityError {
    fn from(error: rcgen::Error) -> Self {
        Self::Certificate(Arc::new(error))
    }
}

/// An authority that nobody trusts but who is told to.
pub(super) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
    begins: Moment,
    provider: Arc<CryptoProvider>,
    /// One for all names: it is as good as another.
    leaf: KeyPair,
    signer: Arc<dyn SigningKey>,
    made: Mutex<HashMap<String, Arc<CertifiedKey>>>,
}

impl Authority {
    pub(super) fn new(now: Moment) -> Result<Self, AuthorityError> {
        let begins = now.minus(EARLIER);
        let mut parameters = parameters(begins, Vec::new())?;
        parameters.distinguished_name.push(DnType::CommonName, "cfn-rehearse: one rehearsal's own authority");
        parameters.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        parameters.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let key = KeyPair::generate()?;
        let pem = parameters.self_signed(&key)?.pem();
        let leaf = KeyPair::generate()?;
        let provider = Arc::new(aws_lc_rs::default_provider());
        let signer =
            provider.key_provider.load_private_key(PrivatePkcs8KeyDer::from(leaf.serialize_der()).into())?;
        let issuer = Issuer::new(parameters, key);
        Ok(Self { issuer, pem, begins, provider, leaf, signer, made: Mutex::default() })
    }

    /// Its own certificate, in PEM.
    pub(super) fn certificate(&self) -> &str {
        &self.pem
    }

    /// How TLS is spoken with an instance.
    pub(super) fn server(self: &Arc<Self>, inside: Arc<Inside>) -> Result<Arc<ServerConfig>, AuthorityError> {
        let config = ServerConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_protocol_versions(&VERSIONS)?
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(Names { authority: Arc::clone(self), inside }));
        Ok(Arc::new(config))
    }

    fn certified(&self, host: &str) -> Result<Arc<CertifiedKey>, AuthorityError> {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = made.get(host) {
            return Ok(Arc::clone(known));
        }
        if made.len() >= KEPT {
            made.clear();
        }
        let certificate = self.make(host)?;
        let certified =
            Arc::new(CertifiedKey::new(vec![certificate.der().clone()], Arc::clone(&self.signer)));
        made.insert(host.to_owned(), Arc::clone(&certified));
        Ok(certified)
    }

    fn make(&self, host: &str) -> Result<Certificate, AuthorityError> {
        let mut parameters = parameters(self.begins, vec![host.to_owned()])?;
        // RFC 5280, appendix A.1: no longer.
        if host.len() <= 64 {
            parameters.distinguished_name.push(DnType::CommonName, host);
        }
        parameters.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        parameters.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        parameters.use_authority_key_identifier_extension = true;
        Ok(parameters.signed_by(&self.leaf, &self.issuer)?)
    }
}

fn parameters(begins: Moment, names: Vec<String>) -> Result<CertificateParams, AuthorityError> {
    let at = |moment: Moment| {
        let seconds = i64::try_from(moment.as_seconds()).unwrap_or_default();
        OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH)
    };
    let mut parameters = CertificateParams::new(names)?;
    parameters.distinguished_name = rcgen::DistinguishedName::new();
    parameters.not_before = at(begins);
    parameters.not_after = at(begins.plus(VALID_FOR));
    // All names have one key, and no two certificates may have one number.
    let mut serial = ids::random::<16>()?;
    if let Some(first) = serial.first_mut() {
        *first = *first & 0x3f | 0x40;
    }
    parameters.serial_number = Some(SerialNumber::from_slice(&serial));
    Ok(parameters)
}

/// The certificates of the names that there are, made when they are asked for.
struct Names {
    authority: Arc<Authority>,
    inside: Arc<Inside>,
}

impl fmt::Debug for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Names").finish_non_exhaustive()
    }
}

impl ResolvesServerCert for Names {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let host = hosts::plain(hello.server_name()?);
        if self.inside.hosts.find(&host).is_none() {
            self.inside.asked.name(&self.inside, &host);
            return None;
        }
        self.authority.certified(&host).ok()
    }
}

//! A server with TLS and a certificate to order.

use std::net::TcpListener;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, SystemTime};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ALL_VERSIONS, ServerConfig, ServerConnection, StreamOwned, SupportedProtocolVersion};

use super::{Received, answer, exchange};

/// What a server shows.
pub struct Order<'a> {
    /// The names in its certificate.
    pub names: &'a [&'a str],
    /// Whether the certificate says that it is a certificate authority's.
    pub authority: bool,
    /// Whether it is signed by an authority, and not by itself.
    pub signed: bool,
    /// From when on it is valid, and to when, in seconds from now.
    pub valid: (i64, i64),
    pub versions: &'a [&'static SupportedProtocolVersion],
    /// Where it listens.
    pub address: &'a str,
}

impl Default for Order<'_> {
    fn default() -> Self {
        Self {
            names: &["localhost"],
            authority: false,
            signed: false,
            valid: (-86_400, 86_400),
            versions: ALL_VERSIONS,
            address: "127.0.0.1:0",
        }
    }
}

pub struct Secure {
    /// A wait condition handle's, at `localhost`.
    pub url: String,
    pub port: u16,
    /// What has to be trusted: the certificate itself, or its authority's.
    pub certificate: String,
    pub received: Arc<Mutex<Vec<Received>>>,
}

impl Secure {
    pub fn start() -> Self {
        Self::with(&Order::default())
    }

    pub fn with(order: &Order<'_>) -> Self {
        let names: Vec<String> = order.names.iter().map(|name| (*name).to_owned()).collect();
        let mut params = CertificateParams::new(names).unwrap();
        // One of its own, or certificates of one name seem to be signed by each other.
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let name = format!("server {}", NUMBER.fetch_add(1, Ordering::Relaxed));
        params.distinguished_name.push(DnType::CommonName, name);
        params.not_before = in_seconds(order.valid.0);
        params.not_after = in_seconds(order.valid.1);
        if order.authority {
            params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        }
        let key = KeyPair::generate().unwrap();
        let (leaf, trusted) = if order.signed {
            let mut authority = CertificateParams::new(Vec::new()).unwrap();
            authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
            let authority_key = KeyPair::generate().unwrap();
            let trusted = authority.self_signed(&authority_key).unwrap().pem();
            (params.signed_by(&key, &Issuer::new(authority, authority_key)).unwrap(), trusted)
        } else {
            let leaf = params.self_signed(&key).unwrap();
            let trusted = leaf.pem();
            (leaf, trusted)
        };
        let private = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(order.versions)
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![leaf.der().clone()], private)
            .unwrap();
        let listener = TcpListener::bind(order.address).unwrap();
        let port = listener.local_addr().unwrap().port();
        let received = Arc::new(Mutex::new(Vec::new()));
        let (log, config) = (Arc::clone(&received), Arc::new(config));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
                exchange(StreamOwned::new(connection, stream), &log, &|_| answer(200, ""));
            }
        });
        Self {
            url: format!("https://localhost:{port}/h?Signature=s3cr3t"),
            port,
            certificate: trusted,
            received,
        }
    }

    pub fn count(&self) -> usize {
        self.received.lock().unwrap().len()
    }
}

fn in_seconds(seconds: i64) -> time::OffsetDateTime {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    let then = now.as_secs().checked_add_signed(seconds).unwrap();
    date_time_ymd(1970, 1, 1) + Duration::from_secs(then)
}

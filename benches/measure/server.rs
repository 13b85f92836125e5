//! CloudFormation, a wait condition's handle and the metadata service on loopback, with TLS and without, in this process.

use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use cfn_signal_tests::binaries;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

const DOCUMENT: &str =
    r#"{"accountId": "123456789012", "instanceId": "i-0123456789abcdef0", "region": "eu-west-1"}"#;
const DOCUMENT_SIGNATURE: &str = "c2lnbmF0dXJl\nb2YgYW4gaW5zdGFuY2U=\n";
/// Where most systems have their certificates.
const SYSTEMS: [&str; 3] =
    ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"];

pub struct Server {
    pub http: String,
    pub https: String,
    /// The system's certificates, and the one that signed the server's.
    pub bundle: PathBuf,
    /// How many certificates there are in it.
    pub trusted: usize,
    signals: Arc<AtomicUsize>,
}

impl Server {
    pub fn start() -> Self {
        let signals = Arc::new(AtomicUsize::new(0));
        let (config, authority) = certified();
        let plain = listen(Arc::clone(&signals), serve);
        let secure = listen(Arc::clone(&signals), move |stream, signals| {
            let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
            serve(StreamOwned::new(connection, stream), signals);
        });
        let systems = SYSTEMS.iter().find_map(|path| std::fs::read_to_string(path).ok()).unwrap_or_default();
        let pem = format!("{systems}\n{authority}");
        let folder = binaries::target_dir().join("bench");
        std::fs::create_dir_all(&folder).unwrap();
        let bundle = folder.join("certificates.pem");
        std::fs::write(&bundle, &pem).unwrap();
        Self {
            http: format!("http://{plain}"),
            https: format!("https://{secure}"),
            bundle,
            trusted: pem.matches("-----BEGIN CERTIFICATE").count(),
            signals,
        }
    }

    /// How many signals came.
    pub fn signals(&self) -> usize {
        self.signals.load(Ordering::SeqCst)
    }
}

/// A certificate for 127.0.0.1, and the authority's that signed it.
fn certified() -> (Arc<ServerConfig>, String) {
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    // Names of their own, or they seem to be signed by each other.
    authority.distinguished_name.push(DnType::CommonName, "the benchmark's authority");
    let authority_key = KeyPair::generate().unwrap();
    let trusted = authority.self_signed(&authority_key).unwrap().pem();
    let key = KeyPair::generate().unwrap();
    let mut leaf = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
    leaf.distinguished_name.push(DnType::CommonName, "the benchmark's server");
    // Python asks for it.
    leaf.use_authority_key_identifier_extension = true;
    let leaf = leaf.signed_by(&key, &Issuer::new(authority, authority_key)).unwrap();
    let private = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![leaf.der().clone()], private)
        .unwrap();
    (Arc::new(config), trusted)
}

fn listen(
    signals: Arc<AtomicUsize>,
    serve: impl Fn(std::net::TcpStream, &AtomicUsize) + Send + Sync + 'static,
) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let serve = Arc::new(serve);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (serve, signals) = (Arc::clone(&serve), Arc::clone(&signals));
            let _ = stream.set_nodelay(true);
            thread::spawn(move || serve(stream, &signals));
        }
    });
    address
}

/// Answers one request after the other, until the client has no more.
fn serve(stream: impl Read + Write, signals: &AtomicUsize) {
    let mut stream = BufReader::new(stream);
    while let Some((head, body)) = request(&mut stream) {
        let (status, kind, text) = answer(&head, &body, signals);
        let written = format!(
            "HTTP/1.1 {status} Said\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n{text}",
            text.len()
        );
        if stream.get_mut().write_all(written.as_bytes()).and_then(|()| stream.get_mut().flush()).is_err() {
            return;
        }
    }
}

fn request(stream: &mut BufReader<impl Read>) -> Option<(String, String)> {
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let begun = head.len();
        if stream.read_line(&mut head).ok()? == 0 {
            return None;
        }
        let line = &head[begun..];
        if line.trim_end().is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).ok()?;
    Some((head, String::from_utf8(body).ok()?))
}

fn answer(head: &str, body: &str, signals: &AtomicUsize) -> (u16, &'static str, &'static str) {
    let mut words = head.split(' ');
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    match (method, target) {
        ("PUT", "/latest/api/token") => return (200, "text/plain", "a-token"),
        ("GET", "/latest/meta-data/instance-id") => return (200, "text/plain", "i-0123456789abcdef0"),
        ("GET", "/latest/meta-data/placement/region") => return (200, "text/plain", "eu-west-1"),
        ("GET", "/latest/dynamic/instance-identity/document") => return (200, "text/plain", DOCUMENT),
        ("GET", "/latest/dynamic/instance-identity/signature") => {
            return (200, "text/plain", DOCUMENT_SIGNATURE);
        }
        _ => {}
    }
    let is_handle = method == "PUT" && target.starts_with("/handle") && body.contains("SUCCESS");
    let asked = if method == "POST" { body } else { target };
    let is_signal = asked.contains("Action=SignalResource")
        && asked.contains("Status=SUCCESS")
        && head.to_ascii_lowercase().contains("\nauthorization: ");
    if !is_handle && !is_signal {
        return (404, "text/plain", "not found");
    }
    signals.fetch_add(1, Ordering::SeqCst);
    if is_handle {
        (200, "text/plain", "")
    } else if asked.contains("ContentType=JSON")
        || head.to_ascii_lowercase().contains("accept: application/json")
    {
        (
            200,
            "application/json",
            r#"{"SignalResourceResponse":{"ResponseMetadata":{"RequestId":"4f9b2d1c-0000-4000-8000-000000000001"}}}"#,
        )
    } else {
        (
            200,
            "text/xml",
            "<SignalResourceResponse xmlns=\"http://cloudformation.amazonaws.com/doc/2010-05-15/\"><ResponseMetadata>\
             <RequestId>4f9b2d1c</RequestId></ResponseMetadata></SignalResourceResponse>",
        )
    }
}

/// A path as text.
pub fn text(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}

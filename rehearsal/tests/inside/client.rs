//! Clients of HTTP, of TLS and of the metadata.

use std::io::{Read, Write};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use cfn_signal_core::identity::AccessKey;
use cfn_signal_core::secret::Secret;
use cfn_signal_core::sigv4::{
    ContentSha256Header, PathEncoding, PathNormalization, Payload, Request, Scope, SigningKeys,
    SigningSettings, sign,
};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use super::{Ports, json};

const PATIENCE: Duration = Duration::from_secs(60);

pub struct Client {
    pub(super) ports: Ports,
    tls: Arc<ClientConfig>,
}

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    head: String,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }
}

impl Client {
    pub fn new(ports: Ports, authority: &str) -> Self {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(authority.as_bytes()).unwrap()).unwrap();
        let tls = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        Self { ports, tls: Arc::new(tls) }
    }

    /// Over TLS, by a host's name.
    pub fn https(
        &self,
        host: &str,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Result<Answer, String> {
        self.https_as(host, host, method, target, headers, body)
    }

    /// The same, where TLS is told another name than HTTP.
    pub fn https_as(
        &self,
        name: &str,
        host: &str,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Result<Answer, String> {
        let stream = TcpStream::connect(self.ports.https).map_err(|it| it.to_string())?;
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let name = ServerName::try_from(name.to_owned()).unwrap();
        let connection = ClientConnection::new(Arc::clone(&self.tls), name).unwrap();
        exchange(StreamOwned::new(connection, stream), host, method, target, headers, body)
            .map_err(|it| it.to_string())
    }

    /// Without TLS.
    pub fn http(&self, host: &str, method: &str, target: &str) -> std::io::Result<Answer> {
        exchange(TcpStream::connect(self.ports.http)?, host, method, target, &[], "")
    }

    /// A request to the metadata, as it is.
    pub fn metadata(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
        let stream = TcpStream::connect(self.ports.metadata).unwrap();
        exchange(stream, "169.254.169.254", method, path, headers, "").unwrap()
    }

    /// The metadata with a session token.
    pub fn imds(&self) -> Imds<'_> {
        let ttl = [("X-aws-ec2-metadata-token-ttl-seconds", "300")];
        let token = self.metadata("PUT", "/latest/api/token", &ttl);
        assert_eq!(token.status, 200);
        Imds { client: self, token: token.body }
    }

    /// Signed by `key` for a service and a region.
    pub fn signed(
        &self,
        host: &str,
        (service, region): (&str, &str),
        key: &AccessKey,
        method: &str,
        target: &str,
        body: &str,
    ) -> Result<Answer, String> {
        self.signed_with(host, (service, region), key, (method, target), &[], body)
    }

    /// A call of Systems Manager.
    pub fn ssm(&self, host: &str, key: &AccessKey, action: &str, body: &str) -> Answer {
        let action = format!("AmazonSSM.{action}");
        let headers = [("content-type", "application/x-amz-json-1.1"), ("x-amz-target", action.as_str())];
        self.signed_with(host, ("ssm", super::REGION), key, ("POST", "/"), &headers, body).unwrap()
    }

    fn signed_with(
        &self,
        host: &str,
        (service, region): (&str, &str),
        key: &AccessKey,
        (method, target): (&str, &str),
        headers: &[(&str, &str)],
        body: &str,
    ) -> Result<Answer, String> {
        let mut settings = SigningSettings::default();
        if service == "s3" {
            settings.content_sha256_header = ContentSha256Header::Send;
            settings.path_encoding = PathEncoding::Once;
            settings.path_normalization = PathNormalization::Off;
        }
        let signed_at = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        let uri = format!("https://{host}{target}");
        let mut all: Vec<_> =
            headers.iter().map(|(name, it)| ((*name).to_owned(), (*it).to_owned())).collect();
        let payload = Payload::Bytes(body.as_bytes());
        let request = Request { method, uri: &uri, headers: &all, payload };
        let scope = Scope { region, service, signed_at };
        let signed = sign(&request, key, &scope, &settings, &mut SigningKeys::default()).unwrap();
        all.extend(signed.headers);
        let all: Vec<_> = all.iter().map(|(name, it)| (name.as_str(), it.as_str())).collect();
        self.https(host, method, target, &all, body)
    }

    /// Whether nobody listens at the metadata's IPv6 address; none where the machine has no IPv6.
    pub fn is_refused_at_ipv6(&self) -> Option<bool> {
        let address = self.ports.metadata_ipv6?;
        let mut addresses = address.to_socket_addrs().unwrap();
        Some(TcpStream::connect_timeout(&addresses.next().unwrap(), PATIENCE).is_err())
    }
}

/// An instance's metadata, token and all.
pub struct Imds<'c> {
    client: &'c Client,
    token: String,
}

impl Imds<'_> {
    pub fn get(&self, path: &str) -> Answer {
        self.client.metadata("GET", path, &[("X-aws-ec2-metadata-token", &self.token)])
    }

    /// The credentials of a role.
    pub fn role(&self, name: &str) -> AccessKey {
        let given = json(&self.get(&format!("/latest/meta-data/iam/security-credentials/{name}")).body);
        let text = |name: &str| given[name].as_str().unwrap().to_owned();
        AccessKey {
            id: text("AccessKeyId"),
            secret: Secret::new(text("SecretAccessKey")),
            session_token: Some(Secret::new(text("Token"))),
            expires_at: None,
        }
    }

    /// Every path below a folder, as cloud-init goes through them: each has to be there.
    pub fn crawl(&self, folder: &str) -> Vec<String> {
        let listed = self.get(folder);
        assert_eq!(listed.status, 200, "{folder}");
        let folder = format!("{}/", folder.trim_end_matches('/'));
        let mut leaves = Vec::new();
        for line in listed.body.lines().filter(|it| !it.is_empty()) {
            let number = line.split_once('=').and_then(|(number, _)| number.parse::<u32>().ok());
            match (line.strip_suffix('/'), number) {
                (Some(name), _) => leaves.extend(self.crawl(&format!("{folder}{name}/"))),
                (None, Some(number)) => leaves.push(format!("{folder}{number}/openssh-key")),
                (None, None) => leaves.push(format!("{folder}{line}")),
            }
        }
        for leaf in &leaves {
            assert_eq!(self.get(leaf).status, 200, "{leaf}");
        }
        leaves
    }
}

fn exchange(
    mut stream: impl Read + Write,
    host: &str,
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> std::io::Result<Answer> {
    let mut request = format!("{method} {target} HTTP/1.1\r\nConnection: close\r\n");
    if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
        request.push_str(&format!("Host: {host}\r\n"));
    }
    headers.iter().for_each(|(name, value)| request.push_str(&format!("{name}: {value}\r\n")));
    request.push_str(&format!("Content-Length: {}\r\n\r\n{body}", body.len()));
    stream.write_all(request.as_bytes())?;
    stream.flush()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let Some((head, body)) = answer.split_once("\r\n\r\n") else {
        return Err(std::io::ErrorKind::UnexpectedEof.into());
    };
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Ok(Answer { status, head: head.to_owned(), body: body.to_owned() })
}

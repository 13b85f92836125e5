//! What the tests of the built command share: a recording server on loopback, and the command in a clean environment.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

#[cfg(target_os = "linux")]
pub mod control_group;
#[cfg(target_os = "linux")]
pub mod kept;
#[cfg(target_os = "linux")]
pub mod seccomp;
pub mod secure;

use std::collections::BTreeMap;
use std::env;
use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::process::{Command, Output};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use cfn_signal_core::http::Header;
use cfn_signal_core::identity::AccessKey;
use cfn_signal_core::sigv4::{Authorization, Scope, SigningKeys, SigningSettings, verify};

/// A request, as it came over the wire.
#[derive(Clone, Debug, Default)]
pub struct Received {
    /// The request line and the headers.
    pub head: String,
    pub method: String,
    pub target: String,
    pub headers: BTreeMap<String, String>,
    pub body: String,
}

/// A status, headers and a body; or nothing, which closes the connection.
pub type Answer = Option<(u16, Vec<(&'static str, String)>, String)>;

/// An answer without headers.
pub fn answer(status: u16, body: &str) -> Answer {
    Some((status, Vec::new(), body.to_owned()))
}

/// A server on a port of its own.
pub struct Server {
    pub url: String,
    pub address: SocketAddr,
    received: Arc<Mutex<Vec<Received>>>,
}

impl Server {
    /// Answers every request with what `handler` says.
    pub fn start(handler: impl Fn(&Received) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let received = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&received);
        let handler = Arc::new(handler);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (log, handler) = (Arc::clone(&log), Arc::clone(&handler));
                thread::spawn(move || exchange(stream, &log, handler.as_ref()));
            }
        });
        Self { url: format!("http://{address}"), address, received }
    }

    /// A server that always answers 200.
    pub fn ok() -> Self {
        Self::start(|_| answer(200, "{}"))
    }

    /// What the last request was signed with.
    pub fn authorization(&self) -> String {
        self.received()
            .last()
            .and_then(|request| request.headers.get("authorization").cloned())
            .unwrap_or_default()
    }

    pub fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }
}

/// Reads one request from `stream`, logs it and answers.
pub fn exchange(
    mut stream: impl Read + Write,
    log: &Mutex<Vec<Received>>,
    handler: &dyn Fn(&Received) -> Answer,
) {
    let Some(request) = read_request(&mut stream) else { return };
    log.lock().unwrap().push(request.clone());
    let Some((status, headers, body)) = handler(&request) else { return };
    let mut text =
        format!("HTTP/1.1 {status} Whatever\r\nconnection: close\r\ncontent-length: {}\r\n", body.len());
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    let _client_may_be_gone = stream.write_all(format!("{text}\r\n{body}").as_bytes());
    let _client_may_be_gone = stream.flush();
}

pub fn read_request(stream: &mut impl Read) -> Option<Received> {
    let mut reader = BufReader::new(stream);
    let mut request = Received::default();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        request.head.push_str(&line);
        match line.trim_end() {
            "" => break,
            line if request.method.is_empty() => {
                let mut parts = line.split(' ');
                request.method = parts.next()?.to_owned();
                request.target = parts.next()?.to_owned();
            }
            line => {
                let (name, value) = line.split_once(':')?;
                request.headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
            }
        }
    }
    let length = request.headers.get("content-length").map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    request.body = String::from_utf8(body).unwrap();
    Some(request)
}

/// Copies bytes both ways until one side closes.
pub fn tunnel(client: TcpStream, server: TcpStream) {
    let (mut from_client, mut to_server) = (client.try_clone().unwrap(), server.try_clone().unwrap());
    thread::spawn(move || {
        let _closed = std::io::copy(&mut from_client, &mut to_server);
        let _closed_already = to_server.shutdown(Shutdown::Write);
    });
    let (mut from_server, mut to_client) = (server, client);
    let _closed = std::io::copy(&mut from_server, &mut to_client);
}

/// A metadata service with a token, an instance id, a region, an identity, a role and tags.
pub fn metadata(request: &Received) -> Answer {
    if request.method == "PUT" && request.target == "/latest/api/token" {
        let ttl = ("x-aws-ec2-metadata-token-ttl-seconds", "21600".to_owned());
        return Some((200, vec![ttl], "TOKEN".to_owned()));
    }
    if request.headers.get("x-aws-ec2-metadata-token").map(String::as_str) != Some("TOKEN") {
        return answer(401, "");
    }
    metadata_v1(request)
}

/// The same without tokens.
pub fn metadata_v1(request: &Received) -> Answer {
    const ROLE: &str = r#"{"Code":"Success","Type":"AWS-HMAC","LastUpdated":"2026-01-01T00:00:00Z","AccessKeyId":"ASIAROLE","SecretAccessKey":"role-secret","Token":"role-token","Expiration":"2099-01-01T00:00:00Z"}"#;
    match request.target.strip_prefix("/latest/").unwrap_or_default().trim_end_matches('/') {
        "meta-data/instance-id" => answer(200, "i-0123456789abcdef0\n"),
        "meta-data/placement/region" => answer(200, "us-west-2"),
        "dynamic/instance-identity/document" => {
            answer(200, "{\n  \"instanceId\" : \"i-0123456789abcdef0\"\n}\n")
        }
        "dynamic/instance-identity/signature" => answer(200, "c2ln\nbmF0\n"),
        "meta-data/iam/security-credentials" => answer(200, "web"),
        "meta-data/iam/security-credentials/web" => answer(200, ROLE),
        "meta-data/tags/instance/aws:cloudformation:stack-name" => answer(200, "tagged-stack"),
        "meta-data/tags/instance/aws:cloudformation:logical-id" => answer(200, "TaggedGroup"),
        _ => answer(404, "not found"),
    }
}

/// The command as it was built, or what `CFN_SIGNAL_COMMAND` says, its words separated by spaces: `make test-dist` has these tests
/// run one for another machine, in an emulator or in a root of its own.
pub fn program() -> Command {
    let words = env::var("CFN_SIGNAL_COMMAND").unwrap_or_default();
    let mut words = words.split_whitespace();
    let mut command = Command::new(words.next().unwrap_or(env!("CARGO_BIN_EXE_cfn-signal")));
    command.args(words);
    command
}

/// The command, without this machine's AWS, proxy and CA settings, and without metadata unless a test adds it.
pub struct Signal(Command);

/// What a run left.
#[derive(Debug)]
pub struct Run {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
    pub took: Duration,
}

impl Signal {
    pub fn new(arguments: &[&str]) -> Self {
        let mut command = program();
        command.env_clear().env("HOME", "/nonexistent").env("AWS_EC2_METADATA_DISABLED", "true");
        // Root's journal is this machine's own.
        command.env("CFN_SIGNAL_STATE_DIR", "off");
        command.args(arguments);
        Self(command)
    }

    /// A signal to a resource, through `server`.
    pub fn resource(server: &Server, more: &[&str]) -> Self {
        let common =
            ["--stack", "S", "--resource", "R", "--region", "us-east-1", "-i", "x", "--url", &server.url];
        Self::new(&[&common[..], more].concat())
    }

    /// One more argument, which need not be UTF-8.
    pub fn argument(mut self, argument: &OsStr) -> Self {
        self.0.arg(argument);
        self
    }

    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.0.env(name, value);
        self
    }

    /// With something else changed about the process.
    pub fn confined(mut self, confine: impl FnOnce(&mut Command)) -> Self {
        confine(&mut self.0);
        self
    }

    /// With a metadata service.
    pub fn metadata(self, server: &Server) -> Self {
        self.env("AWS_EC2_METADATA_DISABLED", "false").env("AWS_EC2_METADATA_SERVICE_ENDPOINT", &server.url)
    }

    pub fn run(mut self) -> Run {
        let started = Instant::now();
        let Output { status, stdout, stderr } = self.0.output().unwrap();
        Run {
            code: status.code().unwrap(),
            stdout: String::from_utf8(stdout).unwrap(),
            stderr: String::from_utf8(stderr).unwrap(),
            took: started.elapsed(),
        }
    }
}

impl Run {
    /// Where the identity came from, by `--output json`.
    pub fn signed_with(&self) -> String {
        let object: serde_json::Value = serde_json::from_str(&self.stdout).unwrap();
        object.pointer("/identity/source").and_then(serde_json::Value::as_str).unwrap().to_owned()
    }

    pub fn assert_hides(&self, secrets: &[&str]) {
        for secret in secrets {
            assert!(!self.stdout.contains(secret) && !self.stderr.contains(secret), "{secret} in {self:?}");
        }
    }
}

/// Whether the key `AKIDEXAMPLE`, whose secret is `SK`, has signed `request` rightly, as whoever receives it computes it.
pub fn is_signed(request: &Received) -> bool {
    let header = |name: &str| request.headers.get(name).map_or("", String::as_str);
    let authorization = Authorization::parse(header("authorization")).unwrap();
    let credential = verify::Credential::parse(&authorization.credential).unwrap();
    let headers: Vec<Header> =
        request.headers.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
    let received = verify::Received {
        method: &request.method,
        target: &request.target,
        headers: &headers,
        signed_headers: &authorization.signed_headers,
        // SHA-256 of nothing.
        payload_hash: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    };
    let scope = Scope {
        region: credential.region,
        service: credential.service,
        signed_at: verify::parse_date(header("x-amz-date")).unwrap(),
    };
    let key = AccessKey {
        id: "AKIDEXAMPLE".into(),
        secret: String::from("SK").into(),
        session_token: None,
        expires_at: None,
    };
    verify::expected(&received, &key, &scope, &SigningSettings::default(), &mut SigningKeys::new())
        .unwrap()
        .matches(&authorization.signature)
}

/// Options that keep retries short.
pub const QUICK: [&str; 4] = ["--max-delay", "20ms", "--max-attempts", "2"];

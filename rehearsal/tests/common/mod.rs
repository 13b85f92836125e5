//! A rehearsal to talk to, over real sockets.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "help for tests that fail by panicking"
)]

pub mod folder;
pub mod nested;
pub mod signed;

use std::collections::HashMap;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use cfn_signal_core::identity::AccessKey;
use cfn_signal_core::secret::Secret;
use cfn_signal_core::sigv4::{Payload, Request, Scope, SigningKeys, SigningSettings, sign};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

/// One instance that waits five minutes.
pub const SERVER: &str = "
Resources:
  Server:
    Type: AWS::EC2::Instance
    CreationPolicy: {ResourceSignal: {Count: 1, Timeout: PT5M}}
";

/// A command of ours, without anything of the environment that could matter.
pub fn rehearse() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cfn-rehearse"));
    command.env_clear().env("PATH", "/usr/local/bin:/usr/bin:/bin").stdin(Stdio::null());
    command
}

pub fn file(directory: &TempDir, name: &str, text: &str) -> PathBuf {
    let path = directory.path().join(name);
    fs::write(&path, text).unwrap();
    path
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// `cfn-rehearse run`, to its end.
pub fn run(template: &str, arguments: &[&str]) -> Output {
    let directory = TempDir::new().unwrap();
    let template = file(&directory, "template.yaml", template);
    rehearse().arg("run").arg(template).args(arguments).output().unwrap()
}

/// `cfn-rehearse serve`, until it is dropped.
pub struct Served {
    child: Child,
    pub port: u16,
    pub env: HashMap<String, String>,
    directory: TempDir,
}

pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Answer {
    /// The code and the message of an API error in JSON.
    pub fn error(&self) -> (String, String) {
        let json: serde_json::Value = serde_json::from_str(&self.body).expect(&self.body);
        let text = |name: &str| json["Error"][name].as_str().unwrap().to_owned();
        assert!(!json["RequestId"].as_str().unwrap().is_empty());
        (text("Code"), text("Message"))
    }
}

impl Served {
    /// `serve TEMPLATE`, its stack called `web`.
    pub fn start(template: &str, arguments: &[&str]) -> Self {
        let directory = TempDir::new().unwrap();
        let template = file(&directory, "template.yaml", template).display().to_string();
        Self::listening(directory, &[&[template.as_str(), "--stack-name", "web"], arguments].concat())
    }

    /// `serve`: an account without stacks.
    pub fn account(arguments: &[&str]) -> Self {
        Self::listening(TempDir::new().unwrap(), arguments)
    }

    /// The same, with its temporary files in a directory.
    pub fn account_in(temporary: &TempDir, arguments: &[&str]) -> Self {
        let mut command = rehearse();
        command.env("TMPDIR", temporary.path());
        Self::listening_by(command, TempDir::new().unwrap(), arguments)
    }

    /// The same, which may have so many files open.
    pub fn account_limited(files: u64, arguments: &[&str]) -> Self {
        let mut command = Command::new("sh");
        command.args(["-c", "ulimit -n \"$0\" && exec \"$@\"", &files.to_string()]);
        command
            .arg(env!("CARGO_BIN_EXE_cfn-rehearse"))
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin");
        Self::listening_by(command, TempDir::new().unwrap(), arguments)
    }

    fn listening(directory: TempDir, arguments: &[&str]) -> Self {
        Self::listening_by(rehearse(), directory, arguments)
    }

    fn listening_by(mut command: Command, directory: TempDir, arguments: &[&str]) -> Self {
        let create = |name: &str| fs::File::create(directory.path().join(name)).unwrap();
        let port_file = directory.path().join("port");
        let child = command
            .arg("serve")
            .args(["--listen", "127.0.0.1:0", "--env", "--port-file"])
            .arg(&port_file)
            .args(arguments)
            .stdout(create("env"))
            .stderr(create("events"))
            .spawn()
            .unwrap();
        let started = Instant::now();
        while !port_file.exists() {
            assert!(started.elapsed() < Duration::from_secs(60), "{}", read(&directory, "events"));
            std::thread::sleep(Duration::from_millis(5));
        }
        let port = fs::read_to_string(port_file).unwrap().trim().parse().unwrap();
        let env = read(&directory, "env")
            .lines()
            .filter(|line| !line.starts_with("unset "))
            .map(|line| {
                let (name, value) = line.strip_prefix("export ").unwrap().split_once('=').unwrap();
                (name.to_owned(), value.trim_matches('\'').to_owned())
            })
            .collect();
        Self { child, port, env, directory }
    }

    pub fn events(&self) -> String {
        read(&self.directory, "events")
    }

    /// Waits until the events tell something.
    pub fn await_event(&self, text: &str) {
        let started = Instant::now();
        while !self.events().contains(text) {
            assert!(started.elapsed() < Duration::from_secs(60), "no {text} in {}", self.events());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    pub fn wait(mut self) -> (ExitStatus, String) {
        let status = self.child.wait().unwrap();
        (status, self.events())
    }

    pub fn interrupt(&self, signal: Signal) {
        let id = Pid::from_raw(i32::try_from(self.child.id()).unwrap()).unwrap();
        kill_process(id, signal).unwrap();
    }

    /// The same to the process that it watches over.
    pub fn interrupt_inner(&self, signal: Signal) {
        let id = self.child.id();
        let children = fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap();
        kill_process(Pid::from_raw(children.trim().parse().unwrap()).unwrap(), signal).unwrap();
    }

    pub fn key(&self) -> AccessKey {
        AccessKey {
            id: self.env["AWS_ACCESS_KEY_ID"].clone(),
            secret: Secret::new(self.env["AWS_SECRET_ACCESS_KEY"].clone()),
            session_token: None,
            expires_at: None,
        }
    }

    pub fn send(&self, method: &str, target: &str, headers: &[(String, String)], body: &str) -> Answer {
        send(self.port, method, target, headers, body)
    }

    /// A signed GET, `query` and all.
    pub fn signed(&self, query: &str, key: &AccessKey, shift: i64) -> Answer {
        let uri = format!("http://127.0.0.1:{}/?{query}", self.port);
        let signed_at = now().saturating_add_signed(shift);
        let scope = Scope { region: "us-east-1", service: "cloudformation", signed_at };
        let headers = [("accept".to_owned(), "application/json".to_owned())];
        let request = Request { method: "GET", uri: &uri, headers: &headers, payload: Payload::Bytes(b"") };
        let signed =
            sign(&request, key, &scope, &SigningSettings::default(), &mut SigningKeys::default()).unwrap();
        let headers: Vec<_> = headers.into_iter().chain(signed.headers).collect();
        self.send("GET", &format!("/?{query}"), &headers, "")
    }

    /// A signed action; `parameters` are name and value in turn, not encoded.
    pub fn call(&self, action: &str, parameters: &[(&str, &str)]) -> Answer {
        let mut query = format!("Action={action}&Version=2010-05-15&ContentType=JSON");
        for (name, value) in parameters {
            query.push_str(&format!("&{name}={}", encoded(value)));
        }
        self.signed(&query, &self.key(), 0)
    }

    /// The result of an action, which has to succeed.
    pub fn result(&self, action: &str, parameters: &[(&str, &str)]) -> serde_json::Value {
        let answer = self.call(action, parameters);
        assert_eq!(answer.status, 200, "{action}: {}", answer.body);
        let mut json: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
        json[format!("{action}Response")][format!("{action}Result")].take()
    }

    /// The instances that run, as `/_rehearsal/instances` tells them.
    pub fn instances(&self) -> Vec<serde_json::Value> {
        let answer = self.send("GET", "/_rehearsal/instances", &[], "");
        assert_eq!(answer.status, 200, "{}", answer.body);
        let json: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
        json["Instances"].as_array().unwrap().clone()
    }

    /// A signed `SignalResource`.
    pub fn signal(&self, resource: &str, unique_id: &str, status: &str) -> Answer {
        self.signed(&signal_query("web", resource, unique_id, status), &self.key(), 0)
    }

    /// What the metadata service at `port` says, token and all.
    pub fn metadata(&self, port: u16, path: &str) -> Answer {
        let ttl = ("x-aws-ec2-metadata-token-ttl-seconds".to_owned(), "60".to_owned());
        let token = send(port, "PUT", "/latest/api/token", &[ttl], "");
        assert_eq!(token.status, 200);
        send(port, "GET", path, &[("x-aws-ec2-metadata-token".to_owned(), token.body)], "")
    }

    /// The `CFN_V1` header of the instance whose metadata is at `port`.
    pub fn instance_header(&self, port: u16) -> String {
        use base64::Engine as _;
        let document = self.metadata(port, "/latest/dynamic/instance-identity/document").body;
        let signature =
            self.metadata(port, "/latest/dynamic/instance-identity/signature").body.replace('\n', "");
        format!("CFN_V1 {}:{signature}", base64::engine::general_purpose::STANDARD.encode(document))
    }

    pub fn port_of(&self, instance: &str) -> u16 {
        self.env[&format!("CFN_REHEARSE_METADATA_{instance}")].rsplit(':').next().unwrap().parse().unwrap()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn signal_query(stack: &str, resource: &str, unique_id: &str, status: &str) -> String {
    format!(
        "Action=SignalResource&LogicalResourceId={resource}&StackName={stack}&UniqueId={unique_id}&Status={status}\
         &ContentType=JSON&Version=2010-05-15"
    )
}

pub fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

/// One request on a connection of its own.
pub fn send(port: u16, method: &str, target: &str, headers: &[(String, String)], body: &str) -> Answer {
    send_to(port, &format!("127.0.0.1:{port}"), method, target, headers, body)
}

/// The same, by another name of this machine.
pub fn send_to(
    port: u16,
    host: &str,
    method: &str,
    target: &str,
    headers: &[(String, String)],
    body: &str,
) -> Answer {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let mut request = format!("{method} {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n");
    for (name, value) in headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    request.push_str(&format!("Content-Length: {}\r\n\r\n{body}", body.len()));
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let answer = text(&answer);
    let Some((head, body)) = answer.split_once("\r\n\r\n") else { panic!("no answer: {answer}") };
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Answer { status, head: head.to_ascii_lowercase(), body: body.to_owned() }
}

fn read(directory: &TempDir, name: &str) -> String {
    fs::read_to_string(directory.path().join(Path::new(name))).unwrap_or_default()
}

fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                char::from(byte).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect()
}

//! A client of a rehearsal over a kept connection, which signs every request.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use cfn_signal_core::identity::AccessKey;
use cfn_signal_core::secret::Secret;
use cfn_signal_core::sigv4::{self, Payload, Request, Scope, SigningKeys, SigningSettings};
use cfn_signal_tests::rehearsal::Served;

pub struct Connection {
    stream: BufReader<TcpStream>,
    authority: String,
    key: AccessKey,
    keys: SigningKeys,
}

impl Connection {
    pub fn open(served: &Served) -> Self {
        let authority = served.endpoint().strip_prefix("http://").unwrap().to_owned();
        let stream = TcpStream::connect(&authority).unwrap();
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        let key = AccessKey {
            id: served.variable("AWS_ACCESS_KEY_ID").to_owned(),
            secret: Secret::new(served.variable("AWS_SECRET_ACCESS_KEY").to_owned()),
            session_token: None,
            expires_at: None,
        };
        Self { stream: BufReader::new(stream), authority, key, keys: SigningKeys::default() }
    }

    /// Calls an action: what it answers has to be success. The parameters are encoded already.
    pub fn call(&mut self, action: &str, parameters: &str) -> String {
        let target = format!("/?Action={action}&ContentType=JSON&Version=2010-05-15&{parameters}");
        let uri = format!("http://{}{target}", self.authority);
        let request = Request { method: "GET", uri: &uri, headers: &[], payload: Payload::Bytes(&[]) };
        let signed_at = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        let scope = Scope { region: "us-east-1", service: "cloudformation", signed_at };
        let signed =
            sigv4::sign(&request, &self.key, &scope, &SigningSettings::default(), &mut self.keys).unwrap();
        let mut text = format!("GET {target} HTTP/1.1\r\nHost: {}\r\n", self.authority);
        for (name, value) in &signed.headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        text.push_str("\r\n");
        self.stream.get_mut().write_all(text.as_bytes()).unwrap();
        let (status, body) = self.answer();
        assert_eq!(status, 200, "{action}: {body}");
        body
    }

    /// The next answer: its status and its body.
    fn answer(&mut self) -> (u16, String) {
        let mut line = String::new();
        self.stream.read_line(&mut line).unwrap();
        let status = line.split(' ').nth(1).unwrap().parse().unwrap();
        let mut length = 0;
        loop {
            line.clear();
            self.stream.read_line(&mut line).unwrap();
            let Some((name, value)) = line.split_once(':') else { break };
            if name.eq_ignore_ascii_case("content-length") {
                length = value.trim().parse().unwrap();
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).unwrap();
        (status, String::from_utf8(body).unwrap())
    }
}

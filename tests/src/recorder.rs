//! A server that records what it is asked, byte for byte, and answers as planned.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

/// A request as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// The method.
    pub method: String,
    /// The request target: a path with its query, or a URL where the server is asked as a proxy.
    pub target: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Recorded {
    /// The header called `name`, in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(candidate, _)| candidate == name).map(|(_, value)| value.as_str())
    }
}

/// An answer.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// Headers besides `Content-Length` and `Connection`.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// An answer of a status and a body.
    #[must_use]
    pub fn new(status: u16, body: &str) -> Self {
        Self { status, headers: Vec::new(), body: body.as_bytes().to_vec() }
    }
}

/// A server on a loopback port of its own; it goes with the test's process.
pub struct Recorder {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<Recorded>>>,
}

impl Recorder {
    /// Starts a server that answers each request as `answer` says.
    ///
    /// # Errors
    ///
    /// When no loopback port can be had.
    pub fn start(answer: impl Fn(&Recorded) -> Answer + Send + Sync + 'static) -> std::io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let address = listener.local_addr()?;
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (records, answer) = (Arc::clone(&requests), Arc::new(answer));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (records, answer) = (Arc::clone(&records), Arc::clone(&answer));
                thread::spawn(move || serve(stream, &records, &*answer));
            }
        });
        Ok(Self { address, requests })
    }

    /// Starts a server that gives the answers in order and repeats the last.
    ///
    /// # Errors
    ///
    /// When no loopback port can be had.
    pub fn planned(plan: Vec<Answer>) -> std::io::Result<Self> {
        let next = Mutex::new(0);
        Self::start(move |_| {
            let mut next = lock(&next);
            let answer = plan.get(*next).or_else(|| plan.last()).cloned();
            *next += 1;
            answer.unwrap_or_else(|| Answer::new(200, ""))
        })
    }

    /// `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What was asked so far.
    #[must_use]
    pub fn requests(&self) -> Vec<Recorded> {
        lock(&self.requests).clone()
    }
}

fn serve(stream: TcpStream, records: &Mutex<Vec<Recorded>>, answer: &dyn Fn(&Recorded) -> Answer) {
    // A client that stalls must not keep a test's thread for ever.
    let _ = stream.set_read_timeout(Some(Duration::from_secs(30)));
    let Ok(writer) = stream.try_clone() else { return };
    let (mut reader, mut writer) = (BufReader::new(stream), writer);
    while let Some(request) = read(&mut reader) {
        lock(records).push(request.clone());
        if write(&mut writer, &answer(&request)).is_none() {
            return;
        }
    }
}

fn read(reader: &mut BufReader<TcpStream>) -> Option<Recorded> {
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.trim_end().splitn(3, ' ');
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let mut request = Recorded { method, target, headers, body: Vec::new() };
    let length = request.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    request.body = vec![0; length];
    reader.read_exact(&mut request.body).ok()?;
    Some(request)
}

fn write(writer: &mut TcpStream, answer: &Answer) -> Option<()> {
    write!(writer, "HTTP/1.1 {} Planned\r\nContent-Length: {}\r\n", answer.status, answer.body.len()).ok()?;
    for (name, value) in &answer.headers {
        write!(writer, "{name}: {value}\r\n").ok()?;
    }
    writer.write_all(b"\r\n").ok()?;
    writer.write_all(&answer.body).ok()?;
    writer.flush().ok()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

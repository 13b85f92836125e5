//! A service that is reached through an outage: until it ends, each request meets a fault.

use std::io::Read as _;
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use crate::dice::Dice;
use crate::faults::{Act, FAULTS, Fate};

/// What has happened to a signal.
#[derive(Clone, Debug, Default)]
pub struct Record {
    /// The faults that its requests met, in their order.
    pub met: Vec<&'static str>,
    /// The service has it.
    pub taken: bool,
    /// It has it by a request whose answer was not the service's.
    pub behind: bool,
    /// Requests since the outage is over.
    pub well: u32,
    /// A request named another machine, or another region.
    pub foreign: bool,
}

pub struct Service {
    pub url: String,
    record: Arc<Mutex<Record>>,
}

/// Whose a request has to be: the id of its machine, and its region if that shows.
#[derive(Clone, Copy)]
pub struct Whose {
    pub id: &'static str,
    pub region: &'static str,
}

impl Whose {
    fn is(self, request: &[u8]) -> bool {
        let text = String::from_utf8_lossy(request);
        let region = format!("/{}/cloudformation/aws4_request", self.region);
        // Of a wait condition's document it is the body that names it.
        let named = text.contains(&format!("UniqueId={}&", self.id))
            || text.contains(&format!("\"UniqueId\": \"{}\"", self.id));
        named && (!text.contains("AWS4-HMAC-SHA256") || text.contains(&region))
    }
}

impl Service {
    /// One that is well after `outage`, and has signals of one machine.
    pub fn start(seed: u64, outage: Duration, whose: Whose) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let record = Arc::new(Mutex::new(Record::default()));
        let kept = Arc::clone(&record);
        thread::spawn(move || {
            let mut dice = Dice::new(seed);
            let started = Instant::now();
            for stream in listener.incoming().flatten() {
                let fault = (started.elapsed() < outage).then(|| dice.below(FAULTS.len()));
                let record = Arc::clone(&kept);
                thread::spawn(move || exchange(stream, fault, whose, &record));
            }
        });
        Self { url, record }
    }

    pub fn record(&self) -> Record {
        self.record.lock().unwrap().clone()
    }
}

fn exchange(mut stream: TcpStream, fault: Option<usize>, whose: Whose, record: &Mutex<Record>) {
    let fault = fault.map(|which| &FAULTS[which]);
    if let Some(fault) = fault {
        record.lock().unwrap().met.push(fault.name);
    }
    let unread = fault.is_some_and(|fault| matches!(fault.act, Act::Unread(_)));
    let request = if unread { Vec::new() } else { read(&mut stream) };
    record.lock().unwrap().foreign |= !request.is_empty() && !whose.is(&request);
    match fault {
        Some(fault) => {
            {
                let mut record = record.lock().unwrap();
                record.behind |= fault.fate == Fate::TakenBehind && !record.taken;
                record.taken |= fault.fate != Fate::Lost && !request.is_empty();
            }
            fault.act.on(stream, &request);
        }
        None if request.is_empty() => {}
        None => well(stream, &request, record),
    }
}

/// What the service itself answers.
fn well(stream: TcpStream, request: &[u8], record: &Mutex<Record>) {
    const EXISTS: &str = r#"{"Error":{"Code":"ValidationError","Message":"Signal with ID i-1 for resource R already exists.  Signals may only be updated with a FAILURE status.","Type":"Sender"},"RequestId":"rid"}"#;
    let had = {
        let mut record = record.lock().unwrap();
        record.well += 1;
        std::mem::replace(&mut record.taken, true)
    };
    let headers = "x-amzn-requestid: rid\r\n";
    // A wait condition takes the same document again.
    let act = match had && request.starts_with(b"GET") {
        true => Act::Answers(400, headers, EXISTS),
        false => Act::Answers(200, headers, ""),
    };
    act.on(stream, request);
}

/// A whole request; nothing where the client goes before it is.
pub fn read(stream: &mut TcpStream) -> Vec<u8> {
    let _set = stream.set_read_timeout(Some(Duration::from_secs(30)));
    let mut request = Vec::new();
    let mut bytes = [0; 4_096];
    loop {
        let text = String::from_utf8_lossy(&request).to_ascii_lowercase();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length =
                head.split("content-length: ").nth(1).and_then(|rest| rest.lines().next()?.parse().ok());
            if body.len() >= length.unwrap_or(0) {
                return request;
            }
        }
        match stream.read(&mut bytes) {
            Ok(read) if read > 0 => request.extend_from_slice(&bytes[..read]),
            _ => return Vec::new(),
        }
    }
}

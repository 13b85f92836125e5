//! Names in a box: a resolver that knows those of its instance and of AWS, and nobody else.
//!
//! Source: <https://www.rfc-editor.org/rfc/rfc1035>

use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use simple_dns::rdata::{A, AAAA, OPT, PTR, RData};
use simple_dns::{CLASS, Name, OPCODE, Packet, PacketFlag, QCLASS, QTYPE, RCODE, ResourceRecord, TYPE};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::zone::{Found, Zone};
use crate::server::Inside;

/// How long an answer is good, in seconds, as AWS's are.
const TTL: u32 = 60;

/// Bytes of a question that is read; RFC 6891 has no need of more.
const MOST: usize = 4096;

/// Bytes of answers over UDP, to whom it is told.
const UDP: u16 = 1232;

/// Connections at a time, and how long each may be silent.
const CONNECTIONS: usize = 64;
const SILENCE: Duration = Duration::from_secs(10);

/// Answers at a socket, until the task is dropped.
pub(super) async fn datagrams(socket: UdpSocket, zone: Arc<Zone>, inside: Arc<Inside>) {
    let mut buffer = [0; MOST];
    loop {
        let Ok((length, from)) = socket.recv_from(&mut buffer).await else {
            // What is told here is that a former answer was not wanted.
            tokio::time::sleep(Duration::from_millis(1)).await;
            continue;
        };
        let question = buffer.get(..length).unwrap_or_default();
        if let Some(answer) = answer(question, &zone, |name| inside.asked.name(&inside, name)) {
            let _ = socket.send_to(&answer, from).await;
        }
    }
}

/// The same over TCP.
pub(super) async fn streams(listener: TcpListener, zone: Arc<Zone>, inside: Arc<Inside>) {
    let mut connections = JoinSet::new();
    let turns = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            Some(_) = connections.join_next() => continue,
        };
        let Ok((stream, _)) = accepted else {
            tokio::time::sleep(Duration::from_millis(10)).await;
            continue;
        };
        let turn = Arc::clone(&turns).acquire_owned().await;
        let (zone, inside) = (Arc::clone(&zone), Arc::clone(&inside));
        connections.spawn(async move {
            let mut stream = stream;
            while let Ok(Ok(true)) =
                tokio::time::timeout(SILENCE, exchange(&mut stream, &zone, &inside)).await
            {}
            drop(turn);
        });
    }
}

/// One question and its answer; false at the end.
async fn exchange(stream: &mut TcpStream, zone: &Zone, inside: &Inside) -> io::Result<bool> {
    let length = stream.read_u16().await?;
    let mut question = vec![0; usize::from(length)];
    stream.read_exact(&mut question).await?;
    let Some(answer) = answer(&question, zone, |name| inside.asked.name(inside, name)) else {
        return Ok(false);
    };
    let Ok(length) = u16::try_from(answer.len()) else { return Ok(false) };
    let framed = [&length.to_be_bytes(), answer.as_slice()].concat();
    stream.write_all(&framed).await?;
    Ok(true)
}

/// The answer to a question; none to what is none. `missed` is told of names that somebody wanted in vain.
pub(super) fn answer(question: &[u8], zone: &Zone, missed: impl FnOnce(&str)) -> Option<Vec<u8>> {
    let Ok(asked) = Packet::parse(question) else { return malformed(question) };
    if asked.has_flags(PacketFlag::RESPONSE) {
        return None;
    }
    let mut reply = Packet::new_reply(asked.id());
    *reply.opcode_mut() = asked.opcode();
    reply.set_flags(PacketFlag::RECURSION_AVAILABLE);
    if asked.has_flags(PacketFlag::RECURSION_DESIRED) {
        reply.set_flags(PacketFlag::RECURSION_DESIRED);
    }
    if asked.opt().is_some() {
        *reply.opt_mut() = Some(OPT { opt_codes: Vec::new(), udp_packet_size: UDP, version: 0 });
    }
    let one = match asked.questions.as_slice() {
        [one] if asked.opcode() == OPCODE::StandardQuery => one.clone(),
        _ => {
            let is_query = asked.opcode() == OPCODE::StandardQuery;
            *reply.rcode_mut() = if is_query { RCODE::FormatError } else { RCODE::NotImplemented };
            return reply.build_bytes_vec().ok();
        }
    };
    let name = one.qname.clone();
    let text = name.to_string();
    match zone.find(&text) {
        _ if !matches!(one.qclass, QCLASS::CLASS(CLASS::IN) | QCLASS::ANY) => {
            *reply.rcode_mut() = RCODE::Refused
        }
        Found::Nothing { is_news } => {
            *reply.rcode_mut() = RCODE::NameError;
            if is_news {
                missed(&text);
            }
        }
        found => reply.answers = records(&name, one.qtype, found),
    }
    reply.questions.push(one);
    reply.build_bytes_vec().ok()
}

fn records<'n>(name: &Name<'n>, asked: QTYPE, found: Found) -> Vec<ResourceRecord<'n>> {
    let is_asked = |kind: TYPE| asked == QTYPE::ANY || asked == QTYPE::TYPE(kind);
    let record = |data: RData<'n>| ResourceRecord::new(name.clone(), CLASS::IN, TTL, data);
    match found {
        Found::Addresses(addresses) => addresses
            .into_iter()
            .filter_map(|address| match address {
                IpAddr::V4(it) => is_asked(TYPE::A).then(|| record(RData::A(A::from(it)))),
                IpAddr::V6(it) => is_asked(TYPE::AAAA).then(|| record(RData::AAAA(AAAA::from(it)))),
            })
            .collect(),
        Found::Name(target) if is_asked(TYPE::PTR) => {
            let target = Name::new(&target).map(Name::into_owned);
            target.map(|target| record(RData::PTR(PTR(target)))).into_iter().collect()
        }
        Found::Name(_) | Found::Nothing { .. } => Vec::new(),
    }
}

/// What cannot be read is told so, if it has a number at all and is no answer itself.
fn malformed(question: &[u8]) -> Option<Vec<u8>> {
    let head = question.first_chunk::<12>()?;
    let [id_high, id_low, flags, ..] = *head;
    if flags & 0x80 != 0 {
        return None;
    }
    let mut reply = Packet::new_reply(u16::from_be_bytes([id_high, id_low]));
    *reply.rcode_mut() = RCODE::FormatError;
    reply.build_bytes_vec().ok()
}

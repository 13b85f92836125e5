//! A resolver's questions.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, Ipv6Addr, TcpStream, UdpSocket};
use std::time::Duration;

use simple_dns::rdata::RData;
use simple_dns::{CLASS, Name, Packet, PacketFlag, QCLASS, QTYPE, Question, RCODE, TYPE};

use super::client::Client;

type Resolved = Result<Vec<String>, String>;

impl Client {
    /// What a name leads to, or why to nothing.
    pub fn resolve(&self, name: &str, kind: &str) -> Resolved {
        read(&self.ask(&question(name, kind)))
    }

    pub fn resolve_by_tcp(&self, name: &str, kind: &str) -> Resolved {
        let question = question(name, kind);
        let mut stream = TcpStream::connect(self.ports.dns_tcp).unwrap();
        stream.write_all(&u16::try_from(question.len()).unwrap().to_be_bytes()).unwrap();
        stream.write_all(&question).unwrap();
        let mut length = [0; 2];
        stream.read_exact(&mut length).unwrap();
        let mut answer = vec![0; u16::from_be_bytes(length).into()];
        stream.read_exact(&mut answer).unwrap();
        read(&answer)
    }

    /// What comes of a question that is none.
    pub fn garbled(&self) -> String {
        let mut question = question("example.com", "A");
        question.truncate(15);
        read(&self.ask(&question)).unwrap_err()
    }

    fn ask(&self, question: &[u8]) -> Vec<u8> {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        socket.send_to(question, self.ports.dns).unwrap();
        let mut answer = vec![0; 1500];
        let length = socket.recv(&mut answer).unwrap();
        answer.truncate(length);
        answer
    }
}

fn question(name: &str, kind: &str) -> Vec<u8> {
    let kind = match kind {
        "A" => TYPE::A,
        "AAAA" => TYPE::AAAA,
        _ => TYPE::PTR,
    };
    let mut packet = Packet::new_query(4711);
    packet.set_flags(PacketFlag::RECURSION_DESIRED);
    let question =
        Question::new(Name::new(name).unwrap(), QTYPE::TYPE(kind), QCLASS::CLASS(CLASS::IN), false);
    packet.questions.push(question);
    packet.build_bytes_vec().unwrap()
}

fn read(answer: &[u8]) -> Resolved {
    let packet = Packet::parse(answer).unwrap();
    assert_eq!(packet.id(), 4711);
    assert!(packet.has_flags(PacketFlag::RESPONSE));
    if packet.rcode() != RCODE::NoError {
        return Err(format!("{:?}", packet.rcode()));
    }
    let text = |data: &RData<'_>| match data {
        RData::A(it) => Ipv4Addr::from(it.address).to_string(),
        RData::AAAA(it) => Ipv6Addr::from(it.address).to_string(),
        RData::PTR(it) => it.0.to_string(),
        other => format!("{other:?}"),
    };
    Ok(packet.answers.iter().map(|it| text(&it.rdata)).collect())
}

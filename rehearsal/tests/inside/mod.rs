//! A box without walls: what an instance talks to, on loopback, and clients that know where it is.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "help for tests that fail by panicking")]

mod client;
mod names;

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, UdpSocket};
use std::time::Duration;

use cfn_rehearse::{EndpointAddresses, EndpointHandle, EndpointSockets, Options, Rehearsal};
use client::Client;

pub const REGION: &str = "eu-west-3";
pub const QUIET: Duration = Duration::from_secs(60);

/// Where the names lead that these tests do not follow.
pub const ADDRESSES: EndpointAddresses = EndpointAddresses {
    v4: Ipv4Addr::new(169, 254, 169, 250),
    v6: Some(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x250)),
};

/// Where everything listens.
#[derive(Clone, Copy)]
pub struct Ports {
    metadata: SocketAddr,
    metadata_ipv6: Option<SocketAddr>,
    https: SocketAddr,
    http: SocketAddr,
    dns: SocketAddr,
    dns_tcp: SocketAddr,
}

/// The surroundings of the template's instance `Server`.
pub struct Box {
    pub rehearsal: Rehearsal,
    pub handle: Option<EndpointHandle>,
    ports: Ports,
}

impl Box {
    pub fn new(template: &str) -> Self {
        Self::with(template, |_| ())
    }

    /// With other options.
    pub fn with(template: &str, change: impl FnOnce(&mut Options)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("template.yaml");
        std::fs::write(&path, template).unwrap();
        let mut options = Options::default();
        options.template = Some(path);
        options.region = REGION.to_owned();
        options.real_names = true;
        change(&mut options);
        let mut rehearsal = Rehearsal::prepare(&options).unwrap();
        rehearsal.begin().unwrap();
        let (sockets, ports) = sockets();
        let id = rehearsal.instances()[0].instance_id.clone();
        let handle = Some(rehearsal.endpoints().serve(&id, sockets, ADDRESSES).unwrap());
        Self { rehearsal, handle, ports }
    }

    pub fn instance_id(&self) -> String {
        self.rehearsal.instances()[0].instance_id.clone()
    }

    pub fn client(&self) -> Client {
        Client::new(self.ports, &self.rehearsal.endpoints().authority().unwrap())
    }

    /// A client that has another authority's certificate.
    pub fn client_that_trusts_nobody(&self) -> Client {
        let other = Rehearsal::prepare(&Options::default()).unwrap();
        Client::new(self.ports, &other.endpoints().authority().unwrap())
    }

    /// What the rehearsal told of itself.
    pub fn notes(&self) -> Vec<String> {
        let report = self.rehearsal.report("box").unwrap();
        let lines = report.json_lines.lines().map(json);
        lines.filter(|it| it["type"] == "note").map(|it| it["text"].as_str().unwrap().to_owned()).collect()
    }
}

/// Everything that may be handed over.
pub fn sockets() -> (EndpointSockets, Ports) {
    let listener = || TcpListener::bind("127.0.0.1:0").unwrap();
    let (metadata, http, dns_tcp) = (listener(), listener(), listener());
    // By its number, as 443 is: a port that the system chose is another once nobody has listened at it for a while.
    let chosen = listener().local_addr().unwrap();
    let https = TcpListener::bind(chosen).unwrap();
    let metadata_ipv6 = TcpListener::bind("[::1]:0").ok();
    let dns = UdpSocket::bind("127.0.0.1:0").unwrap();
    let ports = Ports {
        metadata: metadata.local_addr().unwrap(),
        metadata_ipv6: metadata_ipv6.as_ref().map(|it| it.local_addr().unwrap()),
        https: https.local_addr().unwrap(),
        http: http.local_addr().unwrap(),
        dns: dns.local_addr().unwrap(),
        dns_tcp: dns_tcp.local_addr().unwrap(),
    };
    let mut sockets = EndpointSockets::default();
    sockets.metadata = [metadata].into_iter().chain(metadata_ipv6).collect();
    sockets.https = vec![https];
    sockets.http = vec![http];
    sockets.dns = vec![dns];
    sockets.dns_tcp = vec![dns_tcp];
    (sockets, ports)
}

/// What a client does while the rehearsal answers.
pub async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.unwrap()
}

pub fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap()
}

/// The text of an element.
pub fn text_in<'a>(xml: &'a str, name: &str) -> &'a str {
    let rest = xml.split_once(&format!("<{name}>")).map_or("", |(_, rest)| rest);
    rest.split_once("</").map_or("", |(text, _)| text)
}

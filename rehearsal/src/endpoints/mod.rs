//! What an instance in a box talks to: its metadata, AWS's names, and the services behind them, over TLS.
//!
//! Everything listens where somebody else has bound it: in the box's own network, which this process is not in.

mod authority;
mod dns;
mod listeners;
#[cfg(test)]
mod tests;
mod zone;

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, TcpListener, UdpSocket};
use std::sync::{Arc, OnceLock};

use tokio::task::JoinSet;

use crate::account::domain;
use crate::clock;
use crate::hosts::Hosts;
use crate::server::{Asked, Door, Inside, Services};
use authority::Authority;
pub use authority::AuthorityError;
use zone::Zone;

/// Listeners and sockets that are bound already, in whatever network.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct EndpointSockets {
    /// 169.254.169.254, port 80, and what goes with it.
    pub metadata: Vec<TcpListener>,
    /// Where AWS's names lead, port 443.
    pub https: Vec<TcpListener>,
    /// The same, port 80.
    pub http: Vec<TcpListener>,
    /// Where names are asked for.
    pub dns: Vec<UdpSocket>,
    /// The same, over TCP.
    pub dns_tcp: Vec<TcpListener>,
}

/// Where AWS's names lead.
#[derive(Clone, Copy, Debug)]
pub struct EndpointAddresses {
    /// The address of all names.
    pub v4: Ipv4Addr,
    /// Another, of the names that have such.
    pub v6: Option<Ipv6Addr>,
}

/// An instance in its network, as its metadata has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstanceNetwork {
    /// Such as `10.0.0.10`.
    pub address: Ipv4Addr,
    /// Bits of the subnet's addresses that all have in common.
    pub prefix: u8,
    /// Such as `06:12:34:56:78:9a`.
    pub mac: String,
    /// Such as `ip-10-0-0-10.eu-west-1.compute.internal`.
    pub host: String,
    /// Such as `i-0123456789abcdef0`.
    pub instance_id: String,
}

/// Why an instance has no such surroundings.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EndpointError {
    /// No certificates can be made.
    #[error("the rehearsal's own certificate authority cannot be made")]
    Authority(#[from] AuthorityError),
    /// The instance is not known, or has no metadata any more.
    #[error(
        "instance {0} has no metadata, so it cannot be served in a box; allow more open files with ulimit -n"
    )]
    NoInstance(String),
    /// A listener that was handed over cannot be used.
    #[error("a socket of the box cannot be listened at")]
    Socket(#[from] io::Error),
}

/// What instances in boxes talk to, of one rehearsal.
#[derive(Clone)]
pub struct Endpoints(Arc<Shared>);

struct Shared {
    services: Arc<Services>,
    hosts: Arc<Hosts>,
    asked: Arc<Asked>,
    /// Made when it is first needed: starting takes no time.
    authority: OnceLock<Result<Arc<Authority>, AuthorityError>>,
}

/// Answers as long as it is kept.
#[must_use = "it answers as long as it is kept"]
pub struct EndpointHandle {
    _tasks: JoinSet<()>,
}

impl Endpoints {
    pub(crate) fn new(services: Arc<Services>) -> Self {
        let hosts = Arc::new(Hosts::new(&services.account.region));
        Self(Arc::new(Shared { services, hosts, asked: Arc::default(), authority: OnceLock::new() }))
    }

    /// The certificate of the rehearsal's own authority, in PEM, for the box's trust stores. Its key never leaves memory.
    ///
    /// # Errors
    ///
    /// [`EndpointError::Authority`].
    pub fn authority(&self) -> Result<String, EndpointError> {
        Ok(self.0.made()?.certificate().to_owned())
    }

    /// What the names of instances end with, for a resolver's search list: `eu-west-3.compute.internal`.
    pub fn search_domain(&self) -> String {
        domain(&self.0.services.account.region)
    }

    /// How an instance is called in its network; none where it is not known.
    pub fn network(&self, instance_id: &str) -> Option<InstanceNetwork> {
        let metadata = self.0.services.account.metadata(instance_id)?;
        Some(InstanceNetwork {
            address: metadata.address.address.parse().ok()?,
            prefix: metadata.facts.prefix(),
            mac: metadata.facts.mac.clone(),
            host: metadata.address.host.clone(),
            instance_id: metadata.instance_id.clone(),
        })
    }

    /// Answers as the surroundings of an instance until the handle is dropped. To be called inside a tokio runtime.
    ///
    /// # Errors
    ///
    /// [`EndpointError`].
    pub fn serve(
        &self,
        instance_id: &str,
        sockets: EndpointSockets,
        addresses: EndpointAddresses,
    ) -> Result<EndpointHandle, EndpointError> {
        let shared = &self.0;
        let metadata = shared.services.account.metadata(instance_id);
        let metadata = metadata.ok_or_else(|| EndpointError::NoInstance(instance_id.to_owned()))?;
        let zone = Arc::new(Zone::new(&metadata, Arc::clone(&shared.hosts), addresses));
        let answers_ipv6 = metadata.options.answers_ipv6;
        let inside = Arc::new(Inside {
            services: Arc::clone(&shared.services),
            metadata,
            hosts: Arc::clone(&shared.hosts),
            asked: Arc::clone(&shared.asked),
        });
        let mut tasks = JoinSet::new();
        for listener in sockets.metadata {
            // Where it is not enabled nobody listens there.
            if answers_ipv6 || !listener.local_addr()?.is_ipv6() {
                tasks.spawn(listeners::plain(
                    listeners::taken(listener)?,
                    Arc::clone(&inside),
                    Door::Metadata,
                ));
            }
        }
        for listener in sockets.http {
            tasks.spawn(listeners::plain(listeners::taken(listener)?, Arc::clone(&inside), Door::Http));
        }
        if !sockets.https.is_empty() {
            let authority = shared.made()?;
            for listener in sockets.https {
                let config = authority.server(Arc::clone(&inside))?;
                tasks.spawn(listeners::encrypted(listeners::taken(listener)?, Arc::clone(&inside), config));
            }
        }
        for socket in sockets.dns {
            socket.set_nonblocking(true)?;
            let socket = tokio::net::UdpSocket::from_std(socket)?;
            tasks.spawn(dns::datagrams(socket, Arc::clone(&zone), Arc::clone(&inside)));
        }
        for listener in sockets.dns_tcp {
            tasks.spawn(dns::streams(listeners::taken(listener)?, Arc::clone(&zone), Arc::clone(&inside)));
        }
        Ok(EndpointHandle { _tasks: tasks })
    }
}

impl Shared {
    fn made(&self) -> Result<Arc<Authority>, AuthorityError> {
        self.authority.get_or_init(|| Authority::new(clock::wall()).map(Arc::new)).clone()
    }
}

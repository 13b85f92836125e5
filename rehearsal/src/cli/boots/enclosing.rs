//! Instances boot in boxes.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::turns::Turn;
use super::{Boots, Place, relay};
use crate::cli::enclosed::Boxes;
use crate::enclosure::{Kind, Socket, Wanted};
use crate::endpoints::{EndpointAddresses, EndpointError, EndpointSockets, InstanceNetwork};
use crate::happening::Launch;
use crate::run::{Boot, Furnishing, ScratchError, StartError, enclose, start_enclosed};

/// Where the metadata of every instance is.
const METADATA: [IpAddr; 2] = [
    IpAddr::V4(Ipv4Addr::new(169, 254, 169, 254)),
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254)),
];

/// Where a network's own resolver is.
const RESOLVER: IpAddr = IpAddr::V4(Ipv4Addr::new(169, 254, 169, 253));

/// Where AWS's names lead.
const ENDPOINTS: Ipv4Addr = Ipv4Addr::new(169, 254, 169, 250);
const ENDPOINTS_V6: Ipv6Addr = Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x250);

/// Where the way out begins.
const PROXY: IpAddr = IpAddr::V4(Ipv4Addr::new(169, 254, 169, 249));
const PROXY_PORT: u16 = 3128;

const HTTP: u16 = 80;
const HTTPS: u16 = 443;
const DNS: u16 = 53;

impl Boots {
    /// Makes a box for an instance, and starts what it boots with there.
    pub(super) async fn enclose(
        &self,
        turn: &Turn,
        launch: &Launch,
        place: &Place<'_>,
        boxes: &Boxes,
    ) -> Result<Boot, StartError> {
        let failed = |error: EndpointError| StartError::Machine(ScratchError::Surroundings(Box::new(error)));
        let none = || failed(EndpointError::NoInstance(launch.instance_id.clone()));
        let InstanceNetwork { address, prefix, mac, host, .. } =
            place.endpoints.network(&launch.instance_id).ok_or_else(none)?;
        let authority = place.endpoints.authority().map_err(failed)?;
        let wanted = Wanted {
            image: boxes.image.path().to_owned(),
            mapping: boxes.mapping.clone(),
            kept: boxes.kept_of(&launch.instance_id).map_err(|error| StartError::Machine(error.into()))?,
            instance_id: launch.instance_id.clone(),
            host: host.clone(),
            address: (address, prefix),
            mac,
            // Whoever asks for an address there gets none: the image's cloud-init would.
            has_interface: !self.equipment.cloud_init,
            listeners: listeners(boxes.proxy.is_some()),
            limits: boxes.limits.clone(),
            systemd: boxes.systemd,
        };
        let (enclosed, mut sockets) = enclose(wanted).await.map_err(StartError::Machine)?;
        let ways_out: Vec<_> = sockets.extract_if(.., |it| it.port() == Some(PROXY_PORT)).collect();
        let addresses = EndpointAddresses { v4: ENDPOINTS, v6: Some(ENDPOINTS_V6) };
        let answering =
            place.endpoints.serve(&launch.instance_id, sorted(sockets), addresses).map_err(failed)?;
        let proxy = format!("http://{PROXY}:{PROXY_PORT}");
        let not_through_proxy = relay::not_through_proxy(place.region);
        let furnishing = Furnishing {
            authority: &authority,
            resolver: RESOLVER,
            search: &place.endpoints.search_domain(),
            host: &host,
            address: address.into(),
            signal_command: Some(&self.equipment.signal_command),
            always: self.equipment.own_signal_command,
            stubs: &self.equipment.stubs,
            cloud_init: self.equipment.cloud_init,
            systemd: boxes.systemd,
            proxy: boxes.proxy.as_ref().map(|_| (proxy.as_str(), not_through_proxy.as_str())),
        };
        let parts = (!self.equipment.cloud_init).then_some(&turn.parts);
        let mut boot =
            start_enclosed(launch, parts, enclosed, &furnishing, place.secrets, self.sender.clone()).await?;
        boot.keep(answering);
        for (socket, proxy) in ways_out.into_iter().zip(&boxes.proxy) {
            if let Socket::Connections(listener) = socket {
                let relay = relay::relay(listener, proxy.clone(), place.region);
                boot.keep(relay.map_err(|error| StartError::Machine(error.into()))?);
            }
        }
        Ok(boot)
    }
}

/// What is answered in a box.
fn listeners(has_proxy: bool) -> Vec<(IpAddr, u16, Kind)> {
    let mut all: Vec<_> = METADATA.into_iter().map(|it| (it, HTTP, Kind::Connections)).collect();
    for endpoints in [ENDPOINTS.into(), ENDPOINTS_V6.into()] {
        all.extend([HTTPS, HTTP].map(|port| (endpoints, port, Kind::Connections)));
    }
    all.extend(has_proxy.then_some((PROXY, PROXY_PORT, Kind::Connections)));
    all.extend([Kind::Datagrams, Kind::Connections].map(|kind| (RESOLVER, DNS, kind)));
    all
}

/// By what answers at them.
fn sorted(sockets: Vec<Socket>) -> EndpointSockets {
    let mut sorted = EndpointSockets::default();
    for socket in sockets {
        match socket {
            Socket::Datagrams(socket) => sorted.dns.push(socket),
            Socket::Connections(socket) => {
                let Ok(address) = socket.local_addr() else { continue };
                let of_port = match address.port() {
                    HTTPS => &mut sorted.https,
                    DNS => &mut sorted.dns_tcp,
                    _ if METADATA.contains(&address.ip()) => &mut sorted.metadata,
                    _ => &mut sorted.http,
                };
                of_port.push(socket);
            }
        }
    }
    sorted
}

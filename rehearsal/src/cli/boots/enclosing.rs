//! Instances boot in boxes.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::turns::Turn;
use super::{Boots, Place};
use crate::cli::enclosed::Boxes;
use crate::enclosure::{Kind, Wanted};
use crate::happening::Launch;
use crate::run::{Boot, Furnishing, StartError, enclose, start_enclosed};

/// Where the metadata of every instance is.
const METADATA: [IpAddr; 2] = [
    IpAddr::V4(Ipv4Addr::new(169, 254, 169, 254)),
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254)),
];

/// Where a network's own resolver is.
const RESOLVER: IpAddr = IpAddr::V4(Ipv4Addr::new(169, 254, 169, 253));

/// Where AWS's names lead.
const ENDPOINTS: Ipv4Addr = Ipv4Addr::new(169, 254, 169, 250);

impl Boots {
    /// Makes a box for an instance, and starts what it boots with there.
    pub(super) async fn enclose(
        &self,
        turn: &Turn,
        launch: &Launch,
        place: &Place<'_>,
        boxes: &Boxes,
    ) -> Result<Boot, StartError> {
        let host = "ip-10-0-0-10".to_owned();
        let address = Ipv4Addr::new(10, 0, 0, 10);
        let wanted = Wanted {
            image: boxes.image.clone(),
            mapping: boxes.mapping.clone(),
            kept: None,
            instance_id: launch.instance_id.clone(),
            host: host.clone(),
            address: (address, 24),
            mac: "06:00:00:00:00:01".to_owned(),
            listeners: listeners(),
            limits: boxes.limits.clone(),
        };
        let (enclosed, sockets) = enclose(wanted).await.map_err(StartError::Machine)?;
        let furnishing = Furnishing {
            authority: "",
            resolver: RESOLVER,
            search: "eu-west-3.compute.internal",
            host: &host,
            address: address.into(),
            signal_command: Some(&self.equipment.signal_command),
            always: self.equipment.own_signal_command,
            stubs: &self.equipment.stubs,
            cloud_init: self.equipment.cloud_init,
            proxy: boxes.proxy.as_deref(),
        };
        let parts = (!self.equipment.cloud_init).then_some(&turn.parts);
        let mut boot =
            start_enclosed(launch, parts, enclosed, &furnishing, place.secrets, self.sender.clone()).await?;
        boot.keep(sockets);
        Ok(boot)
    }
}

/// What is answered in a box.
fn listeners() -> Vec<(IpAddr, u16, Kind)> {
    let endpoints = IpAddr::V4(ENDPOINTS);
    let mut all: Vec<_> = METADATA.into_iter().map(|it| (it, 80, Kind::Connections)).collect();
    all.extend([
        (endpoints, 443, Kind::Connections),
        (endpoints, 80, Kind::Connections),
        (RESOLVER, 53, Kind::Datagrams),
        (RESOLVER, 53, Kind::Connections),
    ]);
    all
}

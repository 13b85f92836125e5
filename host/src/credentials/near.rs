//! Which hosts are next door: what no proxy knows, and need not hear of.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ureq::http::Uri;

/// Where an instance finds its metadata.
const METADATA: [IpAddr; 2] = [
    IpAddr::V4(Ipv4Addr::new(169, 254, 169, 254)),
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254)),
];

/// The host of `uri`, without brackets.
pub(super) fn host(uri: &Uri) -> String {
    uri.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase()
}

/// Whether `host` is the instance metadata service's own address.
pub(super) fn is_metadata(host: &str) -> bool {
    address(host).is_some_and(|address| METADATA.contains(&address))
}

/// Whether `host` is this machine or the hypervisor's: metadata and container credentials.
pub(super) fn is_local(host: &str) -> bool {
    match address(host) {
        Some(IpAddr::V4(address)) => address.is_loopback() || address.is_link_local(),
        Some(IpAddr::V6(address)) => {
            address.is_loopback()
                || address.is_unicast_link_local()
                // Amazon's own on an instance: fd00:ec2::/32.
                || matches!(address.segments(), [0xfd00, 0xec2, ..])
        }
        None => host.trim_end_matches('.') == "localhost",
    }
}

fn address(host: &str) -> Option<IpAddr> {
    host.parse::<IpAddr>().ok().map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use ureq::http::Uri;

    use super::{host, is_local, is_metadata};

    fn of(uri: &'static str) -> String {
        host(&Uri::from_static(uri))
    }

    #[test]
    fn what_is_next_door_is_reached_directly() {
        for uri in [
            "http://169.254.169.254/latest/api/token",
            "http://169.254.170.2/v2?x",
            "http://169.254.170.23/v1/credentials",
            "http://[fd00:ec2::254]/latest/meta-data",
            "http://[fd00:ec2::23]:80/v1",
            "http://[FD00:0EC2:0:0:0:0:0:23]/v1",
            "http://[::ffff:169.254.170.2]/v2",
            "http://[::1]:8080/",
            "http://127.0.0.1:8080",
            "http://localhost/x",
            "http://LOCALHOST.:80/x",
        ] {
            assert!(is_local(&of(uri)), "{uri}");
        }
        for uri in [
            "https://sts.us-east-1.amazonaws.com/",
            "http://10.0.0.1/",
            "http://[fd00:abcd::ec2]/",
            "http://[fd00:abcd::1]/latest/",
            "http://169.254.170.2.example.com/",
            "http://ec2.example.com/latest/",
        ] {
            assert!(!is_local(&of(uri)), "{uri}");
        }
    }

    #[test]
    fn the_metadata_service_has_two_addresses() {
        assert!(is_metadata("169.254.169.254") && is_metadata(&of("http://[fd00:ec2::254]/latest/")));
        assert!(!is_metadata("169.254.170.2") && !is_metadata("fd00:ec2::23") && !is_metadata("ec2"));
    }
}

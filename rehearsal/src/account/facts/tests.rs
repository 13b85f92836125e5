use super::*;
use crate::template::Named;

const HOME: Home<'static> = Home { region: "eu-west-3", account_id: "123456789012" };

fn address(text: &str) -> Address {
    Address { address: text.to_owned(), host: host(text, HOME.region) }
}

#[test]
fn what_is_made_up_is_the_same_each_time_and_fits_together() {
    let said = Particulars { key: Some("ops".to_owned()), is_public: Some(true), ..Particulars::default() };
    let of = |id: &str| Facts::new(&said, id, &address("10.0.4.7"), HOME);
    let (first, again, other) = (of("i-1"), of("i-1"), of("i-2"));
    assert_eq!(format!("{first:?}"), format!("{again:?}"));
    assert_ne!(first.mac, other.mac);
    assert_ne!(first.interface, other.interface);
    // The network and the key are everybody's.
    assert_eq!((&first.vpc, &first.subnet, &first.key), (&other.vpc, &other.subnet, &other.key));
    assert_eq!(
        (first.subnet.1.as_str(), first.vpc.1.as_str(), first.prefix()),
        ("10.0.4.0/24", "10.0.0.0/16", 24)
    );
    assert!(first.mac.len() == 17 && first.mac.starts_with("06:"), "{}", first.mac);
    assert_eq!((first.zone.as_str(), first.zone_id.as_str()), ("eu-west-3a", "euw3-az1"));
    assert_eq!(first.security_groups.first().map(|it| it.1.as_str()), Some("default"));
    let public = first.public.unwrap_or_default();
    assert!(
        public.1.ends_with(".eu-west-3.compute.amazonaws.com") && public.1.starts_with("ec2-198-51-100-")
    );
}

#[test]
fn a_network_that_is_said_counts_if_the_address_is_in_it() {
    let subnet = |said: &str| {
        let subnet = Named { id: Some("subnet-1".to_owned()), detail: Some(said.to_owned()) };
        Facts::new(&Particulars { subnet, ..Particulars::default() }, "i-1", &address("10.0.4.7"), HOME)
            .subnet
            .1
    };
    for (said, expected) in [
        ("10.0.0.0/20", "10.0.0.0/20"),
        ("0.0.0.0/0", "0.0.0.0/0"),
        ("10.0.5.0/24", "10.0.4.0/24"),
        ("10.0.4.0/33", "10.0.4.0/24"),
        ("nonsense", "10.0.4.0/24"),
    ] {
        assert_eq!(subnet(said), expected, "{said}");
    }
}

#[test]
fn who_is_said_to_have_no_public_address_has_none() {
    let known = Some(("198.51.100.9".to_owned(), "ec2-9".to_owned()));
    let public = |is_public, public_address| {
        let said = Particulars { is_public, public_address, ..Particulars::default() };
        Facts::new(&said, "i-1", &address("10.0.4.7"), HOME).public
    };
    assert_eq!(public(Some(false), known.clone()), None);
    assert_eq!(public(None, known.clone()), known);
    assert_eq!(public(None, None), None);
}

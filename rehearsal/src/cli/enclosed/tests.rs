use super::{Net, size};

#[test]
fn sizes_have_units() {
    assert_eq!(size("512M"), Ok(512 << 20));
    assert_eq!(size("4g"), Ok(4 << 30));
    assert_eq!(size("2GiB"), Ok(2 << 30));
    assert_eq!(size("1048576"), Ok(1 << 20));
    for wrong in ["", "M", "12", "4X", "-1G", "1.5G", "99999999999G"] {
        assert!(size(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn a_proxy_has_an_address() {
    assert_eq!("none".parse(), Ok(Net::None));
    assert_eq!("host-proxy=http://127.0.0.1:3128".parse(), Ok(Net::HostProxy("127.0.0.1:3128".to_owned())));
    for wrong in [
        "",
        "host",
        "host-proxy",
        "host-proxy=",
        "host-proxy=127.0.0.1:3128",
        "none=http://x",
        "host-proxy=http://u:p@x:1",
        "host-proxy=https://x:1",
    ] {
        assert!(wrong.parse::<Net>().is_err(), "{wrong}");
    }
}

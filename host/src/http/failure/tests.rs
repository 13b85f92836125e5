use super::*;

fn direct() -> Hop {
    Hop { origin: "example.com:443".into(), proxy: None, forwards: false, named: false }
}

fn proxied(forwards: bool) -> Hop {
    Hop { proxy: Some("proxy:3128".into()), forwards, ..direct() }
}

fn broken() -> [Error; 3] {
    let alert = rustls::Error::AlertReceived(rustls::AlertDescription::InternalError);
    let io = std::io::Error::new(ErrorKind::InvalidData, "a bad record");
    [Error::Io(std::io::Error::new(ErrorKind::InvalidData, alert)), Error::Tls("broken"), Error::Io(io)]
}

#[test]
fn tls_that_breaks_after_the_handshake_may_have_carried_the_request_or_not() {
    for stage in [Stage::Nothing, Stage::Connected] {
        for error in broken() {
            let shown = format!("{error:?}");
            assert!(matches!(classify(error, &direct(), stage), TransportError::Tls(_)), "{shown}");
        }
    }
    for error in broken() {
        let shown = format!("{error:?}");
        assert!(matches!(classify(error, &direct(), Stage::Open), TransportError::Other(_)), "{shown}");
    }
}

#[test]
fn a_proxy_is_to_blame_until_it_has_led_to_the_origin() {
    let closed = || Error::Io(std::io::Error::from(ErrorKind::UnexpectedEof));
    for stage in [Stage::Nothing, Stage::Proxy] {
        let failed = classify(closed(), &proxied(false), stage);
        assert!(
            matches!(&failed, TransportError::Proxy(why) if why.starts_with("proxy:3128: ")),
            "{failed:?}"
        );
    }
    let failed = classify(closed(), &proxied(false), Stage::Connected);
    assert!(
        matches!(&failed, TransportError::Refused(why) if why.starts_with("example.com:443 ")),
        "{failed:?}"
    );
    let failed = classify(closed(), &proxied(false), Stage::Open);
    assert!(
        matches!(&failed, TransportError::Reset(why) if why.starts_with("example.com:443 ")),
        "{failed:?}"
    );
    // A proxy that takes the request itself answers it, too.
    let failed = classify(closed(), &proxied(true), Stage::Open);
    assert!(
        matches!(&failed, TransportError::Reset(why) if why.starts_with("the proxy proxy:3128 ")),
        "{failed:?}"
    );
}

fn unresolved(host: &str) -> Error {
    Error::Other(Box::new(Unresolved(host.to_owned())))
}

#[test]
fn a_name_that_is_unknown_is_the_one_that_was_looked_up() {
    let failed = |host, hop: &Hop| classify(unresolved(host), hop, Stage::Nothing);
    let proxy = "proxy:3128: its name cannot be resolved".to_owned();
    assert_eq!(failed("example.com", &direct()), TransportError::Dns("example.com:443".into()));
    assert_eq!(failed("Proxy", &proxied(false)), TransportError::Proxy(proxy));
    assert_eq!(failed("example.com", &proxied(false)), TransportError::Dns("example.com:443".into()));
}

#[test]
fn nothing_has_arrived_before_the_connection_is_open() {
    for stage in [Stage::Nothing, Stage::Proxy, Stage::Connected] {
        for hop in [direct(), proxied(false), proxied(true)] {
            let errors = broken().into_iter().chain([
                Error::Timeout(ureq::Timeout::Connect),
                unresolved("example.com"),
                Error::ConnectionFailed,
                Error::ConnectProxyFailed("proxy server responded 403/403".into()),
            ]);
            for error in errors {
                let shown = format!("{error:?} {hop:?} {stage:?}");
                assert!(!classify(error, &hop, stage).may_have_arrived(), "{shown}");
            }
        }
    }
}

#[test]
fn the_status_of_a_proxy_that_refuses_is_found() {
    let refused = |reason: &str| refusal(&Error::ConnectProxyFailed(reason.into()));
    assert_eq!(refused("proxy server responded 407/407"), Some(407));
    assert_eq!(refused("proxy server did not respond"), None);
    assert_eq!(refusal(&Error::HostNotFound), None);
}

//! Whom TLS trusts, and what is said where it does not.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

use std::fs;
use std::io::Write as _;
use std::net::TcpListener;
use std::path::PathBuf;
use std::thread;

use crate::support::secure::{Order, Secure};
use crate::support::{QUICK, Run, Signal, answer, exchange, is_signed};
use tempfile::TempDir;

/// The certificate, as a file.
fn bundle(folder: &TempDir, certificate: &str) -> PathBuf {
    let path = folder.path().join("ca.pem");
    fs::write(&path, certificate).unwrap();
    path
}

/// Signals `server`, trusting what it says is to be trusted.
fn signal(server: &Secure, more: &[&str]) -> Run {
    trusting(&server.certificate, &server.url, more)
}

fn trusting(certificate: &str, url: &str, more: &[&str]) -> Run {
    let folder = TempDir::new().unwrap();
    let bundle = bundle(&folder, certificate);
    Signal::new(&[&["-i", "x", "--ca-bundle", bundle.to_str().unwrap(), url], more].concat()).run()
}

#[test]
fn both_versions_of_tls() {
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        let server = Secure::with(&Order { versions: &[version], ..Order::default() });
        let run = signal(&server, &[]);
        assert_eq!((run.code, server.count()), (0, 1), "{version:?}: {run:?}");
    }
}

#[test]
fn a_certificate_that_an_authority_has_signed() {
    let server = Secure::with(&Order { signed: true, ..Order::default() });
    let run = signal(&server, &[]);
    assert_eq!((run.code, server.count()), (0, 1), "{run:?}");
}

/// What `openssl req -x509` makes.
#[test]
fn a_servers_own_certificate_may_say_that_it_is_an_authoritys() {
    let server = Secure::with(&Order { authority: true, ..Order::default() });
    let run = signal(&server, &[]);
    assert_eq!((run.code, server.count()), (0, 1), "{run:?}");
}

#[test]
fn a_certificate_that_is_not_trusted_is_told_apart() {
    let other = Secure::start().certificate;
    let hour = 3600;
    // What the server shows, whether its own certificate is trusted, and what is said.
    let cases = [
        (Order::default(), false, "its certificate has an issuer that is not trusted"),
        (
            Order { signed: true, ..Order::default() },
            false,
            "its certificate has an issuer that is not trusted",
        ),
        (
            Order { names: &["a.example", "127.0.0.1"], ..Order::default() },
            true,
            "its certificate is for a.example, 127.0.0.1, not for localhost",
        ),
        (
            Order { names: &["a.example"], authority: true, ..Order::default() },
            true,
            "its certificate is for a.example, not for localhost",
        ),
        (
            Order { authority: true, ..Order::default() },
            false,
            "its certificate is a certificate authority's own",
        ),
        (
            Order { valid: (-9 * hour, -2 * hour), ..Order::default() },
            true,
            "its certificate has expired 2 h ago",
        ),
        (
            Order { valid: (-9 * hour, -2 * hour), authority: true, ..Order::default() },
            true,
            "its certificate has expired 2 h ago",
        ),
        (
            Order { valid: (49 * hour, 99 * hour), ..Order::default() },
            true,
            "its certificate is valid only in 2 d, by this machine's clock",
        ),
    ];
    for (order, trusted, said) in cases {
        let server = Secure::with(&order);
        let run = trusting(if trusted { &server.certificate } else { &other }, &server.url, &QUICK);
        assert_eq!((run.code, server.count()), (18, 0), "{said}: {run:?}");
        let last = run.stderr.lines().last().unwrap();
        // A clock may be put right; the rest ends at once.
        let by_the_clock = said.contains("expired") || said.contains("valid only");
        let (what, tries) = match by_the_clock {
            true => ("no secure connection", "(2 tries, "),
            false => ("the server's certificate is not trusted", "(1 try, "),
        };
        assert!(last.contains(&format!("{what}: localhost:{}: {said}", server.port)), "{last}");
        assert!(last.contains(tries), "{last}");
        run.assert_hides(&["s3cr3t", "{", "Context"]);
    }
}

/// A machine's clock is behind at boot.
#[test]
fn a_certificate_that_is_not_valid_yet_is_waited_for() {
    let server = Secure::with(&Order { valid: (3, 86_400), ..Order::default() });
    let run = signal(&server, &["--deadline", "60s", "--max-delay", "1s"]);
    assert_eq!((run.code, server.count()), (0, 1), "{run:?}");
    assert!(run.stderr.contains("its certificate is valid only in"), "{run:?}");
}

#[test]
fn a_server_without_tls() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://localhost:{}/h?Signature=s3cr3t", listener.local_addr().unwrap().port());
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").unwrap();
        }
    });
    let run = trusting(&Secure::start().certificate, &url, &QUICK);
    assert_eq!(run.code, 18, "{run:?}");
    assert!(run.stderr.lines().last().unwrap().contains("it does not speak TLS"), "{run:?}");
    run.assert_hides(&["s3cr3t"]);
}

/// As OpenSSL reads them: a list of folders, and a file beside them.
#[cfg(unix)]
#[test]
fn openssls_folders_and_file() {
    let (empty, full) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let (server, other) = (Secure::start(), Secure::start());
    fs::write(full.path().join("0a1b2c3d.0"), &server.certificate).unwrap();
    let folders = format!("/nonexistent:{}:{}", empty.path().display(), full.path().display());
    let run = Signal::new(&["-i", "x", &server.url]).env("SSL_CERT_DIR", &folders).run();
    assert_eq!((run.code, server.count()), (0, 1), "{run:?}");
    let file = bundle(&empty, &other.certificate);
    for (url, count) in [(&server.url, 2), (&other.url, 1)] {
        let run = Signal::new(&["-i", "x", url])
            .env("SSL_CERT_DIR", &folders)
            .env("SSL_CERT_FILE", file.to_str().unwrap())
            .run();
        assert_eq!(run.code, 0, "{run:?}");
        assert_eq!(if url == &server.url { server.count() } else { other.count() }, count);
    }
}

#[test]
fn addresses_of_ipv6() {
    let keys = ["--access-key", "AKIDEXAMPLE", "--secret-key", "SK", "-i", "i-1", "--region", "eu-west-1"];
    let resource = [&keys[..], &["--stack", "S", "--resource", "R"]].concat();
    let Ok(listener) = TcpListener::bind("[::1]:0") else {
        println!("skipped: needs IPv6 on loopback");
        return;
    };
    let address = listener.local_addr().unwrap().to_string();
    let received = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let log = std::sync::Arc::clone(&received);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            exchange(stream, &log, &|_| answer(200, "{}"));
        }
    });
    let url = format!("http://{address}/");
    let run = Signal::new(&[&resource[..], &["--url", &url]].concat()).run();
    assert_eq!(run.code, 0, "{run:?}");
    let request = received.lock().unwrap()[0].clone();
    assert_eq!(request.headers["host"], address);
    assert!(is_signed(&request), "{}", request.head);

    let server = Secure::with(&Order { names: &["::1"], address: "[::1]:0", ..Order::default() });
    let url = format!("https://[::1]:{}/", server.port);
    let run = trusting(&server.certificate, "", &[&resource[..], &["--url", &url]].concat());
    assert_eq!(run.code, 0, "{run:?}");
    let request = server.received.lock().unwrap()[0].clone();
    assert_eq!(request.headers["host"], format!("[::1]:{}", server.port));
    assert!(is_signed(&request), "{}", request.head);
}

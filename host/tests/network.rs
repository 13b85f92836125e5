//! Proxies, TLS and certificates.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use crate::support::secure::Secure;
use crate::support::{QUICK, Server, Signal, answer, read_request, tunnel};
use tempfile::TempDir;

const HANDLE: &str = "http://example.invalid/h?x=1";

#[test]
fn plain_http_goes_to_a_proxy_with_the_whole_address() {
    let proxy = Server::ok();
    let with_password = proxy.url.replace("http://", "http://user:p%40ss@");
    let run = Signal::new(&["-i", "x", "--http-proxy", &with_password, HANDLE]).env("NO_PROXY", "*").run();
    assert_eq!(run.code, 0, "{run:?}");
    let request = &proxy.received()[0];
    assert!(request.head.starts_with("PUT http://example.invalid/h?x=1 HTTP/1.1\r\n"), "{}", request.head);
    assert_eq!(request.headers["host"], "example.invalid");
    assert_eq!(request.headers["proxy-authorization"], "Basic dXNlcjpwQHNz");
    assert_eq!(request.body, r#"{"Status": "SUCCESS", "Reason": "", "Data": "", "UniqueId": "x"}"#);
}

#[test]
fn the_environments_proxy_and_its_exceptions() {
    let (proxy, server) = (Server::ok(), Server::ok());
    let handle = format!("{}/h", server.url);
    let address = proxy.address.to_string();
    for (variables, proxied) in [
        (vec![("http_proxy", address.as_str())], 1),
        (vec![("ALL_PROXY", &proxy.url)], 2),
        (vec![("HTTP_PROXY", &proxy.url), ("NO_PROXY", "127.0.0.0/8")], 2),
        (vec![("https_proxy", &proxy.url)], 2),
        (vec![("HTTP_PROXY", &proxy.url), ("REQUEST_METHOD", "GET")], 2),
    ] {
        let mut signal = Signal::new(&["-i", "x", &handle]);
        for (name, value) in &variables {
            signal = signal.env(name, value);
        }
        assert_eq!(signal.run().code, 0, "{variables:?}");
        assert_eq!(proxy.received().len(), proxied, "{variables:?}");
    }
    assert_eq!(Signal::new(&["-i", "x", "--no-proxy", &handle]).env("http_proxy", &proxy.url).run().code, 0);
    assert_eq!(proxy.received().len(), 2);
}

#[test]
fn a_proxy_that_is_down_or_is_no_proxy() {
    let run = Signal::new(
        &[&["-i", "x", "--http-proxy", "http://u:hunter2@127.0.0.1:1", HANDLE], &QUICK[..]].concat(),
    )
    .run();
    assert_eq!(run.code, 18, "{run:?}");
    assert!(run.stderr.contains("the proxy failed: 127.0.0.1:1: connection refused"), "{}", run.stderr);
    run.assert_hides(&["hunter2", "x=1"]);
    for address in ["gopher://u:hunter2@h", "http://u:hunter2@127.0.0.1:99999", "u:hunter2@:80"] {
        let run = Signal::new(&["-i", "x", "--http-proxy", address, HANDLE]).run();
        assert_eq!(run.code, 1, "{run:?}");
        assert!(run.stderr.starts_with("Error: --http-proxy is not a proxy's address"), "{}", run.stderr);
        run.assert_hides(&["hunter2"]);
    }
}

#[test]
fn a_proxy_that_refuses_to_connect() {
    let proxy = Server::start(|_| answer(403, ""));
    let handle = "https://example.invalid/h?Signature=s3cr3t";
    let run = Signal::new(&[&["-i", "x", "--https-proxy", &proxy.url, handle], &QUICK[..]].concat()).run();
    assert_eq!((run.code, proxy.received().len()), (18, 2), "{run:?}");
    assert!(run.stderr.lines().last().unwrap().contains("403"), "{}", run.stderr);
    run.assert_hides(&["s3cr3t"]);
}

/// The way to the proxy itself may be secure.
#[test]
fn a_proxy_that_is_spoken_to_by_tls() {
    let (proxy, other) = (Secure::start(), Secure::start());
    let folder = TempDir::new().unwrap();
    let url = format!("https://localhost:{}", proxy.port);
    for (certificate, code) in [(&proxy.certificate, 0), (&other.certificate, 18)] {
        let bundle = folder.path().join("ca.pem");
        fs::write(&bundle, certificate).unwrap();
        let arguments = ["-i", "x", "--http-proxy", &url, "--ca-bundle", bundle.to_str().unwrap(), HANDLE];
        let run = Signal::new(&[&arguments[..], &QUICK].concat()).run();
        assert_eq!((run.code, proxy.count()), (code, 1), "{run:?}");
        let said = format!("the proxy failed: localhost:{}: its certificate has an issuer", proxy.port);
        assert!(code == 0 || run.stderr.lines().last().unwrap().contains(&said), "{run:?}");
    }
    assert!(proxy.received.lock().unwrap()[0].head.starts_with("PUT http://example.invalid/h?x=1 "));
}

/// SOCKS leads to the server by a few bytes (RFC 1928), or does not.
#[test]
fn socks_leads_to_the_server() {
    let server = Server::ok();
    for (answered, code) in [(0, 0), (5, 18)] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let proxy = format!("socks5h://{}", listener.local_addr().unwrap());
        let to = server.address;
        thread::spawn(move || {
            for mut client in listener.incoming().flatten() {
                thread::spawn(move || {
                    let mut greeting = [0; 2];
                    client.read_exact(&mut greeting).unwrap();
                    client.read_exact(&mut vec![0; greeting[1].into()]).unwrap();
                    client.write_all(&[5, 0]).unwrap();
                    let mut asked = [0; 5];
                    client.read_exact(&mut asked).unwrap();
                    assert_eq!(asked[..4], [5, 1, 0, 3], "the proxy resolves the name");
                    client.read_exact(&mut vec![0; usize::from(asked[4]) + 2]).unwrap();
                    client.write_all(&[5, answered, 0, 1, 0, 0, 0, 0, 0, 0]).unwrap();
                    if answered == 0 {
                        tunnel(client, TcpStream::connect(to).unwrap());
                    }
                });
            }
        });
        let run = Signal::new(&[&["-i", "x", "--http-proxy", &proxy, HANDLE], &QUICK[..]].concat()).run();
        assert_eq!((run.code, server.received().len()), (code, 1), "{run:?}");
        let address = proxy.strip_prefix("socks5h://").unwrap();
        let said = format!("the proxy failed: {address}");
        assert!(code == 0 || run.stderr.lines().last().unwrap().contains(&said), "{run:?}");
    }
    assert_eq!(server.received()[0].target, "/h?x=1");
}

/// What comes before a proxy has led to the server is the proxy's fault, whatever it is.
#[test]
fn a_proxy_that_talks_nonsense_is_named() {
    let handle = "https://example.invalid/h?Signature=s3cr3t";
    let said = [
        "SSH-2.0-OpenSSH_9.2\r\n",
        "<html>hello</html>\r\n\r\n",
        "",
        "HTTP/1.1 502 Bad Gateway\r\nx-mark: s3cr3t\r\n\r\ns3cr3t",
        "HTTP/1.1 \r\n\r\n",
    ];
    for answer in said {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        thread::spawn(move || {
            for mut client in listener.incoming().flatten() {
                let _asked = read_request(&mut client);
                let _client_may_be_gone = client.write_all(answer.as_bytes());
            }
        });
        let proxy = format!("http://user:hunter2@{address}");
        let run = Signal::new(&[&["-i", "x", "--https-proxy", &proxy, handle], &QUICK[..]].concat()).run();
        assert_eq!(run.code, 18, "{answer}: {run:?}");
        let last = run.stderr.lines().last().unwrap();
        assert!(last.contains(&format!("the proxy failed: {address}")), "{answer}: {last}");
        run.assert_hides(&["s3cr3t", "hunter2", "example.invalid:443 does not speak"]);
    }
}

/// After that it is the server's.
#[test]
fn a_certificate_that_is_not_trusted_is_the_servers_also_through_a_proxy() {
    let (secure, other) = (Secure::start(), Secure::start());
    let folder = TempDir::new().unwrap();
    let bundle = folder.path().join("ca.pem");
    fs::write(&bundle, &other.certificate).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let proxy = format!("http://{}", listener.local_addr().unwrap());
    let port = secure.port;
    thread::spawn(move || {
        for mut client in listener.incoming().flatten() {
            let _asked = read_request(&mut client);
            client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").unwrap();
            thread::spawn(move || tunnel(client, TcpStream::connect(("127.0.0.1", port)).unwrap()));
        }
    });
    let arguments =
        ["-i", "x", "--https-proxy", &proxy, "--ca-bundle", bundle.to_str().unwrap(), &secure.url];
    let run = Signal::new(&[&arguments[..], &QUICK].concat()).run();
    assert_eq!(run.code, 18, "{run:?}");
    let said =
        format!("the server's certificate is not trusted: localhost:{port}: its certificate has an issuer");
    assert!(run.stderr.lines().last().unwrap().contains(&said), "{run:?}");
}

#[test]
fn a_bundle_of_ones_own_is_trusted_wherever_it_is_named() {
    let folder = TempDir::new().unwrap();
    let bundle = folder.path().join("ca.pem");
    let secure = Secure::start();
    fs::write(&bundle, &secure.certificate).unwrap();
    let bundle = bundle.to_str().unwrap();
    let run = Signal::new(&["-i", "x", "--ca-bundle", bundle, &secure.url])
        .env("REQUESTS_CA_BUNDLE", "/nonexistent")
        .run();
    assert_eq!(run.code, 0, "{run:?}");
    for name in ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "AWS_CA_BUNDLE", "CA_OVERRIDE", "SSL_CERT_FILE"] {
        let run = Signal::new(&["-i", "x", &secure.url]).env(name, bundle).run();
        assert_eq!(run.code, 0, "{name}: {run:?}");
    }
    let run = Signal::new(&["-i", "x", &secure.url])
        .env("REQUESTS_CA_BUNDLE", folder.path().to_str().unwrap())
        .run();
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(secure.received.lock().unwrap().len(), 7);
}

#[test]
fn an_unknown_certificate_is_not_trusted() {
    let folder = TempDir::new().unwrap();
    let bundle = folder.path().join("other.pem");
    fs::write(&bundle, Secure::start().certificate).unwrap();
    let secure = Secure::start();
    let arguments = ["-i", "x", "--ca-bundle", bundle.to_str().unwrap(), &secure.url];
    let run = Signal::new(&[&arguments[..], &QUICK].concat()).run();
    assert_eq!(run.code, 18, "{run:?}");
    assert!(run.stderr.lines().last().unwrap().contains("certificate"), "{}", run.stderr);
    assert!(secure.received.lock().unwrap().is_empty());
    run.assert_hides(&["s3cr3t"]);
}

#[test]
fn a_bundle_that_cannot_be_used_is_one_clear_error() {
    let folder = TempDir::new().unwrap();
    let garbage = folder.path().join("garbage.pem");
    fs::write(&garbage, "not a certificate").unwrap();
    for path in ["/nonexistent/ca.pem", garbage.to_str().unwrap()] {
        for run in [
            Signal::new(&["-i", "x", "--ca-bundle", path, "https://127.0.0.1:1/h?Signature=s3cr3t"]).run(),
            Signal::new(&["-i", "x", "https://127.0.0.1:1/h?Signature=s3cr3t"])
                .env("CURL_CA_BUNDLE", path)
                .run(),
        ] {
            assert_eq!(run.code, 1, "{run:?}");
            assert_eq!(run.stderr.lines().count(), 1, "{}", run.stderr);
            assert!(run.stderr.starts_with("Error: ") && run.stderr.contains(path), "{}", run.stderr);
            run.assert_hides(&["s3cr3t"]);
        }
    }
    // Without TLS it is not even read.
    let server = Server::ok();
    let run =
        Signal::new(&["-i", "x", "--ca-bundle", "/nonexistent/ca.pem", &format!("{}/h", server.url)]).run();
    assert_eq!(run.code, 0, "{run:?}");
}

#[test]
fn https_goes_through_a_proxy_by_connect() {
    let secure = Secure::start();
    let origin = secure.url.split('/').nth(2).unwrap().to_owned();
    let folder = TempDir::new().unwrap();
    let bundle = folder.path().join("ca.pem");
    fs::write(&bundle, &secure.certificate).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let proxy = format!("http://user:pass@{}", listener.local_addr().unwrap());
    let (asked, expected) = (Arc::new(Mutex::new(Vec::new())), origin.clone());
    let log = Arc::clone(&asked);
    thread::spawn(move || {
        for mut client in listener.incoming().flatten() {
            let request = read_request(&mut client).unwrap();
            log.lock().unwrap().push(request);
            client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").unwrap();
            tunnel(client, TcpStream::connect(expected.replace("localhost", "127.0.0.1")).unwrap());
        }
    });
    let arguments =
        ["-i", "x", "--https-proxy", &proxy, "--ca-bundle", bundle.to_str().unwrap(), &secure.url];
    let run = Signal::new(&arguments).run();
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(secure.received.lock().unwrap().len(), 1);
    let asked = asked.lock().unwrap();
    assert_eq!((asked[0].method.as_str(), asked[0].target.as_str()), ("CONNECT", origin.as_str()));
    assert_eq!(asked[0].headers["proxy-authorization"], "Basic dXNlcjpwYXNz");
}

/// Whoever answers for CloudFormation may not have another request signed.
#[test]
fn a_redirect_gets_no_signature() {
    let other = Server::ok();
    let to = format!("{}/?Action=DeleteStack&StackName=prod&Version=2010-05-15", other.url);
    let id = ("x-amzn-requestid", "rid-1".to_owned());
    let server =
        Server::start(move |_| Some((307, vec![("location", to.clone()), id.clone()], String::new())));
    let keys = ["--access-key", "AKIDEXAMPLE", "--secret-key", "SK", "-i", "i-1", "--region", "eu-west-1"];
    let run =
        Signal::new(&[&keys[..], &["--stack", "S", "--resource", "R", "--url", &server.url]].concat()).run();
    assert_eq!((run.code, other.received().len(), server.received().len()), (17, 0, 1), "{run:?}");
    assert!(run.stderr.contains("a signed request follows no redirect"), "{run:?}");
    // A wait handle's URL is signed already, and says where to.
    let to = format!("{}/h?Signature=x", other.url);
    let server = Server::start(move |_| Some((307, vec![("location", to.clone())], String::new())));
    let run = Signal::new(&["-i", "i-1", &format!("{}/h?Signature=x", server.url)]).run();
    assert_eq!((run.code, other.received().len()), (0, 1), "{run:?}");
}

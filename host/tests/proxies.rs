//! Signals through squid and tinyproxy, as Debian has them.
#![cfg(unix)]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests fail by panicking")]

use std::fs::{self, Permissions};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::support::secure::Secure;
use crate::support::{QUICK, Run, Server, Signal};
use tempfile::TempDir;

/// The folder that `make` has unpacked both in, if it has.
fn unpacked() -> PathBuf {
    std::env::var_os("PROXIES").map(PathBuf::from).unwrap_or_default()
}

/// The program, where it was unpacked or is installed; `None` where there is none and that is no mistake.
fn program(name: &str) -> Option<PathBuf> {
    let folders = ["usr/sbin", "usr/bin"];
    let places = folders.iter().flat_map(|folder| [unpacked().join(folder), Path::new("/").join(folder)]);
    let found = places.map(|folder| folder.join(name)).find(|path| path.is_absolute() && path.is_file());
    if found.is_none() {
        assert!(
            std::env::var("CI").as_deref() != Ok("true"),
            "CI=true and there is no {name}: run the tests with `make test`"
        );
        eprintln!("skipped: needs {name} (`make test` unpacks it where there is apt-get)");
    }
    found
}

/// A proxy that runs, and lets nobody but one user through.
struct Proxy {
    child: Child,
    address: SocketAddr,
    _folder: TempDir,
}

impl Proxy {
    /// Runs `program` with the configuration that `configure` makes of an address at `host` and a folder.
    ///
    /// Neither program can be given a socket, so the port is one that was free a moment ago. Each proxy has a
    /// loopback address of its own: at 127.0.0.1 another test's server may be given that very port.
    fn start(
        program: &Path,
        arguments: &[&str],
        host: Ipv4Addr,
        configure: impl Fn(SocketAddr, &Path) -> String,
    ) -> Self {
        let folder = TempDir::new().unwrap();
        // squid goes on as another user.
        fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
        let file = folder.path().join("proxy.conf");
        let libraries: Vec<PathBuf> = fs::read_dir(unpacked().join("usr/lib"))
            .map(|entries| entries.flatten().map(|entry| entry.path()).collect())
            .unwrap_or_default();
        for _ in 0..5 {
            let address = TcpListener::bind((host, 0)).unwrap().local_addr().unwrap();
            fs::write(&file, configure(address, folder.path())).unwrap();
            let mut child = Command::new(program)
                .args(arguments)
                .arg(&file)
                .current_dir(folder.path())
                .env("LD_LIBRARY_PATH", std::env::join_paths(&libraries).unwrap())
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            let started = Instant::now();
            while child.try_wait().unwrap().is_none() && started.elapsed() < Duration::from_secs(60) {
                if TcpStream::connect(address).is_ok() {
                    return Self { child, address, _folder: folder };
                }
                thread::sleep(Duration::from_millis(20));
            }
            let _gone_already = child.kill();
            child.wait().unwrap();
        }
        panic!("{} does not start", program.display());
    }

    fn squid() -> Option<Self> {
        let program = program("squid")?;
        let root = program.parent()?.parent()?.parent()?.to_owned();
        Some(Self::start(&program, &["-N", "-f"], Ipv4Addr::new(127, 0, 0, 2), |address, folder| {
            let helper = folder.join("ask");
            fs::write(
                &helper,
                "while read -r user password; do\n[ \"$user $password\" = 'user p@ss' ] && echo OK || echo ERR\ndone\n",
            )
            .unwrap();
            let (root, helper) = (root.display(), helper.display());
            format!(
                "http_port {address}\n\
                 auth_param basic program /bin/sh {helper}\n\
                 auth_param basic children 1 startup=1\n\
                 auth_param basic realm test\n\
                 acl known proxy_auth REQUIRED\n\
                 http_access allow known\n\
                 http_access deny all\n\
                 cache deny all\n\
                 access_log none\n\
                 cache_log /dev/null\n\
                 pid_filename none\n\
                 mime_table {root}/usr/share/squid/mime.conf\n\
                 icon_directory {root}/usr/share/squid/icons\n\
                 error_directory {root}/usr/share/squid/errors/templates\n\
                 unlinkd_program {root}/usr/lib/squid/unlinkd\n\
                 logfile_daemon {root}/usr/lib/squid/log_file_daemon\n\
                 cache_effective_user nobody\n\
                 visible_hostname test\n\
                 dns_nameservers 127.0.0.1\n\
                 shutdown_lifetime 0 seconds\n\
                 netdb_filename none\n\
                 pinger_enable off\n"
            )
        }))
    }

    fn tinyproxy() -> Option<Self> {
        let program = program("tinyproxy")?;
        Some(Self::start(&program, &["-d", "-c"], Ipv4Addr::new(127, 0, 0, 3), |address, _| {
            format!(
                "Port {}\nListen {}\nTimeout 60\nBasicAuth user pass\nAllow 127.0.0.1\nLogLevel Critical\n",
                address.port(),
                address.ip()
            )
        }))
    }

    fn url(&self, who: &str) -> String {
        format!("http://{who}{}", self.address)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let _gone_already = self.child.kill();
        let _status = self.child.wait();
    }
}

/// Signals `server` and `secure` through the proxy at `url`, one after the other.
fn through(url: &str, server: &Server, secure: &Secure) -> [Run; 2] {
    let folder = TempDir::new().unwrap();
    let bundle = folder.path().join("ca.pem");
    fs::write(&bundle, &secure.certificate).unwrap();
    let plain = format!("{}/h?Signature=s3cr3t", server.url);
    [&plain, &secure.url].map(|handle| {
        let arguments = ["-i", "x", "--ca-bundle", bundle.to_str().unwrap(), handle];
        Signal::new(&[&arguments[..], &QUICK].concat()).env("http_proxy", url).env("https_proxy", url).run()
    })
}

/// Forwarded for http, by `CONNECT` for https; with the right password, and without.
fn carries_signals(proxy: &Proxy, password: &str) {
    let (server, secure) = (Server::ok(), Secure::start());
    for run in through(&proxy.url(&format!("user:{password}@")), &server, &secure) {
        assert_eq!(run.code, 0, "{run:?}");
    }
    assert_eq!((server.received().len(), secure.count()), (1, 1));
    let request = &server.received()[0];
    assert_eq!(request.target, "/h?Signature=s3cr3t");
    assert_eq!(request.headers["host"], server.address.to_string());
    assert!(!request.headers.contains_key("proxy-authorization"), "{}", request.head);
    for who in ["", "user:hunter2@"] {
        let runs = through(&proxy.url(who), &server, &secure);
        // The same end, and at once.
        for run in &runs {
            assert_eq!(run.code, 17, "{run:?}");
            let [line] = run.stderr.lines().collect::<Vec<_>>()[..] else { panic!("{run:?}") };
            assert!(
                line.contains("407") && line.contains("give the proxy's user name and password"),
                "{line}"
            );
            run.assert_hides(&["hunter2", "s3cr3t"]);
        }
    }
    assert_eq!((server.received().len(), secure.count()), (1, 1));
}

#[test]
fn squid_carries_signals() {
    if let Some(proxy) = Proxy::squid() {
        carries_signals(&proxy, "p%40ss");
    }
}

#[test]
fn tinyproxy_carries_signals() {
    if let Some(proxy) = Proxy::tinyproxy() {
        carries_signals(&proxy, "pass");
    }
}

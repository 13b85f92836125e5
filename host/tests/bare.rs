//! A root with nothing in it but the command, as an image `FROM scratch` has it, and what may be added to such a root.
//!
//! For root alone, and for a command that needs no libraries: `CFN_SIGNAL_COMMAND` names it, in its emulator if it is for another
//! machine. `make test-dist` does.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

use std::ffi::{CStr, CString, OsStr, OsString};
use std::io;
use std::net::UdpSocket;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{MetadataExt as _, chroot};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;
use std::{env, fs, mem, ptr, thread};

use crate::support::secure::{Order, Secure};
use crate::support::{QUICK, Server, Signal, is_signed, metadata};
use tempfile::TempDir;

const KEYS: [&str; 4] = ["--access-key", "AKIDEXAMPLE", "--secret-key", "SK"];

struct Bare(TempDir);

impl Bare {
    /// `None` where such a root cannot be made, and that is no mistake.
    fn new() -> Option<Self> {
        let Ok(words) = env::var("CFN_SIGNAL_COMMAND") else {
            eprintln!("skipped: needs a static command (`make test-dist`)");
            return None;
        };
        let folder = TempDir::new().unwrap();
        if folder.path().metadata().unwrap().uid() != 0 {
            eprintln!("skipped: only root may change the root");
            return None;
        }
        for file in words.split_whitespace().map(Path::new).filter(|path| path.is_file()) {
            fs::copy(file, folder.path().join(file.file_name().unwrap())).unwrap();
        }
        Some(Self(folder))
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.0.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn signal(&self, arguments: &[&str]) -> Signal {
        self.signal_after(arguments, |_| Ok(()))
    }

    /// The command in this root, once `change` has been made to it.
    fn signal_after(&self, arguments: &[&str], change: fn(&CStr) -> io::Result<()>) -> Signal {
        let root = self.0.path().to_owned();
        let path = CString::new(root.as_os_str().as_encoded_bytes()).unwrap();
        Signal::new(arguments).confined(|command| {
            let outside = mem::replace(command, Command::new("/"));
            *command = Command::new(inside(outside.get_program()));
            command.args(outside.get_args().map(inside)).env_clear();
            command.envs(outside.get_envs().filter_map(|(name, value)| Some((name, value?))));
            let enter = move || {
                change(&path)?;
                chroot(&root)?;
                env::set_current_dir("/")
            };
            // SAFETY: between fork and exec, nothing but system calls.
            #[expect(unsafe_code, reason = "the root has to be changed before the command begins")]
            unsafe {
                command.pre_exec(enter);
            }
        })
    }
}

/// What a word of the command is in the root: its files are at the top of it.
fn inside(word: &OsStr) -> OsString {
    let path = Path::new(word);
    match path.file_name() {
        Some(name) if path.is_absolute() && path.is_file() => Path::new("/").join(name).into(),
        _ => word.to_owned(),
    }
}

#[test]
fn nothing_but_the_command() {
    let Some(bare) = Bare::new() else { return };
    let (server, service) = (Server::ok(), Server::start(metadata));
    let resource = ["--stack", "S", "--resource", "R", "--url", &server.url];
    let run = bare.signal(&[&resource[..], &KEYS, &["-i", "i-1", "--region", "eu-west-1"]].concat()).run();
    assert_eq!(run.code, 0, "{run:?}");
    assert!(is_signed(&server.received()[0]), "{run:?}");
    // As the instance, and without a home.
    let instance = bare.signal(&[&resource[..], &["--output", "json"]].concat());
    let run = instance.metadata(&service).confined(|command| _ = command.env_remove("HOME")).run();
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(run.signed_with(), "the instance identity (CFN_V1)", "{run:?}");
    assert!(server.authorization().starts_with("CFN_V1 "), "{}", server.authorization());
    // The wait condition's.
    let run = bare.signal(&["-i", "x", "-e", "1", "-r", "why", &format!("{}/handle?a=b", server.url)]).run();
    assert_eq!(run.code, 0, "{run:?}");
    let sent = server.received();
    assert_eq!((sent.len(), sent[2].method.as_str()), (3, "PUT"), "{run:?}");
    assert!(sent[2].body.contains(r#""Reason": "why""#), "{}", sent[2].body);
}

/// A server known by its address: no name has to be found.
fn secure() -> (Secure, String) {
    let server = Secure::with(&Order { names: &["127.0.0.1"], ..Order::default() });
    let url = format!("https://127.0.0.1:{}/h?Signature=s3cr3t", server.port);
    (server, url)
}

#[test]
fn certificates_are_where_each_system_keeps_them() {
    let places = [
        // Debian and Ubuntu, Amazon Linux and Red Hat, SUSE, Alpine; and folders of one certificate a file.
        "etc/ssl/certs/ca-certificates.crt",
        "etc/pki/tls/certs/ca-bundle.crt",
        "etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
        "etc/ssl/ca-bundle.pem",
        "etc/ssl/cert.pem",
        "etc/ssl/certs/0a1b2c3d.0",
        "etc/pki/tls/certs/0a1b2c3d.0",
    ];
    for place in places {
        let Some(bare) = Bare::new() else { return };
        let (server, url) = secure();
        bare.write(place, &server.certificate);
        let run = bare.signal(&["-i", "x", &url]).run();
        assert_eq!((run.code, server.count()), (0, 1), "{place}: {run:?}");
    }
}

/// Those that the command carries, which are the web's and not this server's.
#[test]
fn without_certificates_the_built_in_ones_are_trusted() {
    let Some(bare) = Bare::new() else { return };
    let (server, url) = secure();
    let run = bare.signal(&[&["-i", "x", &url], &QUICK[..]].concat()).run();
    assert_eq!((run.code, server.count()), (18, 0), "{run:?}");
    assert!(run.stderr.contains("its certificate has an issuer that is not trusted"), "{run:?}");
}

#[test]
fn names_are_found_in_etc_hosts() {
    let Some(bare) = Bare::new() else { return };
    bare.write("etc/hosts", "127.0.0.1 four.example\n::1 six.example\n");
    for (name, address) in [("four.example", "127.0.0.1:0"), ("six.example", "[::1]:0")] {
        let server = Secure::with(&Order { names: &[name], address, ..Order::default() });
        bare.write("etc/ssl/certs/ca-certificates.crt", &server.certificate);
        let run = bare.signal(&["-i", "x", &format!("https://{name}:{}/h", server.port)]).run();
        assert_eq!((run.code, server.count()), (0, 1), "{name}: {run:?}");
    }
}

/// A name server that has the address 127.0.0.1 for every name, and no other.
fn name_server(address: &str) -> io::Result<()> {
    let socket = UdpSocket::bind((address, 53))?;
    thread::spawn(move || {
        let mut question = [0; 512];
        while let Ok((length, from)) = socket.recv_from(&mut question) {
            let asked = &question[..length];
            // The question's name ends in a zero; its type and class follow.
            let end = asked.iter().skip(12).position(|byte| *byte == 0).unwrap() + 12;
            let is_a = asked[end + 1..=end + 2] == [0, 1];
            let mut answer = [&asked[..2], &[0x81, 0x80, 0, 1, 0, u8::from(is_a), 0, 0, 0, 0]].concat();
            answer.extend_from_slice(&asked[12..=end + 4]);
            if is_a {
                answer.extend_from_slice(&[0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 127, 0, 0, 1]);
            }
            socket.send_to(&answer, from).unwrap();
        }
    });
    Ok(())
}

#[test]
fn names_are_asked_of_the_name_server() {
    let Some(bare) = Bare::new() else { return };
    if let Err(error) = name_server("127.77.0.53") {
        eprintln!("skipped: no name server can be here: {error}");
        return;
    }
    bare.write("etc/resolv.conf", "search eu-west-1.compute.internal\nnameserver 127.77.0.53\n");
    let server = Server::ok();
    let url = format!("http://cloudformation.example:{}", server.address.port());
    let more = ["-i", "i-1", "--region", "eu-west-1", "--stack", "S", "--resource", "R", "--url", &url];
    let run = bare.signal(&[&KEYS, &more[..]].concat()).run();
    assert_eq!((run.code, server.received().len()), (0, 1), "{run:?}");
}

/// Where nobody gives an id, a wait condition's signal has the machine's name, with its domain.
#[test]
fn the_machines_name_has_its_domain() {
    let Some(bare) = Bare::new() else { return };
    let name = fs::read_to_string("/proc/sys/kernel/hostname").unwrap().trim().to_owned();
    let short = name.split('.').next().unwrap();
    bare.write("etc/hosts", &format!("127.0.1.1 {short}.domain.example {name}\n"));
    let server = Server::ok();
    let run = bare.signal(&[&format!("{}/h", server.url)]).run();
    assert_eq!(run.code, 0, "{run:?}");
    let id = format!(r#""UniqueId": "{short}.domain.example""#);
    assert!(server.received()[0].body.contains(&id), "{}", server.received()[0].body);
}

/// Mounts `root` over itself, for this process alone, so that nothing can be written in it.
fn read_only(root: &CStr) -> io::Result<()> {
    // SAFETY: it takes a number.
    #[expect(unsafe_code, reason = "no library that is used here has it in a safe way")]
    let unshared = unsafe { libc::unshare(libc::CLONE_NEWNS) };
    if unshared != 0 {
        return Err(io::Error::last_os_error());
    }
    mount(c"/", c"/", libc::MS_REC | libc::MS_PRIVATE)?;
    mount(root, root, libc::MS_BIND)?;
    mount(root, root, libc::MS_BIND | libc::MS_REMOUNT | libc::MS_RDONLY)?;
    let probe = Path::new(OsStr::from_bytes(root.to_bytes())).join("written");
    match fs::write(probe, "") {
        Err(error) if error.kind() == io::ErrorKind::ReadOnlyFilesystem => Ok(()),
        _ => Err(io::ErrorKind::Other.into()),
    }
}

fn mount(from: &CStr, to: &CStr, flags: libc::c_ulong) -> io::Result<()> {
    // SAFETY: strings that live until the call has returned.
    #[expect(unsafe_code, reason = "no library that is used here has it in a safe way")]
    let result = unsafe { libc::mount(from.as_ptr(), to.as_ptr(), ptr::null(), flags, ptr::null()) };
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

#[test]
fn nothing_has_to_be_written() {
    let Some(bare) = Bare::new() else { return };
    let server = Server::ok();
    let url = format!("{}/h", server.url);
    let run = bare.signal_after(&["-i", "x", &url], read_only).run();
    assert_eq!((run.code, server.received().len()), (0, 1), "{run:?}");
}

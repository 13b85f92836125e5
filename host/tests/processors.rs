//! The machine code of the component, made on one processor, runs on every other of its kind: an image is built on a newer machine than
//! the oldest instance that starts from it.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

use std::env;
use std::env::consts::ARCH;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What the build script left, and the command carries.
static ARTIFACT: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/signer.cwasm"));

/// The oldest processors that the command has to run on.
fn oldest() -> &'static [&'static str] {
    match ARCH {
        "x86_64" => &["qemu64", "Nehalem"],
        // The second is that of the first generation of AWS's own: without instructions for atomics.
        "aarch64" => &["cortex-a53", "cortex-a72"],
        _ => &[],
    }
}

/// The folder that `make` has unpacked QEMU in, if it has.
fn unpacked() -> PathBuf {
    env::var_os("QEMU").map(PathBuf::from).unwrap_or_default()
}

/// QEMU for programs of this machine's kind, where it was unpacked or is installed; `None` where there is none and that is no mistake.
fn emulator() -> Option<PathBuf> {
    let name = format!("qemu-{ARCH}");
    let places = [unpacked().join("usr/bin"), "/usr/bin".into()];
    let found = places.map(|folder| folder.join(&name)).into_iter().find(|path| path.is_file());
    if found.is_none() {
        assert!(
            env::var("CI").as_deref() != Ok("true"),
            "CI=true and there is no {name}: run the tests with `make test`"
        );
        eprintln!("skipped: needs {name} (`make qemu` unpacks it where there is apt-get)");
    }
    found
}

/// The folders of the libraries that came with it.
fn libraries() -> Vec<PathBuf> {
    let below = |folder: &Path| -> Vec<PathBuf> {
        fs::read_dir(folder)
            .map(|entries| entries.flatten().map(|entry| entry.path()).collect())
            .unwrap_or_default()
    };
    ["usr/lib", "lib"].iter().flat_map(|folder| below(&unpacked().join(folder))).collect()
}

#[test]
fn older_processors_run_the_command() {
    let Some(emulator) = emulator() else { return };
    for processor in oldest() {
        let output = Command::new(&emulator)
            .env_clear()
            .env("LD_LIBRARY_PATH", env::join_paths(libraries()).unwrap())
            .args(["-cpu", processor, env!("CARGO_BIN_EXE_cfn-signal")])
            .args(["--dry-run", "-e", "0", "-i", "x", "http://127.0.0.1:9/h"])
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.code(), Some(0), "{processor}: {output:?}");
        assert!(said.starts_with("PUT http://127.0.0.1:9/h"), "{processor}: {said}");
    }
}

/// wasmtime notes in its artifacts what they need of a processor: a name with its length before it, and a flag that is on or off.
#[test]
fn the_machine_code_does_not_depend_on_the_machine_that_made_it() {
    const OFF: &[u8] = &[2, 0];
    let is_name = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || *byte == b'_';
    let mut flags = 0;
    for at in (1..ARTIFACT.len()).filter(|at| ARTIFACT[*at..].starts_with(b"has_")) {
        let name: Vec<u8> = ARTIFACT[at..].iter().copied().take_while(is_name).collect();
        if usize::from(ARTIFACT[at - 1]) == name.len() {
            let value = &ARTIFACT[at + name.len()..];
            assert!(value.starts_with(OFF), "{}: {:?}", String::from_utf8_lossy(&name), &value[..2]);
            flags += 1;
        }
    }
    assert!(flags > 3, "{flags} flags: they are not found any more");
}

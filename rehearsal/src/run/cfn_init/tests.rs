#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use std::fs;
use std::path::PathBuf;

use serde_json::json;
use tempfile::TempDir;

use super::config_sets::configs;
use super::*;

/// An instance's disk, and what is told.
struct Machine {
    directory: TempDir,
}

impl Machine {
    fn new() -> Self {
        let directory = TempDir::new().unwrap();
        fs::create_dir(directory.path().join("disk")).unwrap();
        Self { directory }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// What comes of this metadata, and what is told of it.
    fn built(&self, init: &Json, stubs: &[&str]) -> (Result<(), String>, String) {
        let mut journal = Journal::open(&self.path("calls"), &self.path("log")).unwrap();
        let disk = Disk::open(self.path("disk")).unwrap();
        let stubs = stubs.iter().map(|it| (*it).to_owned()).collect();
        let result = build::build(init, vec!["default".to_owned()], &disk, stubs, &mut journal);
        (result, fs::read_to_string(self.path("calls")).unwrap())
    }
}

#[test]
fn config_sets_give_configs_in_their_order() {
    let init = json!({"configSets": {
        "one": ["a", "b"],
        "two": [{"ConfigSet": "one"}, "c"],
        "alone": "d",
        "default": [{"ConfigSet": "two"}],
        "round": [{"ConfigSet": "about"}],
        "about": [{"ConfigSet": "round"}],
    }});
    let given = |sets: &[&str]| configs(&init, &sets.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>());
    assert_eq!(given(&["one"]).unwrap(), ["a", "b"]);
    assert_eq!(given(&["default"]).unwrap(), ["a", "b", "c"]);
    assert_eq!(given(&["alone", "one"]).unwrap(), ["d", "a", "b"]);
    assert_eq!(given(&["none"]).unwrap_err(), "there is no config set none");
    assert_eq!(given(&["round"]).unwrap_err(), "config set round has itself in it");
    assert_eq!(configs(&json!({"config": {}}), &["default".to_owned()]).unwrap(), ["config"]);
}

#[test]
fn commands_run_by_name_with_their_test_environment_and_folder() {
    let machine = Machine::new();
    let (result, told) = machine.built(
        &json!({"config": {"commands": {
            "b": {"command": ["echo", "listed $HOME", 2]},
            "a": {"command": "echo $WHO in $(basename \"$PWD\") ${CARGO_MANIFEST_DIR:-without}", "env": {"WHO": "me"}, "cwd": "/srv/app"},
            "c": {"command": "echo tested", "test": "false"},
            "d": {"command": "exit 3", "ignoreErrors": "true"},
            "e": {"command": {"Fn::GetAtt": "X.Y"}},
            "f": {"command": "exit 4"},
            "g": {"command": "echo never"},
        }, "sources": {"/srv/app": "https://example.invalid/a.zip"}}}),
        &[],
    );
    assert_eq!(result.unwrap_err(), "Error occurred during build: Command f failed");
    let wanted = [
        "sources are not fetched here: /srv/app from https://example.invalid/a.zip",
        "\nme in app without\n",
        "Command a succeeded",
        "\nlisted $HOME 2\n",
        "the test of command c failed, so it is not run",
        "Command d failed (exit status: 3)",
        "command e is not run: it has a value that only the real service knows",
        "Command f failed (exit status: 4)",
    ];
    let places: Vec<_> = wanted.iter().map(|text| told.find(text)).collect();
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{places:?} {told}");
    assert!(!told.contains("tested\n") && !told.contains("never"), "{told}");
    assert!(fs::read_to_string(machine.path("log")).unwrap().contains("[ERROR] Command f failed"));
}

#[test]
fn files_are_written_below_the_disk() {
    use std::os::unix::fs::PermissionsExt as _;

    let machine = Machine::new();
    let (result, told) = machine.built(
        &json!({"config": {"files": {
            "/etc/a": {"content": "{{name}} {{{name}}} {{gone}}{{! no }}.", "context": {"name": "<me>"}, "mode": "000600"},
            "/etc/../b": {"content": "aGk=\n", "encoding": "base64", "mode": "000755"},
            "/etc/c": {"content": {"k": [1, "v"]}},
            "/etc/d": {"source": "https://example.invalid/d"},
            "/etc/e": {"content": "/etc/a", "mode": "120644"},
            "/etc/f": {"content": {"Fn::GetAtt": "X.Y"}},
            "/etc/g": {"content": "{{#x}}y{{/x}}", "context": {}},
        }}}),
        &[],
    );
    result.unwrap();
    let read = |name: &str| fs::read_to_string(machine.path("disk").join(name)).ok();
    assert_eq!(read("etc/a").unwrap(), "&lt;me&gt; <me> .");
    assert_eq!(read("b").unwrap(), "hi");
    assert_eq!(read("etc/c").unwrap(), r#"{"k":[1,"v"]}"#);
    assert_eq!(read("etc/g").unwrap(), "{{#x}}y{{/x}}");
    assert_eq!([read("etc/d"), read("etc/e"), read("etc/f")], [None, None, None]);
    let mode =
        |name: &str| fs::metadata(machine.path("disk").join(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!([mode("etc/a"), mode("b"), mode("etc/c")], [0o600, 0o755, 0o644]);
    for text in
        ["/etc/d comes from elsewhere", "/etc/e is a link", "/etc/f has a value", "/etc/g: of its Mustache"]
    {
        assert!(told.contains(text), "{text}: {told}");
    }
}

#[test]
fn what_would_change_the_machine_is_only_named() {
    let machine = Machine::new();
    let init = json!({"config": {
        "packages": {"yum": {"httpd": [], "php": "1"}},
        "users": {"app": {"uid": "50"}},
        "services": {"systemd": {"nginx": {"enabled": "true", "ensureRunning": true}}, "sysvinit": {"x": {"ensureRunning": "false"}}},
    }});
    let (result, told) = machine.built(&init, &[]);
    result.unwrap();
    for text in [
        "packages are not installed here: httpd, php",
        "users are not made here: app",
        "systemd: nginx: no service is touched here (start)",
        "sysvinit: x: no service is touched here (stop)",
    ] {
        assert!(told.contains(text), "{text}: {told}");
    }
}

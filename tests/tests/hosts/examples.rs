//! Where the examples are, and what they need.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use cfn_signal_tests::binaries;
use serde_json::Value;

/// A file of `hosts/`.
pub fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("hosts").join(name)
}

/// The request that every example signs.
pub fn request() -> PathBuf {
    file("request.json")
}

/// The signature that it has to get.
pub fn signature() -> String {
    let request: Value = serde_json::from_slice(&fs::read(request()).unwrap()).unwrap();
    request.get("expected-signature").and_then(Value::as_str).unwrap().to_owned()
}

/// Node's examples in a folder with the packages of `hosts/node/package.json` that `make` prepared, beside the components
/// that they import; `None` where there are no packages and that is no mistake: then the test says that it was skipped.
pub fn node() -> Option<&'static Path> {
    static READY: OnceLock<Option<PathBuf>> = OnceLock::new();
    READY.get_or_init(prepare).as_deref()
}

fn prepare() -> Option<PathBuf> {
    let folder = std::env::var_os("HOSTS_NODE").map(PathBuf::from);
    let Some(folder) = folder.filter(|it| it.join("node_modules/@bytecodealliance/jco").is_dir()) else {
        assert!(
            std::env::var("CI").as_deref() != Ok("true"),
            "CI=true and HOSTS_NODE names no folder with jco: run the tests with `make test`"
        );
        eprintln!("skipped: needs node with tests/hosts/node/package.json (`make test` prepares it)");
        return None;
    };
    // A module finds packages, and the components, beside the file that imports them.
    for entry in fs::read_dir(file("node")).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_file() {
            fs::copy(entry.path(), folder.join(entry.file_name())).unwrap();
        }
    }
    run(&folder, "signer", &[&binaries::component("signer.wasm")]);
    run(&folder, "client", &[&binaries::component("client.wasm")]);
    Some(folder)
}

/// Runs a script of `package.json`.
pub fn run(folder: &Path, script: &str, arguments: &[&Path]) {
    let mut npm = binaries::isolated(Path::new("npm"));
    // It makes its home where there is none.
    npm.env("HOME", folder).env("npm_config_logs_max", "0").current_dir(folder);
    let output = npm.args(["run", "--silent", script, "--"]).args(arguments).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "npm run {script}: {said}");
}

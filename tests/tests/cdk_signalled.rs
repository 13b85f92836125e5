//! The user data of `docs/cdk`, in both languages: an app with an instance and a group is synthesised, and its template linted and
//! rehearsed as it is.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use cfn_signal_tests::{binaries, cdk};
use tempfile::TempDir;

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// `program`, told neither of credentials nor of anybody's home.
fn tool(program: impl AsRef<std::ffi::OsStr>, work: &Path) -> Command {
    let mut command = Command::new(program);
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default()).current_dir(work);
    command.env("HOME", work).env("AWS_EC2_METADATA_DISABLED", "true").env("TMPDIR", work.join("tmp"));
    command.env("JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION", "18,20,22");
    command
}

/// A folder with the helper, the app and what Node asks for.
fn folder(extension: &str) -> TempDir {
    let work = TempDir::new().unwrap();
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    for from in [tests.join("../docs/cdk"), tests.join("cdk/signalled")] {
        for entry in fs::read_dir(from).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.extension().is_some_and(|it| it == extension) {
                fs::copy(&entry, work.path().join(entry.file_name().unwrap())).unwrap();
            }
        }
    }
    fs::write(work.path().join("package.json"), r#"{"type": "module"}"#).unwrap();
    // jsii's own program is no module: Node asks the nearest of these.
    fs::create_dir(work.path().join("tmp")).unwrap();
    fs::write(work.path().join("tmp/package.json"), "{}").unwrap();
    work
}

fn done(command: &mut Command) {
    let output = command.output().unwrap();
    let text = said(&output);
    assert!(output.status.success(), "{command:?}: {}", text.get(..4_000).unwrap_or(&text));
}

/// Lint finds nothing, and both signal what becomes of the commands.
fn hold(template: &Path) {
    let lint = binaries::cfn_rehearse().arg("lint").arg(template).output().unwrap();
    assert!(lint.status.success() && said(&lint).contains("no findings"), "{}", said(&lint));
    let rehearsed = |stub: &str| {
        let arguments = ["--stack-name", "Web", "--stub", stub];
        let output = binaries::cfn_rehearse().arg("run").arg(template).args(arguments).output().unwrap();
        (output.status.code(), said(&output))
    };
    let (code, text) = rehearsed("configure=0");
    assert_eq!(code, Some(0), "{text}");
    assert_eq!(text.matches("Received SUCCESS signal with UniqueId i-").count(), 3, "{text}");
    let (code, text) = rehearsed("configure=7");
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("cfn-signal: configure --port 8"), "the step that failed is the reason: {text}");
    assert!(text.contains("FAILURE signal"), "{text}");
    assert!(!text.contains("10 min in virtual time"), "at once: {text}");
}

#[test]
fn typescript() {
    let Some(packages) = cdk::packages() else { return };
    let compiler = std::env::var_os("HOSTS_NODE").map(|it| PathBuf::from(it).join("node_modules/.bin/tsc"));
    let Some(compiler) = compiler.filter(|path| path.is_file()) else {
        assert!(
            std::env::var("CI").as_deref() != Ok("true"),
            "CI=true and HOSTS_NODE has no tsc: run `make test`"
        );
        eprintln!("skipped: needs tsc in HOSTS_NODE (`make test` prepares it)");
        return;
    };
    let work = folder("ts");
    std::os::unix::fs::symlink(packages.join("node_modules"), work.path().join("node_modules")).unwrap();
    let strict = ["--strict", "--skipLibCheck", "--types", "", "--target", "es2022"];
    let modules = ["--module", "nodenext", "--moduleResolution", "nodenext"];
    done(tool(compiler, work.path()).args(strict).args(modules).args(["app.ts", "signalled-user-data.ts"]));
    done(tool("node", work.path()).args(["app.js", "out"]));
    hold(&work.path().join("out/Web.template.json"));
}

#[test]
fn python() {
    let Some(python) = cdk::python() else { return };
    let work = folder("py");
    let cache = python.parent().unwrap().join("../jsii-packages");
    let mut app = tool(&python, work.path());
    done(app.env("JSII_RUNTIME_PACKAGE_CACHE_ROOT", cache).args(["app.py", "out"]));
    hold(&work.path().join("out/Web.template.json"));
}

//! A rehearsal whose instances boot in boxes.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

use cfn_signal_tests::binaries;
use tempfile::TempDir;

/// An instance whose stack waits for its signal, and what it runs.
pub(crate) const SERVER: &str = "Resources: {Server: {Type: AWS::EC2::Instance, \
    CreationPolicy: {ResourceSignal: {Timeout: PT5M}}, Properties: {ImageId: ami-0123456789abcdef0}}}";

/// The image, and why there is none.
static IMAGE: LazyLock<Result<PathBuf, String>> = LazyLock::new(|| {
    let named = std::env::var_os("INSTANCE_ROOT").map(PathBuf::from);
    let image = named
        .filter(|it| it.is_file())
        .ok_or("an image (`make instance-root` makes it where there is debootstrap)")?;
    // Unpacked once, not by all tests at a time.
    let folder = TempDir::new().unwrap();
    let output =
        command(&image, &folder, "#!/bin/sh\nexit 0\n", "Resources: {Server: {Type: AWS::EC2::Instance}}")
            .output()
            .unwrap();
    let said = text(&output);
    assert!(output.status.success() || said.contains("needs user namespaces"), "{said}");
    if output.status.success() { Ok(image) } else { Err("user namespaces".to_owned()) }
});

/// The image; none where it cannot be booted here, which is said.
pub(crate) fn image() -> Option<&'static Path> {
    match &*IMAGE {
        Ok(image) => Some(image),
        Err(needed) => {
            assert!(std::env::var("CI").as_deref() != Ok("true"), "CI=true, and there is no {needed}");
            eprintln!("skipped: needs {needed}");
            None
        }
    }
}

/// A rehearsal of a template, whose files are in `folder`.
pub(crate) fn command(image: &Path, folder: &TempDir, user_data: &str, template: &str) -> Command {
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let mut command = binaries::cfn_rehearse();
    command
        .arg("run")
        .arg(file("template.yaml", template))
        .arg("--root")
        .arg(image)
        .args(["--region", "eu-west-3"]);
    if !user_data.is_empty() {
        command.arg("--user-data").arg(file("user-data", user_data));
    }
    // What is unpacked once is kept, but not where whoever tests has his own.
    command.env("XDG_CACHE_HOME", image.with_file_name("cache"));
    // And what one test leaves is not another's.
    command.env("TMPDIR", folder.path());
    command
}

/// What becomes of an instance with this user data, whose stack waits for its signal.
pub(crate) fn boot(user_data: &str, options: &[&str]) -> Option<Output> {
    let folder = TempDir::new().unwrap();
    let output = command(image()?, &folder, user_data, SERVER).args(options).output().unwrap();
    assert_eq!(left(&folder), Vec::<String>::new(), "{}", text(&output));
    Some(output)
}

/// What a rehearsal has left in its folder.
pub(crate) fn left(folder: &TempDir) -> Vec<String> {
    let names = folder.path().read_dir().unwrap().map(|it| it.unwrap().file_name().into_string().unwrap());
    names.filter(|it| !["template.yaml", "user-data"].contains(&it.as_str())).collect()
}

pub(crate) fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// What an instance said, a line each.
pub(crate) fn said(output: &Output) -> Vec<String> {
    let lines = text(output);
    lines.lines().filter_map(|it| it.strip_prefix("  Server | ").map(str::to_owned)).collect()
}

/// As a shell script whose last line signals what it exits with.
pub(crate) fn signalling(script: &str) -> String {
    format!(
        "#!/bin/bash\n({script}\n)\n/opt/aws/bin/cfn-signal -e $? --stack rehearsal --resource Server --region eu-west-3\n"
    )
}

//! The image's own cloud-init boots an instance; and what is played without it does the same.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tempfile::TempDir;

use super::boxed::{command, image, text};

#[test]
fn the_walk_through_completes_by_the_images_cloud_init() {
    let Some(image) = image() else { return };
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../rehearsal/demo/5-repaired.yaml");
    let template = fs::read_to_string(path).unwrap();
    let folder = TempDir::new().unwrap();
    let output = command(image, &folder, "", &template).args(["--init", "cloud-init"]).output().unwrap();
    let said = text(&output);
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.contains("Received SUCCESS signal with UniqueId i-"), "{said}");
    assert!(said.contains("Datasource DataSourceEc2"), "{said}");
    for stage in ["init --local", "init", "modules --mode=config", "modules --mode=final"] {
        assert!(said.contains(&format!("Server: cloud-init {stage} exited with status")), "{stage}: {said}");
    }
}

/// Notes that it ran, and how it ended.
fn noting(name: &str, rest: &str) -> String {
    format!(
        "#!/bin/bash\ntrap 'echo {name} ended with $? >>/record/order' EXIT\nmkdir -p /record\necho {name} >>/record/order\n{rest}\n"
    )
}

/// And signals for its instance, under that name.
fn signalling(name: &str, rest: &str) -> String {
    noting(
        name,
        &format!(
            "({rest})\n/opt/aws/bin/cfn-signal -e 0 --id {name}-$? --stack rehearsal --resource {name} --region eu-west-3"
        ),
    )
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut child =
        Command::new("gzip").arg("-c").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(text).unwrap();
    child.wait_with_output().unwrap().stdout
}

/// A message of parts: headers and content.
fn message(parts: &[(&str, &str)]) -> String {
    let parts: String =
        parts.iter().map(|(headers, content)| format!("--==xx==\n{headers}\n\n{content}\n")).collect();
    format!("Content-Type: multipart/mixed; boundary=\"==xx==\"\nMIME-Version: 1.0\n\n{parts}--==xx==--\n")
}

/// User data by the names of its instances.
fn all() -> Vec<(&'static str, Vec<u8>)> {
    let script = "Content-Type: text/x-shellscript; charset=\"us-ascii\"";
    let config = "Content-Type: text/cloud-config";
    let files = "write_files:
- {path: /record/plain, content: \"one\\n\"}
- {path: /record/mode, content: x, permissions: '0750'}
- {path: /record/number, content: x, permissions: 0640}
- {path: /record/base64, encoding: b64, content: aGVsbG8=}
- {path: /record/gzip, encoding: gz+b64, content: H4sIAAAAAAAAA8tIzcnJBwCGphA2BQAAAA==}
- {path: /record/plain, content: \"two\\n\", append: true}
- {path: /record/deep/er/file, content: y}
";
    let zipped = gzip(signalling("Zipped", "true").as_bytes());
    let noted = noting("script", "exit 3");
    let in_archive = noted.replace('\n', "\n    ");
    vec![
        ("Plain", signalling("Plain", "id -un; pwd").into()),
        ("Fails", noted.clone().into()),
        ("Signals", signalling("Signals", "exit 7").into()),
        ("Killed", noting("killed", "echo before >>/record/order; kill -KILL $$").into()),
        ("Endings", signalling("Endings", "true").replace('\n', "\r\n").into()),
        ("Blank", format!("\n{noted}").into()),
        ("Text", b"echo text >>/record/order\n".into()),
        ("Nobody", b"#!/no/such/interpreter\necho\n".into()),
        ("Strict", noting("strict", "false; echo not here >>/record/order").replace("bash\n", "bash -e\n").into()),
        ("Surroundings", noting("surroundings", "echo \"${HOME-no home} ${USER-no user} ${INSTANCE_ID+told} $PWD $PATH $(umask)\" >>/record/order").into()),
        (
            "Config",
            format!(
                "#cloud-config\nbootcmd:\n- mkdir -p /record; echo bootcmd ${{INSTANCE_ID+told}} >>/record/order\nruncmd:\n\
                 - echo runcmd \"$PWD\" >>/record/order\n- [sh, -c, 'echo \"$1\" >>/record/order', sh, \"a 'quoted' word\"]\n- \"false\"\n- echo last >>/record/order\n{files}"
            )
            .into(),
        ),
        ("Wrong", b"#cloud-config\nruncmd: [echo >/record/x\n".into()),
        ("Scalars", b"#cloud-config\nruncmd:\n- mkdir /record\n- key: value\n".into()),
        (
            "Parts",
            message(&[
                ("Content-Type: text/cloud-boothook", &noting("boothook", "exit 1")),
                (script, &noting("second", "exit 2")),
                (config, "bootcmd: [mkdir -p /record; echo bootcmd >>/record/order]\nruncmd: [echo runcmd >>/record/order]\n"),
                ("Content-Type: text/x-shellscript-per-boot", &noting("per-boot", "")),
                ("Content-Type: text/x-shellscript-per-instance", &noting("per-instance", "")),
                ("Content-Type: text/x-shellscript-per-once", &noting("per-once", "exit 4")),
                (script, &signalling("Parts", "exit 5")),
            ])
            .into(),
        ),
        (
            "Named",
            message(&[
                (&format!("{script}\nContent-Disposition: attachment; filename=\"zz.sh\""), &noting("zz", "")),
                (&format!("{script}\nContent-Disposition: attachment; filename=\"a b/c.sh\""), &noting("odd", "")),
                (&format!("{script}\nContent-Disposition: attachment; filename=\"zz.sh\""), &noting("zz again", "")),
            ])
            .into(),
        ),
        (
            "Replaced",
            message(&[
                (config, "runcmd: [mkdir -p /record; echo one >>/record/order]\n"),
                (config, "runcmd: [mkdir -p /record; echo two >>/record/order]\nbootcmd: [mkdir -p /record]\n"),
            ])
            .into(),
        ),
        (
            "Merged",
            message(&[
                (config, "runcmd: [mkdir -p /record; echo one >>/record/order]\n"),
                (
                    &format!("{config}\nMerge-Type: list(append)+dict(recurse_array)+str()"),
                    "runcmd: [echo two >>/record/order]\n",
                ),
            ])
            .into(),
        ),
        (
            "Mixed",
            message(&[
                (config, "runcmd: [echo >/record/x\n"),
                ("Content-Type: text/plain", "nothing that is known"),
                (&format!("{script}\nContent-Transfer-Encoding: base64"), &STANDARD.encode(signalling("Mixed", "true"))),
                ("Content-Type: application/x-unknown", "what"),
            ])
            .into(),
        ),
        ("Zipped", zipped),
        ("ZippedParts", gzip(message(&[(script, &noting("in zipped parts", "exit 9"))]).as_bytes())),
        ("Broken", [&gzip(b"#!/bin/sh\n")[..12], b"\0"].concat()),
        (
            "Archive",
            format!(
                "#cloud-config-archive\n- type: text/x-shellscript\n  content: |\n    {in_archive}\n- |\n  #cloud-config\n  runcmd: [echo runcmd >>/record/order]\n"
            )
            .into(),
        ),
        ("Hook", format!("#cloud-boothook\n{}", noting("hook", "echo ${INSTANCE_ID+told} >>/record/order; exit 6")).into()),
        ("Included", b"#include\nhttp://nowhere.invalid/script\n".into()),
        ("Nothing", Vec::new()),
    ]
}

/// A template with an instance for each. None is waited for, and each signal is refused for that, and shown.
fn template(all: &[(&str, Vec<u8>)]) -> String {
    let instances = all.iter().map(|(name, user_data)| {
        let user_data = STANDARD.encode(user_data);
        format!(
            "  {name}: {{Type: AWS::EC2::Instance, Properties: {{ImageId: ami-0123456789abcdef0, UserData: '{user_data}'}}}}\n"
        )
    });
    format!("Resources:\n{}", instances.collect::<String>())
}

/// What an instance has brought about: its files with their modes, and its signals.
type Traces = BTreeMap<String, String>;

fn played(how: &[&str], all: &[(&str, Vec<u8>)], image: &Path) -> BTreeMap<String, Traces> {
    let folder = TempDir::new().unwrap();
    let output = command(image, &folder, "", &template(all))
        .args(["--keep-root", "--grace", "900", "--parallel", "4"])
        .args(how)
        .output()
        .unwrap();
    let said = text(&output);
    assert_eq!(output.status.code(), Some(0), "{said}");
    let kept = said.lines().find_map(|it| it.strip_prefix("what instances write is kept: ")).unwrap();
    let kept = Path::new(kept.split("/INSTANCE").next().unwrap());
    let mut traces = BTreeMap::new();
    for (name, _) in all {
        let booted = said.lines().find(|it| it.starts_with(&format!("{name}: boots in its box")));
        let mut its = Traces::new();
        if let Some(booted) = booted {
            let id = booted.rsplit(' ').next().unwrap();
            files(&kept.join(id).join("upper/record"), "", &mut its);
        }
        for signal in said.lines().filter(|it| it.contains(&format!("unique id {name}-"))) {
            // Not the stack's id, which each rehearsal has anew.
            let signal = signal.split(" was refused").next().unwrap();
            its.insert("signal".to_owned(), signal.trim().to_owned());
        }
        traces.insert((*name).to_owned(), its);
    }
    traces
}

fn files(folder: &Path, below: &str, found: &mut Traces) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = format!("{below}/{}", entry.file_name().to_string_lossy());
        if entry.file_type().unwrap().is_dir() {
            files(&entry.path(), &name, found);
        } else {
            let mode = entry.metadata().unwrap().permissions().mode() & 0o7777;
            found.insert(name, format!("{mode:o} {}", fs::read_to_string(entry.path()).unwrap()));
        }
    }
}

#[test]
fn what_is_played_is_what_cloud_init_does() {
    let Some(image) = image() else { return };
    let all = all();
    let (here, there) = (played(&[], &all, image), played(&["--init", "cloud-init"], &all, image));
    for (name, traces) in &there {
        assert_eq!(&here[name], traces, "{name}");
    }
    assert!(there["Plain"].contains_key("/order") && there["Config"].len() > 6, "{there:#?}");
}

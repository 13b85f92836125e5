//! Whom signals are signed as: the command line, a file, a role, the instance, AWS's chain.
#![cfg(unix)]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;

use crate::support::{Server, Signal, answer, metadata};
use tempfile::TempDir;

fn file(folder: &TempDir, text: &str, mode: u32) -> String {
    let path = folder.path().join(format!("credentials-{mode:o}"));
    fs::write(&path, text).unwrap();
    fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn a_file_comes_before_a_role_and_a_role_before_keys() {
    let folder = TempDir::new().unwrap();
    let (server, imds) = (Server::ok(), Server::start(metadata));
    let path = file(&folder, "AWSAccessKeyId=AKFILE\nAWSSecretKey=SKFILE\n", 0o600);
    let keys = ["--access-key", "AKLINE", "--secret-key", "SKLINE"];
    let all = [&["-f", &path, "--role", "web"], &keys[..]].concat();
    assert_eq!(Signal::resource(&server, &all).metadata(&imds).run().code, 0);
    assert!(server.authorization().contains("Credential=AKFILE/"));
    assert!(imds.received().is_empty());
    assert_eq!(Signal::resource(&server, &all[2..]).metadata(&imds).run().code, 0);
    assert!(server.authorization().contains("Credential=ASIAROLE/"));
    assert_eq!(server.received()[1].headers["x-amz-security-token"], "role-token");
    assert_eq!(Signal::resource(&server, &keys).metadata(&imds).run().code, 0);
    assert!(server.authorization().contains("Credential=AKLINE/"));
}

#[test]
fn a_bad_file_is_refused_in_the_originals_words() {
    let folder = TempDir::new().unwrap();
    let server = Server::ok();
    let whole = "AWSAccessKeyId=A\nAWSSecretKey=hunter2\n";
    let cases = [
        ("/nonexistent/file".to_owned(), "Credential file was not found at /nonexistent/file"),
        (
            file(&folder, whole, 0o640),
            "Credential file cannot be accessible by group or other. Please chmod 600 the credential file.",
        ),
        (
            file(&folder, "AWSAccessKeyId = A\nAWSSecretKey=hunter2\n", 0o600),
            "Credential file must contain the keys 'AWSAccessKeyId' and 'AWSSecretKey'",
        ),
    ];
    for (path, message) in cases {
        let run = Signal::resource(&server, &["--credential-file", &path]).run();
        assert_eq!(
            (run.code, run.stderr.clone()),
            (1, format!("Error retrieving credentials from file: {message}\n"))
        );
        run.assert_hides(&["hunter2"]);
    }
    assert!(server.received().is_empty());
}

#[test]
fn an_id_and_a_secret_that_were_exchanged_are_not_shown() {
    const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    let folder = TempDir::new().unwrap();
    let text = format!("AWSAccessKeyId={SECRET}\nAWSSecretKey=AKIAIOSFODNN7EXAMPLE\n");
    let path = file(&folder, &text, 0o600);
    // It says again whatever it was sent.
    let server = Server::start(|request| {
        let error = format!(
            r#"{{"Error":{{"Code":"InvalidClientTokenId","Message":"no such key: {}","Type":"Sender"}}}}"#,
            request.headers["authorization"]
        );
        answer(403, &error)
    });
    let modes: [&[&str]; 5] =
        [&[], &["-v"], &["-vv"], &["-v", "--log-format", "json", "--output", "json"], &["--dry-run"]];
    for mode in modes {
        let run = Signal::resource(&server, &[&["-f", &path, "--deadline", "2s"], mode].concat()).run();
        run.assert_hides(&[SECRET, "wJalrXUtnFEMI", "bPxRfiCYEXAMPLEKEY"]);
        let said = run.stdout.contains("Credential=") || run.stderr.contains("does not look like one");
        assert!(said, "{mode:?}: {run:?}");
    }
}

#[test]
fn half_a_pair_of_keys() {
    let (server, imds) = (Server::ok(), Server::start(metadata));
    let run = Signal::resource(&server, &["--access-key", "A"]).metadata(&imds).run();
    assert_eq!((run.code, run.stderr.as_str()), (1, "Error: --access-key needs --secret-key\n"));
    let run =
        Signal::resource(&server, &["--access-key", "A\r\nB\u{1b}[2J", "--secret-key", "hunter2"]).run();
    assert_eq!((run.code, run.stderr.lines().count()), (15, 1), "{run:?}");
    assert!(!run.stderr.trim_end().contains(char::is_control), "{run:?}");
    let run = Signal::resource(&server, &["--secret-key", "hunter2"]).metadata(&imds).run();
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stderr.contains("--secret-key without --access-key is not used"));
    assert!(server.authorization().starts_with("CFN_V1 "));
    run.assert_hides(&["hunter2"]);
}

#[test]
fn a_role_that_is_not_there_or_is_an_arn() {
    let (server, imds) = (Server::ok(), Server::start(metadata));
    // It may be attached in a moment: it is asked for again.
    let run = Signal::resource(&server, &["--role", "nosuch", "--deadline", "2s"]).metadata(&imds).run();
    assert_eq!(run.code, 15);
    let role = "/latest/meta-data/iam/security-credentials/nosuch";
    assert!(imds.received().iter().filter(|request| request.target == role).count() > 1);
    assert!(run.stderr.contains("the instance has no role named nosuch"), "{}", run.stderr);
    let run = Signal::resource(&server, &["--role", "arn:aws:iam::123456789012:role/path/web"])
        .metadata(&imds)
        .run();
    assert_eq!(run.code, 15);
    assert!(run.stderr.contains("try --role web"), "{}", run.stderr);
    let asked = imds.received().len();
    let run = Signal::resource(&server, &["--role", "../x y"]).metadata(&imds).run();
    assert_eq!((run.code, imds.received().len()), (15, asked));
    assert!(run.stderr.contains("--role takes a role's name"), "{}", run.stderr);
    assert!(server.received().is_empty());
}

#[test]
fn a_refused_instance_identity_gives_way_to_the_chain_unless_only_it_is_wanted() {
    let denies = || {
        Server::start(|request| {
            if request.headers["authorization"].starts_with("CFN_V1") {
                let error =
                    r#"{"Error":{"Code":"AccessDenied","Message":"CFN_V1 is not welcome","Type":"Sender"}}"#;
                return answer(403, error);
            }
            answer(200, "{}")
        })
    };
    let imds = Server::start(metadata);
    let server = denies();
    let run = Signal::resource(&server, &["--output", "json"]).metadata(&imds).run();
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(run.signed_with(), "the AWS credential chain");
    assert!(server.authorization().contains("Credential=ASIAROLE/"));
    assert_eq!(server.received().len(), 2);
    let server = denies();
    let run = Signal::resource(&server, &["--auth", "instance"]).metadata(&imds).run();
    assert_eq!((run.code, server.received().len()), (14, 1), "{run:?}");
    let server = denies();
    assert_eq!(Signal::resource(&server, &["--auth", "sigv4"]).metadata(&imds).run().code, 0);
    assert_eq!(server.received().len(), 1);
}

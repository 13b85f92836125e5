//! AWS's credential chain: the environment, profiles and their processes, web identity, containers, the instance's role.
#![cfg(unix)]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::support::{Run, Server, Signal, answer, metadata};
use tempfile::TempDir;

#[test]
fn the_chain_reads_the_environment() {
    let server = Server::ok();
    let run = Signal::resource(&server, &["--output", "json"])
        .env("AWS_ACCESS_KEY_ID", "AKENV")
        .env("AWS_SECRET_ACCESS_KEY", "hunter2")
        .env("AWS_SESSION_TOKEN", "s3ss10n")
        .run();
    assert_eq!(run.code, 0, "{run:?}");
    assert!(server.authorization().contains("Credential=AKENV/"));
    assert!(server.authorization().contains("SignedHeaders=accept;host;x-amz-date;x-amz-security-token"));
    assert_eq!(server.received()[0].headers["x-amz-security-token"], "s3ss10n");
    assert_eq!(run.signed_with(), "the AWS credential chain");
    run.assert_hides(&["hunter2", "s3ss10n"]);
}

#[test]
fn the_chain_reads_profiles() {
    let folder = TempDir::new().unwrap();
    let credentials = folder.path().join("credentials");
    fs::write(&credentials, "[boot]\naws_access_key_id = AKPROFILE\naws_secret_access_key = hunter2\n")
        .unwrap();
    let server = Server::ok();
    let run = Signal::resource(&server, &[])
        .env("AWS_SHARED_CREDENTIALS_FILE", credentials.to_str().unwrap())
        .env("AWS_CONFIG_FILE", "/nonexistent")
        .env("AWS_PROFILE", "boot")
        .run();
    assert_eq!(run.code, 0, "{run:?}");
    assert!(server.authorization().contains("Credential=AKPROFILE/"));
}

#[test]
fn the_chain_asks_containers_and_never_a_proxy() {
    let container = Server::start(|request| {
        assert_eq!(request.headers["authorization"], "container-token");
        answer(
            200,
            r#"{"AccessKeyId":"ASIACONTAINER","SecretAccessKey":"hunter2","Token":"t0k3n","Expiration":"2099-01-01T00:00:00Z"}"#,
        )
    });
    let (server, proxy) = (Server::ok(), Server::ok());
    let run = Signal::resource(&server, &[])
        .env("AWS_CONTAINER_CREDENTIALS_FULL_URI", &format!("{}/role", container.url))
        .env("AWS_CONTAINER_AUTHORIZATION_TOKEN", "container-token")
        .env("http_proxy", &proxy.url)
        .env("no_proxy", &server.address.to_string())
        .run();
    assert_eq!(run.code, 0, "{run:?}");
    assert!(server.authorization().contains("Credential=ASIACONTAINER/"));
    assert_eq!((container.received().len(), proxy.received().len()), (1, 0));
    run.assert_hides(&["hunter2", "t0k3n", "container-token"]);
}

#[test]
fn the_chain_asks_the_instances_role() {
    let (server, imds) = (Server::ok(), Server::start(metadata));
    let run = Signal::resource(&server, &["--auth", "sigv4"]).metadata(&imds).run();
    assert_eq!(run.code, 0, "{run:?}");
    assert!(server.authorization().contains("Credential=ASIAROLE/"));
}

#[test]
fn the_chain_trades_a_web_identity() {
    let folder = TempDir::new().unwrap();
    let token = folder.path().join("token");
    fs::write(&token, "jwt-hunter2").unwrap();
    let sts = Server::start(|_| {
        answer(
            200,
            "<AssumeRoleWithWebIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
             <AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>ASIAWEB</AccessKeyId>\
             <SecretAccessKey>hunter2</SecretAccessKey><SessionToken>t0k3n</SessionToken>\
             <Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleWithWebIdentityResult>\
             </AssumeRoleWithWebIdentityResponse>",
        )
    });
    let server = Server::ok();
    let run = Signal::resource(&server, &[])
        .env("AWS_WEB_IDENTITY_TOKEN_FILE", token.to_str().unwrap())
        .env("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/web")
        .env("AWS_ENDPOINT_URL_STS", &sts.url)
        .run();
    assert_eq!(run.code, 0, "{run:?}");
    assert!(server.authorization().contains("Credential=ASIAWEB/"));
    assert!(sts.received()[0].body.contains("Action=AssumeRoleWithWebIdentity"));
    run.assert_hides(&["hunter2", "t0k3n"]);
}

/// A web identity that `sts` is asked to trade.
fn as_a_web_identity(sts: &Server, token: &Path) -> Run {
    Signal::resource(&Server::ok(), &["--auth", "sigv4", "--deadline", "8s"])
        .env("AWS_WEB_IDENTITY_TOKEN_FILE", token.to_str().unwrap())
        .env("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/web")
        .env("AWS_ENDPOINT_URL_STS", &sts.url)
        .run()
}

#[test]
fn a_service_that_refuses_is_final_and_one_that_fails_is_asked_again() {
    let folder = TempDir::new().unwrap();
    let token = folder.path().join("token");
    fs::write(&token, "jwt-hunter2").unwrap();
    let error = |code: &str| {
        format!(
            "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type>\
             <Code>{code}</Code><Message>no</Message></Error></ErrorResponse>"
        )
    };
    let denied = error("AccessDenied");
    let sts = Server::start(move |_| answer(403, &denied));
    let run = as_a_web_identity(&sts, &token);
    assert_eq!((run.code, sts.received().len()), (15, 1), "{run:?}");
    assert!(!run.stderr.contains("next try in"), "{}", run.stderr);
    let throttled = error("Throttling");
    let html = "<html>Please log in</html>".to_owned();
    thread::scope(|scope| {
        for (status, body) in [(503, String::new()), (400, throttled), (200, html)] {
            let token = &token;
            scope.spawn(move || {
                let sts = Server::start(move |_| answer(status, &body));
                let run = as_a_web_identity(&sts, token);
                assert_eq!(run.code, 15, "{run:?}");
                assert!(run.stderr.contains("next try in"), "{}", run.stderr);
                assert!(run.stderr.contains(&format!("127.0.0.1 answered {status}")), "{}", run.stderr);
            });
        }
    });
}

/// A metadata service whose role's credentials are what `says` says, the how manieth time it is asked for anything of it.
fn role(says: impl Fn(usize, bool) -> crate::support::Answer + Send + Sync + 'static) -> Server {
    let asked = AtomicUsize::new(0);
    Server::start(move |request| match request.target.split_once("/security-credentials/") {
        Some((_, name)) => says(asked.fetch_add(1, Ordering::Relaxed), name.is_empty()),
        None => metadata(request),
    })
}

#[test]
fn an_error_in_place_of_the_roles_credentials_is_told_and_nothing_else_of_the_answer() {
    let error = r#"{"Code":"AssumeRoleUnauthorizedAccess","Message":"EC2 cannot assume the role web.",
        "AccessKeyId":"ASIAROLE","SecretAccessKey":"hunter2"}"#;
    let imds = role(move |_, list| answer(200, if list { "web" } else { error }));
    let server = Server::ok();
    let run = Signal::resource(&server, &["--auth", "sigv4"]).metadata(&imds).run();
    assert_eq!((run.code, run.stderr.lines().count()), (15, 1), "{run:?}");
    for part in ["AssumeRoleUnauthorizedAccess", "EC2 cannot assume the role web"] {
        assert!(run.stderr.contains(part), "{}", run.stderr);
    }
    run.assert_hides(&["hunter2", "ASIAROLE"]);
    let imds =
        role(|_, _| Some((500, vec![("x-mark", "s3cr3t-header".to_owned())], "s3cr3t-body".to_owned())));
    let run = Signal::resource(&server, &["--auth", "sigv4", "--deadline", "3s"]).metadata(&imds).run();
    assert_eq!(run.code, 15, "{run:?}");
    assert!(run.stderr.contains("answered 500"), "{}", run.stderr);
    run.assert_hides(&["s3cr3t", "Response", "SdkBody"]);
    assert!(server.received().is_empty());
}

#[test]
fn a_role_that_comes_late_is_waited_for() {
    let whole = r#"{"Code":"Success","Type":"AWS-HMAC","AccessKeyId":"ASIALATE","SecretAccessKey":"hunter2",
        "Token":"t0k3n","Expiration":"2099-01-01T00:00:00Z","LastUpdated":"2026-01-01T00:00:00Z"}"#;
    // No role yet; a role without credentials; half of them; all.
    let imds = role(move |time, list| match (time, list) {
        (0 | 2, _) => answer(404, "not found"),
        (_, true) => answer(200, "web"),
        (4, _) => answer(200, &whole[..60]),
        _ => answer(200, whole),
    });
    let server = Server::ok();
    let run = Signal::resource(&server, &["--auth", "sigv4", "--deadline", "60s"]).metadata(&imds).run();
    assert_eq!(run.code, 0, "{run:?}");
    assert!(server.authorization().contains("Credential=ASIALATE/"));
    assert_eq!(run.stderr.matches("next try in").count(), 3, "{}", run.stderr);
    run.assert_hides(&["hunter2", "t0k3n"]);
}

/// The service may be late with new ones, and AWS has the last word on the time.
#[test]
fn expired_credentials_of_the_role_are_used_and_renewed() {
    let keys = |id: &str, year: u16| {
        format!(
            r#"{{"Code":"Success","Type":"AWS-HMAC","AccessKeyId":"{id}","SecretAccessKey":"hunter2",
                "Token":"t0k3n","Expiration":"{year}-01-01T00:00:00Z","LastUpdated":"2020-01-01T00:00:00Z"}}"#
        )
    };
    for by in [&["--role", "web"][..], &["--auth", "sigv4"]] {
        // Whoever takes expired ones for none, or renews them only once, does not get to the new ones.
        let asked = Arc::new(AtomicUsize::new(0));
        let refused = Arc::clone(&asked);
        let (old, new) = (keys("ASIAOLD", 2021), keys("ASIANEW", 2099));
        let imds = role(move |_, list| match (list, refused.load(Ordering::Relaxed)) {
            (true, _) => answer(200, "web"),
            (false, 0) => answer(200, &old),
            (false, _) => answer(200, &new),
        });
        let server = Server::start(move |request| {
            asked.fetch_add(1, Ordering::Relaxed);
            if request.headers["authorization"].contains("Credential=ASIANEW/") {
                return answer(200, "{}");
            }
            let error = r#"{"Error":{"Code":"ExpiredToken","Message":"The security token is expired","Type":"Sender"}}"#;
            answer(403, error)
        });
        let run = Signal::resource(&server, by).metadata(&imds).run();
        assert_eq!(run.code, 0, "{by:?}: {run:?}");
        let ids: Vec<bool> = server
            .received()
            .iter()
            .map(|request| request.headers["authorization"].contains("Credential=ASIAOLD/"))
            .collect();
        assert_eq!(ids, [true, false], "{by:?}");
        run.assert_hides(&["hunter2", "t0k3n"]);
    }
}

/// Half a minute after it was first lacking, and long before the deadline.
#[test]
fn a_role_that_does_not_come_is_not_waited_for_until_the_deadline() {
    let imds = role(|_, _| answer(404, "not found"));
    let server = Server::start(|_| {
        answer(403, r#"{"Error":{"Code":"AccessDenied","Message":"not a member","Type":"Sender"}}"#)
    });
    let run = Signal::resource(&server, &["--deadline", "60s"]).metadata(&imds).run();
    assert_eq!(run.code, 14, "{run:?}");
    assert!(run.stderr.contains("next try in"), "{}", run.stderr);
    let last = run.stderr.lines().last().unwrap();
    assert!(last.contains("no other credentials") && !last.contains("deadline"), "{last}");
}

#[test]
fn without_any_credentials_one_line_says_what_was_tried() {
    let server = Server::ok();
    let run = Signal::resource(&server, &[]).run();
    assert_eq!(run.code, 15);
    assert_eq!(run.stderr.lines().count(), 1);
    for part in [
        "cfn-signal: credentials: ",
        "instance metadata is disabled",
        "AWS chain: nothing in Environment, Profile, WebIdentityToken, EcsContainer, Ec2InstanceMetadata (",
        "nothing sent",
    ] {
        assert!(run.stderr.contains(part), "{part}: {}", run.stderr);
    }
    assert!(server.received().is_empty());
}

/// Signals as the profile `boot` of `config`.
fn as_a_profile(server: &Server, folder: &TempDir, config: &str) -> Signal {
    let path = folder.path().join("config");
    fs::write(&path, config).unwrap();
    Signal::resource(server, &["--deadline", "20s"])
        .env("AWS_CONFIG_FILE", path.to_str().unwrap())
        .env("AWS_PROFILE", "boot")
        .env("PATH", "/usr/bin:/bin")
}

#[test]
fn a_profile_that_needs_what_is_not_built_in_says_what_to_do() {
    let folder = TempDir::new().unwrap();
    let server = Server::ok();
    let config = "[profile boot]\nlogin_session = arn:aws:iam::123456789012:user/Admin\n";
    let run = as_a_profile(&server, &folder, config).run();
    assert_eq!((run.code, run.stderr.lines().count()), (15, 1), "{run:?}");
    for part in ["the profile is one of aws login", "aws configure export-credentials"] {
        assert!(run.stderr.contains(part), "{}", run.stderr);
    }
}

/// A script that prints `json`, and something else to standard error.
fn script(folder: &TempDir, json: &str) -> String {
    let path = folder.path().join("print keys");
    fs::write(&path, format!("#!/bin/sh\necho s3cr3t-note >&2\ncat <<'.'\n{json}\n.\n")).unwrap();
    fs::set_permissions(&path, Permissions::from_mode(0o700)).unwrap();
    format!("\"{}\" --user s3cr3t-argument", path.display())
}

const PRINTED: &str = r#"{"Version": 1, "AccessKeyId": "AKPROCESS", "SecretAccessKey": "hunter2",
    "SessionToken": "t0k3n", "Expiration": "2099-01-01T00:00:00Z"}"#;

#[test]
fn the_chain_runs_a_profiles_process() {
    let folder = TempDir::new().unwrap();
    let server = Server::ok();
    let config = format!("[profile boot]\ncredential_process = {}\n", script(&folder, PRINTED));
    for verbosity in ["-v", "-vv"] {
        let run = as_a_profile(&server, &folder, &config).argument(verbosity.as_ref()).run();
        assert_eq!(run.code, 0, "{run:?}");
        assert!(server.authorization().contains("Credential=AKPROCESS/"));
        assert_eq!(server.received()[0].headers["x-amz-security-token"], "t0k3n");
        run.assert_hides(&["hunter2", "t0k3n", "s3cr3t"]);
    }
}

#[test]
fn a_process_is_the_source_of_a_role() {
    let folder = TempDir::new().unwrap();
    let sts = Server::start(|_| {
        answer(
            200,
            "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult>\
             <Credentials><AccessKeyId>ASIAASSUMED</AccessKeyId><SecretAccessKey>hunter3</SecretAccessKey>\
             <SessionToken>t0k3n3</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>\
             </AssumeRoleResult></AssumeRoleResponse>",
        )
    });
    let process = format!("credential_process = {}\n", script(&folder, PRINTED));
    let role = "[profile boot]\nrole_arn = arn:aws:iam::123456789012:role/web\nexternal_id = outside\n";
    // By a profile of its own, and in the role's.
    let profiles = [
        format!("{role}source_profile = base\n[profile base]\n{process}"),
        format!("{role}source_profile = boot\n{process}"),
    ];
    for config in profiles {
        let server = Server::ok();
        let run = as_a_profile(&server, &folder, &config).env("AWS_ENDPOINT_URL_STS", &sts.url).run();
        assert_eq!(run.code, 0, "{run:?}");
        assert!(server.authorization().contains("Credential=ASIAASSUMED/"));
        let asked = sts.received().pop().unwrap();
        assert!(asked.headers["authorization"].contains("Credential=AKPROCESS/"), "{asked:?}");
        assert_eq!(asked.headers["x-amz-security-token"], "t0k3n");
        assert!(asked.body.contains("ExternalId=outside"), "{}", asked.body);
        run.assert_hides(&["hunter", "t0k3n", "s3cr3t"]);
    }
}

#[test]
fn a_process_that_does_not_do_is_told_without_what_it_said() {
    let folder = TempDir::new().unwrap();
    let server = Server::ok();
    let printing = |json: &str| format!("[profile boot]\ncredential_process = {}\n", script(&folder, json));
    let run = as_a_profile(&server, &folder, &printing(r#"{"Version":2,"Secret":"hunter2"}"#)).run();
    assert_eq!((run.code, run.stderr.lines().count()), (15, 1), "{run:?}");
    let told = "the credential_process of the profile boot printed no credentials of Version 1 in JSON: ";
    assert!(run.stderr.contains(told), "{}", run.stderr);
    run.assert_hides(&["hunter2", "s3cr3t"]);
    let config = "[profile boot]\ncredential_process = /nonexistent/s3cr3t-command hunter2\n";
    let run = as_a_profile(&server, &folder, config).run();
    assert_eq!((run.code, run.stderr.lines().count()), (15, 1), "{run:?}");
    assert!(run.stderr.contains("failed (exit status: 127): run it by hand to see why"), "{}", run.stderr);
    run.assert_hides(&["hunter2", "s3cr3t"]);
    // It may need what comes later.
    let late = folder.path().join("late");
    let config = format!(
        "[profile boot]\ncredential_process = test -e {0} && {1} || {{ touch {0}; exit 3; }}\n",
        late.display(),
        script(&folder, PRINTED)
    );
    let run = as_a_profile(&server, &folder, &config).run();
    assert_eq!((run.code, run.stderr.matches("next try in").count()), (0, 1), "{run:?}");
    assert!(server.authorization().contains("Credential=AKPROCESS/"));
    // It is ended, and the time is told.
    let config = "[profile boot]\ncredential_process = exec sleep 600\n";
    let run = as_a_profile(&server, &folder, config).argument("--deadline=2s".as_ref()).run();
    assert_eq!(run.code, 15, "{run:?}");
    assert!(run.stderr.contains("did not end in time"), "{}", run.stderr);
}

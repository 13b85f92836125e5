#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use std::time::{Duration, Instant, SystemTime};

use super::{Wrong, read, run};
use crate::credentials::complaint::Prospect;

#[test]
fn what_it_prints_is_read_and_what_is_not_credentials_is_not_told() {
    let whole = r#"{"Version":1,"AccessKeyId":"AK","SecretAccessKey":"s3cr3t","SessionToken":"t0k3n",
        "Expiration":"2026-01-01T00:00:00+01:00","More":{}}"#;
    let read_whole = read(whole.as_bytes()).unwrap();
    assert_eq!(read_whole.access_key_id(), "AK");
    assert_eq!(read_whole.secret_access_key(), "s3cr3t");
    assert_eq!(read_whole.session_token(), Some("t0k3n"));
    let expiry = SystemTime::UNIX_EPOCH + Duration::from_secs(1_767_222_000);
    assert_eq!(read_whole.expiry(), Some(expiry));
    let short = read(br#"{"Version":1,"AccessKeyId":"AK","SecretAccessKey":"s3cr3t"}"#).unwrap();
    assert_eq!((short.session_token(), short.expiry()), (None, None));
    for (wrong, told) in [
        ("s3cr3t", "it is not JSON"),
        ("", "it is not JSON"),
        (whole.split_at(60).0, "it is not JSON"),
        (r#"{"Version":1,"AccessKeyId":"AK"}"#, "is missing or of another type"),
        (r#"{"AccessKeyId":"AK","SecretAccessKey":"s3cr3t"}"#, "is missing or of another type"),
        (r#"{"Version":"s3cr3t","AccessKeyId":"AK","SecretAccessKey":"s"}"#, "is missing or of another type"),
        (r#"{"Version":2,"AccessKeyId":"AK","SecretAccessKey":"s3cr3t"}"#, "it has another Version"),
        (r#"{"Version":1,"AccessKeyId":"","SecretAccessKey":"s3cr3t"}"#, "a key is empty"),
        (r#"{"Version":1,"AccessKeyId":"A","SecretAccessKey":"s3cr3t\n[x]"}"#, "line breaks"),
        (
            r#"{"Version":1,"AccessKeyId":"A","SecretAccessKey":"s3cr3t","Expiration":"s3cr3t"}"#,
            "its Expiration is no time",
        ),
    ] {
        let lack = read(wrong.as_bytes()).unwrap_err().of("boot");
        assert!(lack.why.contains(told) && !lack.why.contains("s3cr3t"), "{wrong}: {}", lack.why);
        assert_eq!(lack.prospect, Prospect::Lasting);
    }
}

#[cfg(unix)]
#[test]
fn it_has_a_time_of_its_own_and_a_status() {
    let soon = || Instant::now() + Duration::from_secs(60);
    assert_eq!(run("echo a; echo b >&2", soon()).unwrap().as_slice(), b"a\n");
    for (command, prospect) in
        [("echo a; exit 3", Prospect::Early), ("/nonexistent/command", Prospect::Lasting)]
    {
        assert_eq!(run(command, soon()).unwrap_err().of("boot").prospect, prospect, "{command}");
    }
    // One that keeps its output open, and one that does not.
    for slow in ["exec sleep 600", "exec >&-; exec sleep 600"] {
        let wrong = run(slow, Instant::now() + Duration::from_millis(300)).unwrap_err();
        assert!(matches!(wrong, Wrong::Slow), "{wrong:?}");
    }
}

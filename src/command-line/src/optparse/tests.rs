#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that fails by panicking")]

use super::{Parsed, asks_for_json, parse};
use crate::definition::GROUPS;
use crate::options::Options;
use crate::voice::Format;
use cfn_signal_core::delivery::Status;
use cfn_signal_instance::finder::Auth;

fn arguments(line: &[&str]) -> Result<Parsed, String> {
    parse(&GROUPS, line.iter().map(|argument| (*argument).to_owned()).collect())
}

fn typed(line: &[&str]) -> Options {
    match arguments(line).unwrap() {
        Parsed::Options(options) => *options,
        _ => panic!("no options: {line:?}"),
    }
}

#[test]
fn every_way_to_write_an_option() {
    let handle = |options: &Options| options.handle.as_ref().map(|handle| handle.expose().to_owned());
    let some = |text: &str| Some(text.to_owned());
    let options = typed(&["--succ=false", "U"]);
    assert_eq!((options.denied, handle(&options)), (true, some("U")));
    let options = typed(&["U", "-sfalse", "V"]);
    assert_eq!((options.denied, handle(&options)), (true, some("U")), "the second is ignored");
    assert!(typed(&["-e", "-1"]).failed && !typed(&["-e", "0x0"]).failed);
    let options = typed(&["--reason", "--data", "x"]);
    assert_eq!(
        (options.reason.clone(), options.data.clone(), handle(&options)),
        (some("--data"), None, some("x"))
    );
    let options = typed(&["-r", "--", "x"]);
    assert_eq!((options.reason.clone(), handle(&options)), (some("--"), some("x")));
    let options = typed(&["--", "-s", "maybe"]);
    assert_eq!((options.denied, handle(&options)), (false, some("-s")));
    assert_eq!(handle(&typed(&["-", ""])), some("-"));
    assert_eq!(typed(&["-r", "a", "--reason=b"]).reason, some("b"), "the last counts");
    assert_eq!(typed(&["-r", "a", "--reason="]).reason, None, "and an empty one counts as none");
    assert_eq!(typed(&["--url=http://a/?b=c"]).url, some("http://a/?b=c"));
    assert_eq!(typed(&["--id="]).id, some(""));
    // Each of these begins one of ours, too.
    assert_eq!(typed(&["--d", "x"]).data, some("x"));
    assert_eq!(typed(&["--reso", "x"]).resource, some("x"));
    assert_eq!(typed(&["--c", "x"]).credential_file, some("x"));
    assert_eq!(typed(&["--i", "x"]).id, some("x"));
    // And these begin only ours.
    let options = typed(&["--dry", "-vv", "-vrx"]);
    assert_eq!((options.dry_run, options.verbosity, options.reason), (true, 3, some("x")));
    assert!(matches!(arguments(&["-h", "--nope"]), Ok(Parsed::Help)));
    assert!(matches!(arguments(&["--vers", "--nope"]), Ok(Parsed::Version)));
}

#[test]
fn a_line_that_says_nothing_has_every_default() {
    let options = typed(&[]);
    assert_eq!(
        (options.deadline.as_secs(), options.max_attempts, options.max_delay.as_secs()),
        (300, None, 20)
    );
    assert_eq!((options.status(), options.auth), (Status::Success, Auth::Auto));
    assert!(!options.complete_is_ok && !options.json && options.log_format == Format::Text);
}

#[test]
fn every_complaint() {
    let cases: [(&[&str], &str); 16] = [
        (&["-s", "maybe"], "option -s: invalid choice: 'maybe' (choose from 'true', 'false')"),
        (&["--succ", "True"], "option --success: invalid choice: 'True' (choose from 'true', 'false')"),
        (&["-s", "it's"], "option -s: invalid choice: \"it's\" (choose from 'true', 'false')"),
        (
            &["-s", "'\"\n\u{1}é\\"],
            "option -s: invalid choice: '\\'\"\\n\\x01é\\\\' (choose from 'true', 'false')",
        ),
        (&["-e", "abc"], "option -e: invalid integer value: 'abc'"),
        (&["-e", ""], "option -e: invalid integer value: ''"),
        (&["--exit=08"], "option --exit-code: invalid integer value: '08'"),
        (&["--nope", "-h"], "no such option: --nope"),
        (&["--nope=1"], "no such option: --nope"),
        (&["-u", "x"], "no such option: -u"),
        (&["--re"], "ambiguous option: --re (--reason, --region, --resource?)"),
        (&["--s", "x"], "ambiguous option: --s (--secret-key, --stack, --success?)"),
        (&["U", "-r"], "-r option requires 1 argument"),
        (&["--rea"], "--reason option requires 1 argument"),
        (&["--help=x"], "--help option does not take a value"),
        (
            &["--auth", "iam"],
            "option --auth: invalid choice: 'iam' (choose from 'auto', 'instance', 'sigv4')",
        ),
    ];
    for (line, expected) in cases {
        let complaint = arguments(line).err().unwrap_or_default();
        assert_eq!(complaint, expected, "{line:?}");
    }
}

#[test]
fn json_is_wanted_however_that_is_written() {
    let asks = |line: &[&str]| asks_for_json(&line.iter().map(|part| (*part).to_owned()).collect::<Vec<_>>());
    for line in [&["--nope", "--output", "json"][..], &["--output=json"], &["--out", "json", "-e", "x"]] {
        assert!(asks(line), "{line:?}");
    }
    for line in [&["json"][..], &["--", "json"], &["--output", "text"], &["json", "--output"], &[]] {
        assert!(!asks(line), "{line:?}");
    }
}

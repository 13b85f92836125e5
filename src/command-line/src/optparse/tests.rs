#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use super::{Parsed, asks_for_json, parse};
use crate::definition::GROUPS;

fn arguments(line: &[&str]) -> Result<Parsed, String> {
    parse(&GROUPS, line.iter().map(|argument| (*argument).to_owned()).collect())
}

/// The line as one that leaves nothing open.
fn plain(line: &[&str]) -> String {
    match arguments(line).unwrap() {
        Parsed::Line(line) => {
            let options = line.given.iter().map(|(option, value)| match value {
                Some(value) => format!("--{}={value}", option.long),
                None => format!("--{}", option.long),
            });
            let rest = std::iter::once("--".to_owned()).chain(line.positionals.iter().cloned());
            options.chain(rest).collect::<Vec<_>>().join(" ")
        }
        Parsed::Help => "Help".to_owned(),
        Parsed::Version => "Version".to_owned(),
    }
}

#[test]
fn every_way_to_write_an_option() {
    let cases: [(&[&str], &str); 16] = [
        (&["--succ=false", "U"], "--success=false -- U"),
        (&["U", "-sfalse", "V"], "--success=false -- U V"),
        (&["-e", "-1"], "--exit-code=-1 --"),
        (&["--reason", "--data", "x"], "--reason=--data -- x"),
        (&["-r", "--", "x"], "--reason=-- -- x"),
        (&["--", "-s", "maybe"], "-- -s maybe"),
        (&["-", ""], "-- - "),
        (&["-r", "a", "--reason=b"], "--reason=a --reason=b --"),
        (&["--url=http://a/?b=c"], "--url=http://a/?b=c --"),
        (&["--id="], "--id= --"),
        // Each of these begins one of ours, too.
        (&["--d", "x"], "--data=x --"),
        (&["--reso", "x"], "--resource=x --"),
        (&["--c", "x"], "--credential-file=x --"),
        (&["--i", "x"], "--id=x --"),
        // And these begin only ours.
        (&["--dry", "-vv", "-vrx"], "--dry-run --verbose --verbose --verbose --reason=x --"),
        (&["-h", "--nope"], "Help"),
    ];
    for (line, expected) in cases {
        assert_eq!(plain(line), expected, "{line:?}");
    }
    assert_eq!(plain(&["--vers", "--nope"]), "Version");
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

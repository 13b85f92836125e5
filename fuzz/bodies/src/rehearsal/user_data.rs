//! User data, taken apart as cloud-init does, and linted inside a template.
//!
//! Input: user data, which is compressed first where it begins with `gzip:`.

use std::io::Write as _;

use cfn_rehearse::fuzzing::take_apart;
use flate2::Compression;
use flate2::write::GzEncoder;

use super::template;

/// Takes `input` apart.
pub fn run(input: &[u8]) {
    match input.strip_prefix(b"gzip:") {
        Some(plain) => {
            let compressed = gzip(plain);
            taken(&compressed);
        }
        None => {
            taken(input);
            lint(input);
        }
    }
}

/// Takes user data apart, and looks at what is said of it.
pub(super) fn taken(user_data: &[u8]) {
    let (runs, notes) = take_apart(user_data);
    match runs {
        Ok(names) => {
            assert!(!names.is_empty(), "something runs that has no name");
            names.iter().for_each(|name| {
                assert!(!name.is_empty() && !name.contains(['/', '\0']), "{name:?} is no file's name");
            });
        }
        Err(why) => template::check(&why),
    }
    // Whoever prints them leaves out what a terminal obeys.
    assert!(notes.iter().all(|note| !note.is_empty()), "{notes:?}");
}

/// Lints user data where a template has it.
pub(super) fn lint(user_data: &[u8]) {
    let Ok(text) = std::str::from_utf8(user_data) else { return };
    let template = serde_json::json!({"Resources": {"Server": {
        "Type": "AWS::EC2::Instance",
        "CreationPolicy": {"ResourceSignal": {"Timeout": "PT5M"}},
        "Properties": {"UserData": {"Fn::Base64": text}},
    }}});
    let linted = template::linted(&template.to_string());
    assert!(linted.is_ok(), "{linted:?}");
}

fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    let _ = encoder.write_all(plain);
    encoder.finish().unwrap_or_default()
}

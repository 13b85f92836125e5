use cfn_signal_command_line::Options;
use cfn_signal_core::delivery::{ResourceTarget, Signal, Status, Target};
use cfn_signal_core::secret::Secret;

use super::Names;

const ARN: &str = "arn:aws:cloudformation:eu-west-1:123456789012:stack/web/5e0b3c80";

fn names(stack: &str, resource: &str, id: Option<&str>) -> Names {
    let filled = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Names { stack: filled(stack), resource: filled(resource), id: id.map(str::to_owned), handle: None }
}

fn met(names: &Names, stack: &str, resource: &str, typed: Option<&str>, discover: bool) -> bool {
    let options = Options { id: typed.map(str::to_owned), discover, ..Options::default() };
    let signal = Signal {
        status: Status::Success,
        unique_id: typed.unwrap_or("i-1").to_owned(),
        reason: None,
        data: None,
    };
    let target = Target::Resource(ResourceTarget::new(stack, resource, "eu-west-1"));
    names.is_met_by(&options, &signal, &target)
}

#[test]
fn the_same_signal_meets_it_and_no_other_does() {
    let armed = names("web", "Server", None);
    assert!(met(&armed, "web", "Server", None, false));
    assert!(met(&armed, ARN, "Server", None, true));
    assert!(!met(&armed, "db", "Server", None, false));
    assert!(!met(&armed, "web", "Group", None, false));
    assert!(!met(&armed, "web", "Server", Some("other"), false));
    let with_id = names(ARN, "Server", Some("i-1"));
    assert!(met(&with_id, "web", "Server", Some("i-1"), false));
    assert!(met(&with_id, "web", "Server", None, false));
    assert!(!met(&with_id, &ARN.replace("5e0b", "6e0b"), "Server", None, false));
    let by_tags = names("", "", None);
    assert!(met(&by_tags, "web", "Server", None, true));
    assert!(!met(&by_tags, "web", "Server", None, false));
}

#[test]
fn a_handle_is_met_by_itself_in_base64_too() {
    let url = "https://b.s3.amazonaws.com/h?Signature=abc";
    let handle = |text: &str| Options { handle: Some(Secret::from(text.to_owned())), ..Options::default() };
    let armed = Names::typed(&handle(url));
    let signal = Signal { status: Status::Success, unique_id: "x".into(), reason: None, data: None };
    let sent = |text: &str| {
        armed.is_met_by(&handle(text), &signal, &Target::WaitHandle(Secret::from(text.to_owned())))
    };
    assert!(sent(url));
    assert!(sent("aHR0cHM6Ly9iLnMzLmFtYXpvbmF3cy5jb20vaD9TaWduYXR1cmU9YWJj"));
    assert!(!sent("https://b.s3.amazonaws.com/h?Signature=abd"));
    assert!(!armed.to_string().contains("abc"), "{armed}");
    // Nor is it in what is kept.
    assert!(!serde_json::to_string(&armed).is_ok_and(|kept| kept.contains("abc")));
}

#[test]
fn what_is_not_named_is_everything() {
    let armed = names("web", "Server", Some("i-1"));
    assert!(armed.is_meant_by(&names(ARN, "", None)));
    assert!(armed.is_meant_by(&names("", "Server", Some("i-1"))));
    assert!(!armed.is_meant_by(&names("web", "Server", Some("i-2"))));
}

use super::{Subject, fill, is_made_up};
use crate::ids::Home;

fn filled(form: &str, reference: &str, region: &str) -> String {
    let home = Home { region, account_id: "123456789012" };
    fill(form, Subject { reference, home, seed: "stack Thing" })
}

#[test]
fn what_is_known_is_filled_in() {
    for (form, region, expected) in [
        (
            "arn:{partition}:x:{region}:{account}:{ref}",
            "eu-west-1",
            "arn:aws:x:eu-west-1:123456789012:a:b/c/d",
        ),
        ("{name}.{second}.{after:b/}.{suffix}", "cn-north-1", "d.c.c/d.amazonaws.com.cn"),
        ("{short}", "ap-southeast-2", "apse2"),
        ("{short}", "us-gov-west-1", "usgw1"),
        ("plain {", "eu-west-1", "plain {"),
    ] {
        let reference = if form.contains("{name}") { "arn:a:b/c/d" } else { "a:b/c/d" };
        assert_eq!(filled(form, reference, region), expected);
    }
}

#[test]
fn what_is_made_up_has_its_form_and_stays_the_same() {
    for (form, length, letters) in [
        ("{x:17}", 17, "0123456789abcdef"),
        ("{X:32}", 32, "0123456789ABCDEF"),
        ("{a:12}", 12, "abcdefghijklmnopqrstuvwxyz0123456789"),
        ("{n:9}", 9, "123456789"),
        ("{uuid}", 36, "0123456789abcdef-"),
    ] {
        let value = filled(form, "x", "eu-west-1");
        assert_eq!(value.len(), length, "{form}: {value}");
        assert!(value.chars().all(|it| letters.contains(it)), "{form}: {value}");
        assert_eq!(value, filled(form, "y", "eu-west-1"));
        assert!(is_made_up(form));
    }
    assert!(!is_made_up("{ref}.{region}.{suffix}"));
}

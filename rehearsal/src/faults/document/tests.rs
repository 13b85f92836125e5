#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use cfn_signal_core::causes;
use proptest::prelude::*;

use super::*;

fn shown(text: &str) -> (Option<u64>, Vec<String>) {
    let document = read(text).unwrap();
    (document.seed, document.rules.iter().map(|(_, rule)| rule.to_string()).collect())
}

#[test]
fn lists_objects_and_lines_say_the_same() {
    let rules = vec!["SignalResource:throttling,first=3".to_owned(), "503,p=0.2".to_owned()];
    for text in [
        "- SignalResource:throttling,first=3\n- '*:503,p=0.2'\n",
        "# the two\n---\n- SignalResource:throttling,first=3 # often\n- 503,p=0.2\n",
        "[\"SignalResource:throttling,first=3\", \"503,p=0.2\"]",
        "[\n\t\"SignalResource:throttling,first=3\",\n\t\"503,p=0.2\"\n]\n",
        "\u{feff}# lines\n\nSignalResource:throttling,first=3\r\n  503,p=0.2",
    ] {
        assert_eq!(shown(text), (None, rules.clone()), "{text}");
    }
    for text in [
        "{\"seed\": 7, \"faults\": [\"SignalResource:throttling,first=3\", \"503,p=0.2\"]}",
        "seed: 7\nfaults:\n  - SignalResource:throttling,first=3\n  - 503,p=0.2\n",
        "faults: ['lost,first=3', ]\nseed: 7",
    ] {
        assert_eq!(shown(text).0, Some(7), "{text}");
    }
    for text in ["", "\n# nothing\n", "[]", "{\"faults\": []}"] {
        assert_eq!(shown(text), (None, vec![]), "{text}");
    }
}

#[test]
fn a_yaml_scalar_is_a_rule_whatever_its_type() {
    assert_eq!(shown("- 500,first=1\n- 503"), (None, vec!["500,first=1".to_owned(), "503".to_owned()]));
}

#[test]
fn what_is_wrong_has_a_line_and_a_column() {
    for (text, says) in [
        ("lost\n  503,fist=1", "2:7: there is no limit fist (did you mean first?)"),
        ("- lost\n- 503,fist=1", "2:7: there is no limit fist"),
        ("- lost\n- '503,fist=1'", "2:8: there is no limit fist"),
        ("[\"lost\",\n \"503,fist=1\"]", "2:7: there is no limit fist"),
        ("- SignalResource: throttling", "1:3: a rule is a text such as"),
        ("- *:503", "1:3: a rule that begins with * has to be in quotes"),
        ("- [503]", "1:3: a rule is a text such as"),
        ("[\"503\"", "1:1: not readable as YAML or JSON: unclosed bracket '['"),
        ("{\"seed\": 7}", "1:11: a list of rules is wanted here"),
        ("{\"seed\": -7, \"faults\": []}", "1:10: seed is a whole number"),
        ("{\"seed\": [], \"faults\": []}", "1:10: seed is a whole number"),
        ("{\"faults\": [], \"sed\": 7}", "1:16: a list of rules is wanted here"),
        ("- 503\n---\n- 500\n", "3:1: a list of rules is wanted here"),
        ("lost\nlost", "2:1: lost is given twice"),
        (
            "- 503\n- SignalResource:500",
            "2:3: 503 contradicts SignalResource:500: the first always comes before",
        ),
    ] {
        let error = causes::line(&read(text).unwrap_err());
        assert!(error.starts_with(says), "{text}: {error}");
        assert!(!error.contains('\n'), "{text}: {error}");
    }
}

#[test]
fn a_text_has_an_end() {
    assert_eq!(read(&"#".repeat(MAX_BYTES + 1)).unwrap_err().problem, DocumentProblem::TooLong);
    let many: String = (1..=MAX_RULES + 1).map(|first| format!("503,first={first}\n")).collect();
    let error = read(&many).unwrap_err();
    assert_eq!((error.place.line, error.problem), (MAX_RULES + 1, DocumentProblem::TooLong));
}

#[test]
fn rules_contradict_each_other_where_the_first_leaves_the_second_nothing() {
    let overlapping = |one: &str, other: &str| {
        let rules: Vec<Rule> = [one, other].iter().map(|text| text.parse().unwrap()).collect();
        overlap(&rules).is_some()
    };
    for (one, other) in [
        ("503", "503"),
        ("503,first=1", "503,first=1"),
        ("503", "500"),
        ("api:throttling", "SignalResource:reset,p=0.5"),
        ("skew=1m", "skew=-1m"),
        ("imds=off", "imds=v1"),
        ("slow=1s", "handle:slow=2s"),
        ("503", "expired-token"),
        ("throttling", "api:500"),
    ] {
        assert!(overlapping(one, other), "{one} {other}");
    }
    for (one, other) in [
        ("503,first=1", "503,first=2"),
        ("SignalResource:503", "api:503"),
        ("SignalResource:503", "DescribeStacks:503"),
        ("503", "slow=1s"),
        ("503", "lost"),
        ("skew=1m", "503"),
        ("handle:503", "imds:503"),
        ("expired-handle", "503"),
        ("unpropagated", "not-member"),
        ("not-member", "throttling"),
        ("imds=v1", "imds:503,first=1"),
        ("throttling", "imds:500"),
    ] {
        assert!(!overlapping(one, other), "{one} {other}");
    }
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "(\\PC|\n|\t){0,60}|[-\\[{}\\]\"':,*&!\n a-z0-9=]{0,60}") {
        let _ = read(&text);
    }
}

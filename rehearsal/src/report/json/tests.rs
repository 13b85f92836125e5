#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use super::*;
use crate::report::recorder::tests::{SILENCE, failed};

fn lines() -> Vec<Value> {
    failed().drain().iter().map(|it| serde_json::from_str(&line(it)).unwrap()).collect()
}

#[test]
fn every_line_says_what_it_is_and_when() {
    let lines = lines();
    assert_eq!(lines.len(), 16);
    for it in &lines {
        assert!(
            it["type"].is_string() && it["at_ms"].is_u64() && it["real_ms"].is_u64() && it["stack"] == "web",
            "{it}"
        );
        assert!(it["at"].as_str().unwrap().ends_with('Z'), "{it}");
    }
    let of = |kind: &str| lines.iter().find(|it| it["type"] == kind).unwrap();
    assert_eq!(of("signal")["effect"], "uncounted");
    assert_eq!(of("exited")["code"], 1);
    assert_eq!(of("output")["source"], "script");
    assert_eq!(of("fault")["fault"], "Throttling");
    assert_eq!(of("wait-begun")["expected"], 1);
    let ended = of("wait-ended");
    assert_eq!(
        (&ended["end"], &ended["length_ms"], &ended["reason"]),
        (&json!("failed"), &json!(300_000), &json!(SILENCE))
    );
    assert!(!format!("{lines:?}").contains("s3cr3t"));
}

#[test]
fn the_summary_has_the_whole_of_it() {
    let notes = Notes {
        faults: Some("503 came true once; replay with --seed 7".to_owned()),
        untold: 3,
        made_up: vec![Made { stack: None, name: "Ip".to_owned(), value: "203.0.113.10".to_owned() }],
        filled: vec![Made { stack: None, name: "Vpc".to_owned(), value: "vpc-1".to_owned() }],
        ..Notes::default()
    };
    let text = summary(failed().stacks(), Ending { exit_code: 1, interrupted: false }, &notes);
    assert!(!text.contains('\n'));
    let it: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        (&it["type"], &it["result"], &it["exit_code"]),
        (&json!("summary"), &json!("failed"), &json!(1))
    );
    let stack = &it["stacks"][0];
    assert_eq!((&stack["status"], &stack["verdict"]), (&json!("ROLLBACK_COMPLETE"), &json!("failed")));
    assert_eq!((&stack["failure"]["logical_id"], &stack["took_ms"]), (&json!("Server"), &json!(300_000)));
    assert_eq!(stack["resources"][0]["signals"]["uncounted"], 1);
    assert_eq!(stack["resources"][2]["status"], Value::Null);
    assert_eq!((&it["faults"], &it["untold"]), (&json!(notes.faults), &json!(3)));
    assert_eq!(it["made_up"], json!([{"stack": null, "name": "Ip", "value": "203.0.113.10"}]));
    assert_eq!(it["filled"], json!([{"stack": null, "name": "Vpc", "value": "vpc-1"}]));
    let interrupted = summary(&[], Ending { exit_code: 130, interrupted: true }, &Notes::default());
    assert!(interrupted.contains("\"interrupted\""));
}

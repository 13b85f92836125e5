#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use super::*;

fn next(fields: &[(&'static str, Node)]) -> Option<String> {
    match fields {
        [("NextToken", Node::Text(token))] => Some(token.clone()),
        _ => None,
    }
}

#[test]
fn pages_follow_each_other_though_something_comes_in_front() {
    let mut all: Vec<_> = (0..250).rev().collect();
    let mut seen = Vec::new();
    let mut token = None;
    loop {
        let mut fields = Vec::new();
        seen.extend(page(all.clone(), token.as_deref(), ToString::to_string, &mut fields).unwrap());
        token = next(&fields);
        // Newest first.
        all.insert(0, all.first().unwrap() + 1);
        if token.is_none() {
            break;
        }
    }
    assert_eq!(seen, (0..250).rev().collect::<Vec<_>>());
}

#[test]
fn a_page_that_holds_everything_has_no_next() {
    let mut fields = Vec::new();
    assert_eq!(page((0..100).collect(), None, ToString::to_string, &mut fields).unwrap().len(), PAGE);
    assert_eq!(next(&fields), None);
}

#[test]
fn a_token_of_somebody_elses_is_refused() {
    for token in ["", "!", "MTIzNDU"] {
        assert!(page(vec![1, 2], Some(token), ToString::to_string, &mut Vec::new()).is_err(), "{token}");
    }
}

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
        seen.extend(page("List", all.clone(), token.as_deref(), ToString::to_string, &mut fields).unwrap());
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
    assert_eq!(page("List", (0..100).collect(), None, ToString::to_string, &mut fields).unwrap().len(), PAGE);
    assert_eq!(next(&fields), None);
}

#[test]
fn a_token_of_somebody_elses_is_refused() {
    let of_another_list = URL_SAFE_NO_PAD.encode("Other:1:2");
    for token in ["", "!", "MTIzNDU", of_another_list.as_str()] {
        assert!(
            page("List", vec![1, 2], Some(token), ToString::to_string, &mut Vec::new()).is_err(),
            "{token}"
        );
    }
}

#[test]
fn what_is_deleted_between_two_pages_takes_nothing_with_it() {
    let all: Vec<u32> = (0..250).rev().collect();
    let first_page = |all: &[u32]| {
        let mut fields = Vec::new();
        let shown = page("List", all.to_vec(), None, ToString::to_string, &mut fields).unwrap();
        (shown, next(&fields).unwrap())
    };
    let (shown, token) = first_page(&all);
    assert_eq!(shown.last(), Some(&150));
    // The next, the last that was shown, and that one with another in front.
    for (gone, added) in [(149, None), (150, None), (150, Some(250))] {
        let left: Vec<_> = added.into_iter().chain(all.iter().copied().filter(|it| *it != gone)).collect();
        let then = page("List", left, Some(&token), ToString::to_string, &mut Vec::new()).unwrap();
        let expected: Vec<_> = (0..150).rev().filter(|it| *it != gone).take(PAGE).collect();
        assert_eq!(then, expected, "{gone} is gone");
    }
}

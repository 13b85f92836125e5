//! What `cfn-rehearse lint --explain` shows of each rule.

#![expect(clippy::expect_used, reason = "tests fail by panicking")]

use cfn_rehearse::lint::{output, rules};

use super::found_strictly;

#[test]
fn every_rule_has_a_page() {
    for rule in rules() {
        let page = output::page(rule).expect(rule.code);
        for words in [rule.name, rule.summary, rule.why, rule.fix, page.bad, page.good] {
            assert!(!words.trim().is_empty(), "{}", rule.code);
        }
        assert!(page.source.starts_with("https://"), "{}: {}", rule.code, page.source);
        assert_eq!(
            (found_strictly(page.bad), found_strictly(page.good)),
            (vec![rule.code], vec![]),
            "{}",
            rule.code
        );
        let explained = output::explain(rule);
        for words in [rule.name, rule.why, "Found in:", "Not found in:", page.source] {
            assert!(explained.contains(words), "{}: {explained}", rule.code);
        }
        for line in page.bad.lines().chain(page.good.lines()) {
            assert!(explained.contains(line), "{}: {line}", rule.code);
        }
    }
}

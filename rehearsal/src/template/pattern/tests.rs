use super::*;

/// Backtracks, for ages where the text nearly matches.
const SLOW: &str = r"(?=(a+)+b)a+b?|(a|a)*\2c";

#[test]
fn a_value_matches_as_a_whole() {
    let mut pattern = Pattern::new("[a-z]+|(?!x)[0-9]+", &Steps::default());
    for (text, matches) in [("abc", true), ("12", true), ("abc1", false), ("", false), ("1a", false)] {
        assert_eq!(pattern.matches(text), matches, "{text}");
    }
    assert!(Pattern::new(r"\p{javaLowerCase}+", &Steps::default()).matches("1"), "Java's is not checked");
}

#[test]
fn all_values_share_the_steps_of_a_parameter() {
    let steps = Steps::default();
    let mut pattern = Pattern::new(SLOW, &steps);
    let nearly = "a".repeat(60);
    for _ in 0..1000 {
        pattern.matches(&nearly);
    }
    assert!(pattern.taken > FIRST && pattern.taken <= EACH, "{}", pattern.taken);
    // What takes few is still checked where there are many.
    let mut pattern = Pattern::new("(?=.{1,20}$)[a-z]+(?<!-)", &steps);
    for _ in 0..5000 {
        assert!(pattern.matches("abc"));
    }
    assert!(!pattern.matches("1"));
}

#[test]
fn all_parameters_share_the_steps_of_a_template() {
    let mut steps = Steps::default();
    let mut taken = 0;
    for _ in 0..100 {
        let mut pattern = Pattern::new(SLOW, &steps);
        pattern.matches(&"a".repeat(60));
        taken += pattern.taken;
        pattern.done(&mut steps);
    }
    assert!(taken <= ALL, "{taken}");
    assert!(Pattern::new("a", &steps).left < EACH);
}

use super::*;

#[test]
fn a_letter_then_letters_digits_and_hyphens() {
    for good in ["a", "Web-1", "w-"] {
        assert!(is_well_formed(good), "{good}");
    }
    for bad in ["", "1a", "-a", "a_b", "a b", "é", "aé", "arn:aws:x"] {
        assert!(!is_well_formed(bad), "{bad}");
    }
}

use super::{contains, cut, find, replace, split, split_once};

#[test]
fn the_first_counts() {
    assert_eq!(find("aéabab", "ab"), Some(3));
    assert_eq!(find("aéabab", "é"), Some(1));
    assert_eq!(find("ab", "abc"), None);
    assert_eq!(find("", "a"), None);
    assert!(contains("a-->b-->c", "-->") && !contains("a->b", "-->"));
    assert_eq!(split_once("a-->b-->c", "-->"), Some(("a", "b-->c")));
    assert_eq!(split_once("a-->", "-->"), Some(("a", "")));
    assert_eq!(split_once("a", "-->"), None);
}

#[test]
fn parts_are_split() {
    assert_eq!(cut("é=b=c", b'='), Some(("é", "b=c")));
    assert_eq!(cut("é", b'='), None);
    for text in ["", "/", "é", "/a//é/", "a/b"] {
        assert!(split(text, b'/').eq(text.split('/')), "{text:?}");
    }
}

#[test]
fn all_are_replaced() {
    assert_eq!(replace("aXéXXb", "X", "--"), "a--é----b");
    assert_eq!(replace("aaa", "aa", "b"), "ba", "from the left");
    assert_eq!(replace("abc", "x", "y"), "abc");
}

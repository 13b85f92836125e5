//! A comment directly behind a value in quotes or brackets: `"a"#b`. CloudFormation's reader takes it, and the one here
//! stops at it. Then the text is read again with spaces in the comment's place, so every other place stays true.

/// Comments of a text that are taken so; each costs another reading.
pub(super) const MOST: usize = 64;

/// The text without the comment that begins `at` so many letters from its beginning; none where no comment does.
pub(super) fn without(text: &str, at: usize) -> Option<String> {
    let (start, _) = text.char_indices().nth(at).filter(|(_, letter)| *letter == '#')?;
    let (before, rest) = text.split_at(start);
    let end = rest.find(['\n', '\r']).unwrap_or(rest.len());
    let (comment, after) = rest.split_at(end);
    Some(format!("{before}{}{after}", " ".repeat(comment.chars().count())))
}

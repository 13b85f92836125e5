//! A dash that is a value of its own, before a comma or a bracket: `!Join [-, [a, b]]`. CloudFormation's reader takes
//! it, and the one here does not. Where it stops at one, the text is read a second time with a letter in the dash's
//! place that is nowhere else in it, and what is read gets its dashes back. So every place stays true, and what could
//! be read is read as it was.

use std::borrow::Cow;

/// A template's text, as it is given to the parser.
#[derive(Debug)]
pub(super) struct Text<'t> {
    text: Cow<'t, str>,
    /// What is written for such a dash.
    stand_in: Option<char>,
}

impl<'t> Text<'t> {
    pub(super) fn as_it_is(text: &'t str) -> Self {
        Self { text: Cow::Borrowed(text), stand_in: None }
    }

    /// With a letter for each dash that may be meant; none where the text has every letter that could be taken.
    pub(super) fn with_stand_ins(text: &'t str) -> Option<Self> {
        // Unicode's letters for private use.
        let stand_in = ('\u{e000}'..='\u{f8ff}').find(|letter| !text.contains(*letter))?;
        let mut before = '\n';
        let mut letters = text.chars().peekable();
        let mut written = String::with_capacity(text.len());
        while let Some(letter) = letters.next() {
            let begins = before.is_whitespace() || "[{,:".contains(before);
            let ends = letters.peek().is_some_and(|next| ",[]{}".contains(*next));
            written.push(if letter == '-' && begins && ends { stand_in } else { letter });
            before = letter;
        }
        Some(Self { text: Cow::Owned(written), stand_in: Some(stand_in) })
    }

    pub(super) fn as_str(&self) -> &str {
        &self.text
    }

    /// What was written where `read` was read.
    pub(super) fn restored<'r>(&self, read: Cow<'r, str>) -> Cow<'r, str> {
        match self.stand_in {
            Some(stand_in) if read.contains(stand_in) => Cow::Owned(read.replace(stand_in, "-")),
            _ => read,
        }
    }
}

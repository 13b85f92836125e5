//! Inputs that people can read and write: two lines, headers, an empty line, a body.

use cfn_signal_core::http::Header;

/// An input, taken apart. `\n`, `\r` and `\0` in its head stand for the characters that a head cannot hold.
pub(crate) struct Message<'a> {
    pub(crate) first: String,
    pub(crate) second: String,
    pub(crate) headers: Vec<Header>,
    pub(crate) body: &'a [u8],
}

impl<'a> Message<'a> {
    /// None where the head is no text.
    pub(crate) fn read(input: &'a [u8]) -> Option<Self> {
        let end = input.windows(2).position(|two| two == b"\n\n");
        let (head, body) = match end {
            Some(end) => (input.get(..end)?, input.get(end + 2..)?),
            None => (input, &[][..]),
        };
        let mut lines = std::str::from_utf8(head).ok()?.split('\n').map(unescaped);
        Some(Self {
            first: lines.next()?,
            second: lines.next().unwrap_or_default(),
            headers: lines.map(header).collect(),
            body,
        })
    }

    /// Whether `word` is in the first line.
    pub(crate) fn says(&self, word: &str) -> bool {
        self.first.split(' ').any(|said| said == word)
    }

    /// What follows `name=` in the first line.
    pub(crate) fn told(&self, name: &str) -> Option<&str> {
        self.first.split(' ').find_map(|said| said.strip_prefix(name)?.strip_prefix('='))
    }
}

/// A header's line.
pub(crate) fn header(line: String) -> Header {
    match line.split_once(':') {
        Some((name, value)) => (name.to_owned(), value.trim_start_matches(' ').to_owned()),
        None => (line, String::new()),
    }
}

fn unescaped(line: &str) -> String {
    line.replace("\\n", "\n").replace("\\r", "\r").replace("\\0", "\0")
}

//! The last lines of what a command says, in little memory.

use std::collections::VecDeque;

/// Of one line, in bytes; the rest of a longer one is not kept.
const LONGEST: usize = 1_000;

/// The last lines.
#[derive(Debug)]
pub(super) struct Lines {
    last: VecDeque<Vec<u8>>,
    most: usize,
    /// The line that has not ended.
    begun: Vec<u8>,
}

impl Lines {
    /// At most so many lines.
    pub(super) fn new(most: usize) -> Self {
        Self { last: VecDeque::with_capacity(most.saturating_add(1)), most, begun: Vec::new() }
    }

    /// More of what it says.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        // Of much at once only the last lines can be kept.
        let mut rest = match memchr::memrchr_iter(b'\n', bytes).nth(self.most) {
            Some(at) => {
                self.begun.clear();
                bytes.get(at.saturating_add(1)..).unwrap_or_default()
            }
            None => bytes,
        };
        while let Some((line, after)) = memchr::memchr(b'\n', rest).and_then(|at| rest.split_at_checked(at)) {
            self.go_on(line);
            self.end();
            rest = after.get(1..).unwrap_or_default();
        }
        self.go_on(rest);
    }

    fn go_on(&mut self, line: &[u8]) {
        let room = LONGEST.saturating_sub(self.begun.len());
        self.begun.extend(line.iter().take(room));
    }

    fn end(&mut self) {
        self.last.push_back(std::mem::take(&mut self.begun));
        if self.last.len() > self.most {
            self.last.pop_front();
        }
    }

    /// What can be read of them: no escape sequence, nothing that was overwritten on its line, no empty line, no binary.
    pub(super) fn readable(mut self) -> Vec<String> {
        if !self.begun.is_empty() {
            self.end();
        }
        self.last.iter().filter_map(|line| readable(line)).collect()
    }
}

/// What a terminal would show of a line in the end, if a person can read it.
pub(super) fn readable(line: &[u8]) -> Option<String> {
    // Progress is written over and over on one line.
    let shown = line.split(|byte| *byte == b'\r').rfind(|part| !part.is_empty())?;
    let text = String::from_utf8_lossy(&strip_ansi_escapes::strip(shown)).into_owned();
    let text: String = text.chars().filter(|c| !c.is_control() || *c == '\t').collect();
    let odd = text.chars().filter(|c| *c == char::REPLACEMENT_CHARACTER).count();
    let text = text.trim();
    let is_binary = odd.saturating_mul(4) > text.chars().count();
    (!text.is_empty() && !is_binary).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, Lines};

    fn kept(most: usize, parts: &[&[u8]]) -> Vec<String> {
        let mut lines = Lines::new(most);
        for part in parts {
            lines.push(part);
        }
        lines.readable()
    }

    #[test]
    fn the_last_lines_are_kept_however_they_come() {
        assert_eq!(kept(2, &[b"a\nb\nc\n"]), ["b", "c"]);
        assert_eq!(kept(2, &[b"a\nb\nc"]), ["b", "c"]);
        assert_eq!(kept(2, &[b"a\nb", b"b", b"\n", b"c\nd"]), ["c", "d"]);
        assert_eq!(kept(2, &[b"begun", b"a\nb\nc\nd\n"]), ["c", "d"]);
        assert_eq!(kept(2, &[b"begun", b" well\nb\n"]), ["begun well", "b"]);
        assert_eq!(kept(3, &[]), Vec::<String>::new());
    }

    #[test]
    fn a_line_is_what_a_terminal_shows_in_the_end() {
        assert_eq!(kept(9, &[b"\x1b[31merror:\x1b[0m no\n"]), ["error: no"]);
        assert_eq!(kept(9, &[b" 10%\r 50%\r100%\n"]), ["100%"]);
        assert_eq!(kept(9, &[b"dos line\r\n"]), ["dos line"]);
        assert_eq!(kept(9, &[b"\x1b]0;title\x07text\n"]), ["text"]);
        assert_eq!(kept(9, &[b"\n\n \nend\n"]), ["end"]);
        assert_eq!(kept(9, &[b"\xff\xfe\x00\x80\x81\nsaid\n"]), ["said"]);
        assert_eq!(kept(9, &["é ist gut\n".as_bytes()]), ["é ist gut"]);
    }

    #[test]
    fn a_line_without_an_end_takes_little_memory() {
        let mut lines = Lines::new(3);
        for _ in 0..1_000 {
            lines.push(&[b'x'; 10_000]);
        }
        assert!(lines.begun.capacity() <= LONGEST * 2);
        assert_eq!(lines.readable().concat().len(), LONGEST);
    }
}

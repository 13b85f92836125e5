//! Integers as Python's optparse reads them: `-e` takes anything that it takes.

/// Whether `text` is an integer, and if so whether it is zero. Of any size.
///
/// A leading `0x` means hexadecimal, `0b` binary, any other leading `0` octal; else white space and a sign may
/// come first. Underscores may stand between digits.
pub(super) fn is_zero(text: &str) -> Option<bool> {
    let prefix = text.get(..2).map(str::to_ascii_lowercase);
    match prefix.as_deref() {
        Some("0x") => {
            digits(text.get(2..)?.trim_end().strip_prefix('_').unwrap_or(text.get(2..)?.trim_end()), 16)
        }
        // Python takes the prefix off, and then reads an integer in base 2, whose own prefix may follow.
        Some("0b") => match text.get(2..)? {
            "" => Some(true),
            rest => integer(rest, 2, "0b"),
        },
        _ if text.starts_with('0') => integer(text, 8, "0o"),
        _ => integer(text, 10, ""),
    }
}

fn integer(text: &str, radix: u32, prefix: &str) -> Option<bool> {
    let text = text.trim();
    let text = text.strip_prefix(['+', '-']).unwrap_or(text);
    let bare = match text.get(..2) {
        Some(start) if !prefix.is_empty() && start.eq_ignore_ascii_case(prefix) => {
            let rest = text.get(2..)?;
            rest.strip_prefix('_').unwrap_or(rest)
        }
        _ => text,
    };
    digits(bare, radix)
}

fn digits(text: &str, radix: u32) -> Option<bool> {
    let mut zero = true;
    for group in text.split('_') {
        if group.is_empty() {
            return None;
        }
        for digit in group.chars() {
            zero &= digit.to_digit(radix)? == 0;
        }
    }
    Some(zero)
}

#[cfg(test)]
mod tests {
    use super::is_zero;

    /// Each line as Python 3.11's optparse decides it.
    #[test]
    fn integers_as_optparse_reads_them() {
        let zero =
            ["0", "00", "0x0", "0X00", "0b0", "0b", "0o0", "-0", "+0", " 0", "0 ", "0_0", "0x_0", "0b-0"];
        let other = [
            "1",
            "-1",
            "+7",
            " 08",
            "010",
            "0x1",
            "0b1",
            "0b0b1",
            "0o17",
            "0O_7",
            "1_0",
            "\t12\n",
            "-010",
            "0xFf",
            "340282366920938463463374607431768211456",
        ];
        let none = [
            "", " ", "abc", "08", "0x", "0xg", "0b2", "1__0", "_1", "1_", "1.0", "1e3", "-0x1", "- 1", "--1",
            "+-1", "0o", "0o8", "0b_1", "0x__1", "é", "1 2",
        ];
        for text in zero {
            assert_eq!(is_zero(text), Some(true), "{text:?}");
        }
        for text in other {
            assert_eq!(is_zero(text), Some(false), "{text:?}");
        }
        for text in none {
            assert_eq!(is_zero(text), None, "{text:?}");
        }
    }
}

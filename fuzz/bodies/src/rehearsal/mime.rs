//! A MIME message as user data: a message, or the parts of one whose boundary is `b`.

use super::user_data;

const HEAD: &[u8] = b"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n";

/// Takes `input` apart: as it is where it has headers of its own.
pub fn run(input: &[u8]) {
    let has_head =
        ["MIME", "mime", "Content", "content"].iter().any(|word| input.starts_with(word.as_bytes()));
    let message = if has_head { input.to_vec() } else { [HEAD, input].concat() };
    user_data::taken(&message);
    user_data::lint(&message);
}

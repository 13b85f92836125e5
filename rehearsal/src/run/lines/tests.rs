#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use tokio::sync::mpsc::channel;

use super::*;

/// What is shown of some output, read by pieces of any size.
fn shown(output: &[u8], secrets: &Secrets) -> Vec<String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (sender, mut lines) = channel(LINES_AHEAD);
        tokio::spawn(read_lines(std::io::Cursor::new(output.to_vec()), sender, secrets.clone()));
        let mut all = Vec::new();
        while let Some(line) = lines.recv().await {
            all.push(secrets.without(&line).into_owned());
        }
        all
    })
}

#[test]
fn what_is_hidden_is_not_cut_in_two() {
    let secrets = Secrets::default();
    secrets.learn(["correct-horse".to_owned(), "x".repeat(5000)]);
    for before in [0, 3000, 4083, 4090, 4096, 8190, 13_000] {
        for filling in ["a", "a ", "\u{e4}"] {
            let text = filling.repeat(before) + "correct-horse" + &filling.repeat(20_000);
            let lines = shown(text.as_bytes(), &secrets);
            assert!(lines.len() > 2, "{before}: {}", lines.len());
            assert_eq!(lines.concat(), text.replace("correct-horse", "****"), "{before}");
        }
    }
}

#[test]
fn a_long_line_is_cut_between_words_where_there_are_any() {
    let text = "KEY=0123456789 ".repeat(2000);
    let lines = shown(text.as_bytes(), &Secrets::default());
    assert!(lines.len() > 2);
    assert!(lines.iter().skip(1).all(|it| it.starts_with(" KEY=")), "{lines:?}");
    assert_eq!(lines.concat(), text);
}

#[test]
fn lines_end_where_they_end() {
    let lines = shown(b"one\r\n\ntwo\xff\nthree", &Secrets::default());
    assert_eq!(lines, ["one", "", "two\u{fffd}", "three"]);
}

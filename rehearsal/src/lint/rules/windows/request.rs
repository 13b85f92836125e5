//! PowerShell's requests to a wait condition's handle.

use crate::lint::shell::{PieceKind, Word};
use crate::lint::signal::Signal;

/// What is wrong with a request of `Invoke-RestMethod` or `Invoke-WebRequest` to a handle.
///
/// Windows PowerShell, which runs user data, gives a PUT no Content-Type of its own.
pub(in crate::lint::rules) fn wrong_request(signal: &Signal) -> Option<(&Word, &'static str)> {
    // A variable of options, or a table of headers, may say anything.
    let is_opaque = signal.words.iter().any(|word| {
        word.beginning().is_empty() && word.pieces.iter().any(|piece| piece.kind == PieceKind::Other)
            || ["-headers", "-custommethod"].iter().any(|it| word.beginning().eq_ignore_ascii_case(it))
    });
    if is_opaque {
        return None;
    }
    let value = |name: &str| {
        let at = signal.words.iter().position(|word| {
            let start = word.beginning().to_ascii_lowercase();
            let written = start.split(':').next().unwrap_or_default();
            written.len() > 3 && name.starts_with(written)
        })?;
        signal.words.get(at + 1)
    };
    let first = signal.words.first()?;
    let Some(method) = value("-method") else {
        return Some((first, "the handle takes a PUT, and this is none: add -Method Put"));
    };
    if !method.literal()?.eq_ignore_ascii_case("put") {
        return Some((method, "the handle takes a PUT, and this is none: write -Method Put"));
    }
    let typed = value("-contenttype")?;
    match typed.literal() {
        Some(text) if !text.is_empty() => {
            Some((typed, "the handle takes no Content-Type: leave out -ContentType"))
        }
        _ => None,
    }
}

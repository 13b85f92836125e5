//! What clients send to a handle's URL, which is signed for a PUT without a Content-Type.

use crate::lint::shell::Word;
use crate::lint::signal::Signal;

/// What is wrong with a request, and at which word.
type Wrong<'s> = Option<(&'s Word, &'static str)>;

const TYPED: &str = "the handle takes no Content-Type: send an empty one, -H 'Content-Type:'";

/// curl's options that take a value, by their letters.
const CURL: [(char, &str); 12] = [
    ('X', "request"),
    ('H', "header"),
    ('T', "upload-file"),
    ('d', "data"),
    ('F', "form"),
    ('K', "config"),
    ('o', "output"),
    ('u', "user"),
    ('A', "user-agent"),
    ('m', "max-time"),
    ('w', "write-out"),
    ('x', "proxy"),
];

/// Those of them that send a body with a type of curl's own.
const BODIES: [&str; 8] =
    ["data", "data-binary", "data-raw", "data-ascii", "data-urlencode", "json", "form", "form-string"];

/// An option of a command, by its long name, with its value.
struct Given<'s> {
    name: String,
    value: Option<String>,
    word: &'s Word,
}

pub(super) fn curl(signal: &Signal) -> Wrong<'_> {
    let options = curl_options(signal);
    let find = |names: &[&str]| options.iter().find(|it| names.contains(&it.name.as_str()));
    // A configuration file and a variable may say anything.
    if signal.may_hide_options() || find(&["config"]).is_some() {
        return None;
    }
    // A file is sent as it is, unless a header is given.
    if let Some(upload) = find(&["upload-file"]) {
        let is_typed = content_type(signal).is_some_and(|header| !header.is_empty());
        return is_typed.then_some((upload.word, TYPED));
    }
    let name = signal.words.first()?;
    if find(&["request"]).and_then(|it| it.value.as_deref()) != Some("PUT") {
        return Some((name, "the handle takes a PUT, and this is none: add -X PUT"));
    }
    let data = find(&BODIES)?;
    match content_type(signal).as_deref() {
        Some("") => None,
        Some(_) => Some((name, TYPED)),
        None => Some((
            data.word,
            "curl adds a Content-Type to this, which the handle refuses: add -H 'Content-Type:'",
        )),
    }
}

/// curl's options, its clusters such as `-fsSX` taken apart.
fn curl_options(signal: &Signal) -> Vec<Given<'_>> {
    let mut found = Vec::new();
    let mut words = signal.words.iter().skip(1);
    while let Some(word) = words.next() {
        let text = word.literal().unwrap_or_else(|| word.beginning().to_owned());
        if let Some(long) = text.strip_prefix("--") {
            let (name, attached) = match long.split_once('=') {
                Some((name, value)) => (name, Some(value.to_owned())),
                None => (long, None),
            };
            let takes_value = CURL.iter().any(|(_, it)| *it == name) || BODIES.contains(&name);
            let next = || if takes_value { words.next().and_then(Word::literal) } else { None };
            found.push(Given { name: name.to_owned(), value: attached.or_else(next), word });
        } else if let Some(cluster) = text.strip_prefix('-') {
            let known = cluster.char_indices().find_map(|(at, letter)| {
                let (_, name) = CURL.iter().find(|(it, _)| *it == letter)?;
                Some((*name, cluster.get(at + letter.len_utf8()..).unwrap_or_default()))
            });
            if let Some((name, rest)) = known {
                let value = match rest {
                    "" => words.next().and_then(Word::literal),
                    rest => Some(rest.to_owned()),
                };
                found.push(Given { name: name.to_owned(), value, word });
            }
        }
    }
    found
}

/// The Content-Type that is asked for, empty where it is to be left out.
fn content_type(signal: &Signal) -> Option<String> {
    signal.words.iter().find_map(|word| {
        let text = word.literal()?.to_ascii_lowercase();
        let at = text.find("content-type")?;
        text.get(at + "content-type".len()..).map(|rest| rest.trim_matches([':', ';', ' ']).to_owned())
    })
}

/// The same for wget, which adds a Content-Type to every body.
pub(super) fn wget(signal: &Signal) -> Wrong<'_> {
    let find = |names: &[&str]| {
        signal.words.iter().find(|word| names.iter().any(|name| word.beginning().starts_with(name)))
    };
    if signal.may_hide_options() || find(&["-i", "--input-file", "--config", "-e", "--execute"]).is_some() {
        return None;
    }
    let name = signal.words.first()?;
    let Some(method) = find(&["--method"]) else {
        return Some((name, "the handle takes a PUT, and this is none: add --method=PUT"));
    };
    let is_put =
        signal.words.iter().any(|word| word.literal().is_some_and(|it| it == "PUT" || it == "--method=PUT"));
    if !is_put {
        return method
            .literal()
            .map(|_| (name, "the handle takes a PUT, and this is none: write --method=PUT"));
    }
    let body = find(&["--body-data", "--body-file"])?;
    match content_type(signal).as_deref() {
        Some("") => None,
        _ => Some((
            body,
            "wget adds a Content-Type to this, which the handle refuses: add --header='Content-Type:'",
        )),
    }
}

/// The same for HTTPie, whose bodies are JSON or forms, and say so.
pub(super) fn httpie(signal: &Signal) -> Wrong<'_> {
    let name = signal.words.first()?;
    if signal.may_hide_options() {
        return None;
    }
    let texts: Vec<String> = signal.words.iter().skip(1).filter_map(Word::literal).collect();
    if texts.iter().any(|it| it == "--config-dir" || it == "--session") {
        return None;
    }
    if !texts.iter().any(|it| it == "PUT") {
        return Some((name, "the handle takes a PUT, and this is none: write PUT before the URL"));
    }
    // `Content-Type:` takes the header away.
    let is_untyped = texts.iter().any(|it| it.eq_ignore_ascii_case("content-type:"));
    (!is_untyped).then_some((
        name,
        "HTTPie adds a Content-Type to this, which the handle refuses: add the word 'Content-Type:'",
    ))
}

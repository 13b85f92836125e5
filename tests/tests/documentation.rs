//! The pages in `docs/`: their links lead somewhere, their examples run, and every message that the command can end with
//! is explained.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

use cfn_signal_tests::binaries;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap()
}

fn pages() -> Vec<PathBuf> {
    let mut pages: Vec<PathBuf> = files(&root().join("docs"), "md");
    pages.extend(
        ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md"].map(|page| root().join(page)),
    );
    pages
}

fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|it| it == extension) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The anchor that a heading gets.
fn anchor(heading: &str) -> String {
    let kept = heading.trim().to_lowercase();
    let kept = kept.chars().filter(|c| c.is_alphanumeric() || *c == ' ' || *c == '-' || *c == '_');
    kept.collect::<String>().replace(' ', "-")
}

#[test]
fn links_lead_somewhere() {
    let mut links = 0;
    for page in pages() {
        let text = fs::read_to_string(&page).unwrap();
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if target.starts_with("http") {
                continue;
            }
            let (file, fragment) = target.split_once('#').unwrap_or((target, ""));
            let file = if file.is_empty() { page.clone() } else { page.parent().unwrap().join(file) };
            assert!(file.exists(), "{}: {target} leads nowhere", page.display());
            if !fragment.is_empty() {
                let text = fs::read_to_string(&file).unwrap();
                let mut headings = text.lines().filter_map(|line| line.strip_prefix('#'));
                let found = headings.any(|heading| anchor(heading.trim_start_matches('#')) == fragment);
                assert!(found, "{}: no heading for {target}", page.display());
            }
            links += 1;
        }
    }
    assert!(links > 30, "{links} links: they are not found any more");
}

/// The fenced block after a marker in an HTML comment.
fn marked(text: &str) -> Vec<(String, String)> {
    let mut blocks = Vec::new();
    for part in text.split("<!-- ").skip(1) {
        let (marker, rest) = part.split_once(" -->\n```").expect("a fence after the marker");
        let body = rest.split_once('\n').unwrap().1;
        blocks.push((marker.to_owned(), body.split_once("\n```").unwrap().0.to_owned() + "\n"));
    }
    blocks
}

#[cfg(unix)]
#[test]
fn examples_that_are_marked_so_run() {
    let bin = binaries::command("cfn-rehearse");
    let bin = bin.parent().unwrap();
    assert!(binaries::command("cfn-signal").starts_with(bin));
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    let mut runs = 0;
    for page in files(&root().join("docs"), "md") {
        let folder = tempfile::tempdir().unwrap();
        for (marker, body) in marked(&fs::read_to_string(&page).unwrap()) {
            match marker.split_once(": ") {
                Some(("file", name)) => fs::write(folder.path().join(name), body).unwrap(),
                _ => {
                    assert_eq!(marker, "run", "{}", page.display());
                    let mut shell = binaries::isolated(Path::new("bash"));
                    shell
                        .args(["-euo", "pipefail", "-c", &body])
                        .current_dir(folder.path())
                        .env("PATH", &path);
                    let output = shell.output().expect("bash");
                    let said =
                        String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
                    assert!(output.status.success(), "{}:\n{body}\n{said}", page.display());
                    runs += 1;
                }
            }
        }
    }
    assert!(runs >= 5, "{runs} examples: they are not found any more");
}

/// What the sources hold and nobody is told when a signal ends: beginnings of other services' messages that are
/// recognised, parts of documents, notes of progress.
const NOT_MESSAGES: [&str; 40] = [
    "Sun, 06 Nov 1994 08:49:37 GMT",
    "the core and its world are of one version",
    "the canonical ABI is generated",
    "is of type",
    "cannot be signaled",
    "Unparsable WaitCondition data",
    "\", \"Data\": \"",
    "\", \"UniqueId\": \"",
    "the command line",
    "no HTTP status",
    "wasmtime cannot tell machine code that it made from any other",
    "{} to the wait condition handle",
    "\", \"Reason\": \"",
    "Request has expired",
    "Signal with ID",
    "answer for the role {name}",
    "an identity was asked for",
    "a request was to be sent",
    "a wait was asked for",
    "in not a member of",
    "is not a member of",
    "is not allowed to call",
    "is not authorized to perform",
    "state and cannot be signaled",
    "the credential provider was not enabled",
    "an error occurred while loading credentials",
    "unexpected credentials error",
    "rustls may still say it without what goes with it",
    "Encoded authorization failure",
    "the delivery has ended",
    "the delivery has not begun",
    "cfn-signal: {}: {}{signed}",
    "CloudFormation signaled successfully with status {}\\n",
    "access key {id} from {}",
    "the AWS credential chain",
    "the instance identity (CFN_V1)",
    "the instance's role {name}",
    "Usage: {}\\n\\ncfn-signal: error: {complaint}",
    "package cfn:host; world signing { export cfn:sigv4/signing@0.1.0; }",
    "package cfn:host; world delivery { export cfn:signal/delivery@0.1.0; }",
];

/// Every string in the sources that a message may come from, and which file it is in.
fn told() -> Vec<(String, String)> {
    let folders = [
        "src/core/src/delivery",
        "src/command-line",
        "src/instance",
        "src/worlds",
        "host/src/cli",
        "host/src/credentials",
        "host/src/http",
        "host/src/engine",
    ];
    let mut sources: Vec<PathBuf> =
        folders.iter().flat_map(|folder| files(&root().join(folder), "rs")).collect();
    sources.push(root().join("src/core/src/endpoint.rs"));
    let mut told = Vec::new();
    for source in sources {
        let name = source.file_name().unwrap().to_string_lossy().into_owned();
        let of_tests = source.parent().is_some_and(|folder| folder.ends_with("tests"));
        if of_tests || ["tests.rs", "definition.rs", "forms.rs", "manual.rs"].contains(&name.as_str()) {
            continue;
        }
        let literals = literals(&fs::read_to_string(&source).unwrap());
        told.extend(literals.into_iter().map(|literal| (name.clone(), literal)));
    }
    told
}

#[test]
fn every_message_is_explained() {
    let page = fs::read_to_string(root().join("docs/troubleshooting.md")).unwrap();
    let (mut explained, mut missing) = (0, Vec::new());
    for (source, literal) in told() {
        if literal.split_whitespace().count() < 3 || NOT_MESSAGES.contains(&literal.as_str()) {
            continue;
        }
        // What stands for something else is left out; of what is around it, each part that says something.
        for part in parts(&literal).iter().filter(|part| part.split_whitespace().count() >= 3) {
            let part = part.trim().trim_matches([':', ';']).trim();
            if !page.contains(part) {
                missing.push(format!("{source}: {part}"));
            }
            explained += 1;
        }
    }
    assert!(missing.is_empty(), "not explained in docs/troubleshooting.md:\n{}", missing.join("\n"));
    assert!(explained > 80, "{explained} messages: they are not found any more");
}

#[test]
fn every_explanation_is_of_a_message() {
    let page = fs::read_to_string(root().join("docs/troubleshooting.md")).unwrap();
    let told: Vec<String> = told().into_iter().map(|(_, literal)| parts(&literal).join("…")).collect();
    let mut stale = Vec::new();
    let rows = page.lines().filter(|line| line.starts_with("| `"));
    for quoted in rows.flat_map(|row| row.split(" | ").next().unwrap().split('`').skip(1).step_by(2)) {
        for part in quoted.split('…').filter(|part| part.split_whitespace().count() >= 4) {
            let part = part.trim().trim_matches([':', ';', '(', ')']).trim();
            // A word of several literals' may be joined from two of them: its longer half has to be there.
            let mut halves = part.split(": ").chain([part]);
            if !halves.any(|half| half.len() * 2 >= part.len() && told.iter().any(|text| text.contains(half)))
            {
                stale.push(part.to_owned());
            }
        }
    }
    assert!(stale.is_empty(), "explained in docs/troubleshooting.md and said nowhere:\n{}", stale.join("\n"));
}

#[test]
fn every_advice_of_a_rehearsal_is_explained() {
    let page = fs::read_to_string(root().join("docs/rehearsal.md")).unwrap();
    let folder = root().join("rehearsal/src/report");
    let mut sources = files(&folder.join("advice"), "rs");
    sources.retain(|path| !path.ends_with("tests.rs"));
    sources.push(folder.join("advice.rs"));
    let (mut explained, mut missing) = (0, Vec::new());
    for literal in sources.iter().flat_map(|source| literals(&fs::read_to_string(source).unwrap())) {
        let all = parts(&literal);
        for part in all.iter().filter(|part| part.split_whitespace().count() >= 5) {
            let part = part.trim().trim_matches([':', ';', ',', '.', '(']).trim();
            if !page.contains(part) {
                missing.push(part.to_owned());
            }
            explained += 1;
        }
    }
    assert!(missing.is_empty(), "not explained in docs/rehearsal.md:\n{}", missing.join("\n"));
    assert!(explained > 25, "{explained} texts: they are not found any more");
}

/// The string literals of a source that are not in its comments or in a test module.
fn literals(source: &str) -> Vec<String> {
    let source = source.split("mod tests {").next().unwrap();
    let mut literals = Vec::new();
    let mut rest = source;
    while let Some(at) = rest.find(['"', '\'', '/']) {
        let found = &rest[at..];
        rest = if let Some(text) = found.strip_prefix('"') {
            let (literal, after) = literal(text);
            literals.push(literal);
            after
        } else if let Some(comment) = found.strip_prefix("//") {
            comment.split_once('\n').map_or("", |(_, after)| after)
        } else {
            // A character, perhaps a quotation mark; or a lifetime, or a division.
            let quoted = found.strip_prefix("'\\").and_then(|it| it.get(1..)?.split_once('\''));
            let plain = || found.strip_prefix("'\"'").map(|after| ("", after));
            quoted.or_else(plain).map_or(&found[1..], |(_, after)| after)
        };
    }
    literals
}

/// The text of a literal, and what comes after it.
fn literal(source: &str) -> (String, &str) {
    let mut text = String::new();
    let mut characters = source.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return (text, &source[at + 1..]),
            '\\' => match characters.next() {
                // A line that goes on.
                Some((at, '\n')) => {
                    let indented = source[at + 1..].len() - source[at + 1..].trim_start().len();
                    characters = source.char_indices();
                    characters.nth(source[..at + indented].chars().count());
                }
                Some((_, 'n')) => text.push_str("\\n"),
                Some((_, escaped)) => text.push(escaped),
                None => break,
            },
            _ => text.push(character),
        }
    }
    (text, "")
}

/// What is around the placeholders.
fn parts(literal: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut depth = 0;
    for c in literal.chars() {
        match c {
            '{' => depth += 1,
            '}' => {
                depth -= 1;
                parts.push(String::new());
            }
            _ if depth == 0 => parts.last_mut().unwrap().push(c),
            _ => {}
        }
    }
    parts
}

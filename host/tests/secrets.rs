//! No secret in anything that the command writes: in every mode, in every failure, however a server respells what it was sent.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::sync::{Arc, Mutex};

use crate::support::{Answer, Received, Run, Server, Signal, answer, metadata_v1};

const SECRET: &str = "Mk1wJalrXUtnFEMI/K7MDENG+bPxRfiCYMARKED";
const TOKEN: &str = "Mk2IQoJb3JpZ2luX2Vj/Sess+Tkn/q8w7e6r5t4MARKED==";
const DOCUMENT: &str =
    "{\n  \"marked\" : \"Mk3a1b2c3d4e5f6g7h8i9j0k1l2m3n4o5p6q7r8s9t0u1v2w3x4y5z6a7b8c9d0e1f2g3h4\"\n}\n";
const DOCUMENT_SIGNATURE: &str = "Mk4c2lnbmF0dXJl\nb2ZhbWFya2VkZG9j\n";
const HANDLE: &str =
    "AWSAccessKeyId=Mk5AKIAMARKEDMARKED&Expires=1999999999&Signature=Mk6ab%2Bcd%2Fefghijklmnop%3D";

/// Letters and digits in a row that give a secret away.
const TELLING: usize = 12;

fn letters(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

fn assert_silent(run: &Run, known: &[&str], sent: &[Received], case: &str) {
    let written = [run.stdout.as_str(), &run.stderr].concat();
    let escapes = [("\\x2f", "/"), ("\\x2b", "+"), ("\\x3d", "=")];
    let unescaped =
        escapes.iter().fold(written.replace("\\\\", "\\"), |text, (from, to)| text.replace(from, to));
    let written = [letters(&written), letters(&unescaped), letters(&decoded(&written))].join("\n");
    // What a request was signed with is as good as a secret for some minutes.
    let signatures = sent.iter().filter_map(|request| {
        let value = request.headers.get("authorization")?;
        Some(letters(value.rsplit(['=', ':']).next()?))
    });
    for secret in known.iter().map(|secret| letters(secret)).chain(signatures) {
        // What an identity document says of the instance stands in AWS's messages, too: its parts are no secrets.
        let telling = if secret == letters(DOCUMENT) { 64 } else { TELLING };
        for part in secret.as_bytes().windows(telling) {
            let part = std::str::from_utf8(part).unwrap();
            assert!(!written.contains(part), "{part} of {secret} in {case}: {run:?}");
        }
    }
}

/// What stands in a text in base64, wherever that begins.
fn decoded(text: &str) -> String {
    use ::base64::Engine as _;
    let runs = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '+' && c != '/');
    let groups = runs.flat_map(|run| (0..4).filter_map(|first| run.get(first..)));
    let whole = groups.map(|text| &text[..text.len() / 4 * 4]);
    whole
        .filter_map(|text| ::base64::engine::general_purpose::STANDARD.decode(text).ok())
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned() + "\n")
        .collect()
}

/// What a handle's query gives away.
const OF_HANDLE: &[&str] = &["Mk5AKIAMARKEDMARKED", "Mk6ab+cd/efghijklmnop=", "Mk6ab%2Bcd%2Fefghijklmnop%3D"];

/// Every way in which a signal is signed.
fn modes(server: &Server, imds: &Server) -> Vec<(&'static str, &'static [&'static str], Signal)> {
    let resource = |more: &[&str]| {
        let url = server.url.as_str();
        Signal::new(&[&["--stack", "S", "--resource", "R", "-i", "x", "--url", url], more].concat())
    };
    let handle = format!("{}/h?{HANDLE}", server.url);
    let encoded = base64(&handle);
    vec![
        ("keys", &[SECRET], resource(&["--access-key", "AKIDEXAMPLE", "--secret-key", SECRET])),
        (
            "environment",
            &[SECRET, TOKEN],
            resource(&["--auth", "sigv4"])
                .env("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
                .env("AWS_SECRET_ACCESS_KEY", SECRET)
                .env("AWS_SESSION_TOKEN", TOKEN),
        ),
        ("role", &[SECRET, TOKEN], resource(&["--role", "marked"]).metadata(imds)),
        ("instance", &[DOCUMENT, DOCUMENT_SIGNATURE], resource(&["--auth", "instance"]).metadata(imds)),
        ("auto", &[DOCUMENT, DOCUMENT_SIGNATURE], resource(&[]).metadata(imds)),
        ("handle", OF_HANDLE, Signal::new(&["-i", "x", "-r", "why", "-d", "what", &handle])),
        ("handle in base64", OF_HANDLE, Signal::new(&["-i", "x", &encoded])),
    ]
}

fn base64(text: &str) -> String {
    use std::io::Write as _;
    use std::process::{Command, Stdio};
    let mut child = Command::new("base64")
        .args(["-w", "0"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap().trim().to_owned()
}

fn marked_metadata(request: &Received) -> Answer {
    match request.target.strip_prefix("/latest/").unwrap_or_default() {
        "dynamic/instance-identity/document" => answer(200, DOCUMENT),
        "dynamic/instance-identity/signature" => answer(200, DOCUMENT_SIGNATURE),
        "meta-data/iam/security-credentials/" => answer(200, "marked"),
        "meta-data/iam/security-credentials/marked" => answer(
            200,
            &format!(
                r#"{{"Code":"Success","AccessKeyId":"ASIAROLE","SecretAccessKey":"{SECRET}","Token":"{TOKEN}","Expiration":"2099-01-01T00:00:00Z"}}"#
            ),
        ),
        "api/token" => answer(404, ""),
        _ => metadata_v1(request),
    }
}

/// What a server was sent, and what it may know besides.
fn echo(request: &Received, known: &[&str]) -> String {
    format!("{}{} {} {HANDLE_MARK}", request.head, request.body, known.join(" "))
}

/// Ends what is echoed, so that something always follows a secret.
const HANDLE_MARK: &str = "end";

/// A way to write a text, and its name.
type Spelling = (&'static str, fn(&str) -> String);

/// In other words, and in parts.
const SPELLINGS: [Spelling; 11] = [
    ("as it is", |text| text.to_owned()),
    ("in lower case", |text| text.to_lowercase()),
    ("in upper case", |text| text.to_uppercase()),
    ("percent-encoded", |text| {
        text.replace('%', "%25").replace('/', "%2f").replace('+', "%2b").replace('=', "%3d")
    }),
    ("twice", |text| {
        text.replace('%', "%2525").replace('/', "%252F").replace('+', "%252B").replace('=', "%253D")
    }),
    ("in entities", |text| text.replace('/', "&#47;").replace('+', "&#x2B;").replace('=', "&#61;")),
    ("escaped for JSON", |text| text.replace('/', "\\/").replace('+', "\\u002b").replace('=', "\\u003D")),
    ("escaped as in C", |text| text.replace('/', "\\x2f").replace('+', "\\x2b").replace('=', "\\x3d")),
    ("in base64", base64),
    ("broken", |text| {
        let parts: Vec<String> =
            text.chars().collect::<Vec<_>>().chunks(9).map(|part| part.iter().collect()).collect();
        parts.join("\u{200b}\r\n ")
    }),
    ("cut", |text| {
        text.split_whitespace().map(|word| word.chars().take(20).collect::<String>() + "... ").collect()
    }),
];

/// A status, headers and a body.
type Reply = (u16, Vec<(&'static str, String)>, String);

/// How it comes back.
fn replies(echoed: &str) -> Vec<Reply> {
    let json = |code: &str, message: &str| {
        serde_json::json!({"Error": {"Code": code, "Message": message, "Type": "Sender"}}).to_string()
    };
    let header: String = echoed.chars().filter(|c| c.is_ascii() && !c.is_control()).collect();
    vec![
        (400, Vec::new(), json("ValidationError", echoed)),
        (403, Vec::new(), json(echoed, "x")),
        (403, Vec::new(), format!("<Error><Code>Odd</Code><Message><![CDATA[{echoed}]]></Message></Error>")),
        (500, Vec::new(), echoed.to_owned()),
        (400, vec![("x-amzn-requestid", header.clone())], json("ValidationError", "Stack S does not exist")),
        (307, vec![("location", format!("ftp://x/{header}"))], String::new()),
    ]
}

#[test]
fn in_every_mode_and_every_failure() {
    const VOICES: [&[&str]; 3] =
        [&["-vv"], &["-vv", "--output", "json", "--log-format", "json"], &["--dry-run", "-vv"]];
    let imds = Server::start(marked_metadata);
    let mut runs = 0;
    for (spelling, respelt) in SPELLINGS {
        for which in 0..replies("").len() {
            // Of one run at a time: what it knows, and what the server was sent.
            let known: Arc<Mutex<&[&str]>> = Arc::default();
            let of_server = Arc::clone(&known);
            let server = Server::start(move |request| {
                Some(replies(&respelt(&echo(request, *of_server.lock().unwrap()))).swap_remove(which))
            });
            let mut before = 0;
            // Each voice with every mode, each mode with every spelling and reply.
            for (at, (mode, secrets, mut signal)) in modes(&server, &imds).into_iter().enumerate() {
                *known.lock().unwrap() = secrets;
                let voice = VOICES[(at + which) % VOICES.len()];
                for argument in voice.iter().chain(&["--max-attempts", "1", "--deadline", "3s"]) {
                    signal = signal.argument(argument.as_ref());
                }
                let run = signal.run();
                let sent = server.received().split_off(before);
                before += sent.len();
                assert_silent(&run, secrets, &sent, &format!("{spelling}, {mode}, reply {which}, {voice:?}"));
                runs += 1;
            }
        }
    }
    assert_eq!(runs, 11 * 6 * 7);
}

/// Such as `-e $rc "$URL"`, where the variable is empty and not quoted.
#[test]
fn a_handle_in_the_wrong_place_is_not_shown() {
    let url = format!("https://bucket.s3.example/arn%3Aaws/h?{HANDLE}");
    let encoded = base64(&url);
    let help = Signal::new(&["--help"]).run().stdout;
    let options: Vec<&str> = help
        .split_whitespace()
        .filter(|word| word.starts_with("--") && word.len() > 2)
        .map(|word| word.trim_end_matches(['.', ',', ']', ')']))
        .collect();
    assert!(options.len() > 25, "{options:?}");
    for given in [url.as_str(), &encoded] {
        for option in options.iter().chain(&["-e", "-s", "-i", "-f", "-r", "-d", "-x", "--nope", "--"]) {
            for line in [
                vec![(*option).to_owned(), given.to_owned()],
                vec![format!("{option}={given}")],
                vec![format!("{option}{given}")],
            ] {
                for more in [&["--output", "json"][..], &["--stack", "S", "--resource", "R", "--dry-run"]] {
                    // Nothing is to be sent: there is nobody at the handle's address or this.
                    let mut arguments = vec!["--deadline", "50ms"];
                    arguments.extend(line.iter().map(String::as_str));
                    arguments.extend_from_slice(more);
                    let signal = Signal::new(&arguments).env("AWS_ENDPOINT_URL", "http://127.0.0.1:1");
                    let run = signal.env("https_proxy", "http://127.0.0.1:1").run();
                    assert_silent(&run, OF_HANDLE, &[], &format!("{arguments:?}"));
                }
            }
        }
    }
}

/// How a handle's URL may be mangled before it is typed.
const FORMS: [Spelling; 8] = [
    ("without its scheme", |url| url.replace("https://", "")),
    ("without its scheme's name", |url| url.replace("https:", "")),
    ("percent-encoded", percent_encoded),
    ("percent-encoded twice", |url| percent_encoded(&percent_encoded(url))),
    ("its tail", |url| url[url.find("Signature=").unwrap()..].to_owned()),
    ("with its question mark encoded", |url| url.replace('?', "%3F")),
    ("with semicolons", |url| url.replace('&', ";")),
    ("with a semicolon for a question mark", |url| url.replace('?', ";")),
];

fn percent_encoded(text: &str) -> String {
    let plain = |c: &char| c.is_ascii_alphanumeric() || "-_.~".contains(*c);
    text.chars().map(|c| if plain(&c) { c.to_string() } else { format!("%{:02X}", u32::from(c)) }).collect()
}

#[test]
fn a_handle_that_is_mangled_is_not_shown_either() {
    const VOICES: [&[&str]; 4] = [
        &["-vv", "--dry-run"],
        &["-vv", "--dry-run", "--output", "json", "--log-format", "json"],
        &["-vv", "--max-attempts", "1"],
        &["-vv", "--max-attempts", "1", "--output", "json", "--log-format", "json"],
    ];
    let url = format!("https://bucket.s3.example/h?{HANDLE}");
    let stub = Server::start(|request| {
        answer(400, &serde_json::json!({"Error": {"Code": "X", "Message": request.target}}).to_string())
    });
    let to_stub = ["--url", &stub.url, "--access-key", "AKIDEXAMPLE", "--secret-key", "SK"];
    for (form, mangle) in FORMS {
        let typed = mangle(&url);
        let typed = typed.as_str();
        for line in [
            vec!["--stack", typed, "--resource", "R", "--region", "eu-west-1"],
            vec!["--stack", "S", "--resource", typed, "--region", "eu-west-1"],
            vec!["--stack", "S", "--resource", "R", "--region", typed],
            vec!["--stack", "S", "--resource", "R", "--region", "eu-west-1", "-r", typed],
            vec!["--stack", "S", "--resource", "R", "--region", "eu-west-1", "-e", typed],
            vec!["--stack", "S", "--resource", "R", "--region", "eu-west-1", "--url", typed],
            vec!["-r", typed, "http://127.0.0.1:1/h?Signature=x"],
            vec![typed],
        ] {
            for voice in VOICES {
                let mut arguments = vec!["-i", "x", "--deadline", "2s"];
                arguments.extend_from_slice(voice);
                if !line.contains(&"--url") && line.contains(&"--stack") {
                    arguments.extend_from_slice(&to_stub);
                }
                arguments.extend_from_slice(&line);
                let run = Signal::new(&arguments).env("https_proxy", "http://127.0.0.1:1").run();
                assert_silent(&run, OF_HANDLE, &[], &format!("{form}: {arguments:?}"));
            }
        }
    }
}

#[test]
fn in_a_credential_file_that_is_wrong() {
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("keys");
    let server =
        Server::start(|_| answer(403, "{\"Error\":{\"Code\":\"SignatureDoesNotMatch\",\"Message\":\"x\"}}"));
    for text in [
        format!("AWSAccessKeyId={SECRET}\nAWSSecretKey=AKIDEXAMPLE\n"),
        format!("AWSAccessKeyId=AKID\nAWSSecretKey {SECRET}\n"),
        format!("{SECRET}\n"),
    ] {
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        let file = path.to_str().unwrap();
        for more in [&["-vv"][..], &["--output", "json"], &["--dry-run"]] {
            let arguments = [
                "--stack",
                "S",
                "--resource",
                "R",
                "-i",
                "x",
                "--url",
                &server.url,
                "-f",
                file,
                "--deadline",
                "2s",
            ];
            let run = Signal::new(&[&arguments[..], more].concat()).run();
            assert_silent(&run, &[SECRET], &[], &format!("{more:?}"));
        }
    }
}

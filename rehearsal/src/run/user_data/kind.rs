//! What a part is: by its content type, or else by how it begins.

use cfn_signal_core::causes;

use super::gzip;

/// What is done with a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Script(Frequency),
    Boothook,
    CloudConfig,
    /// `#cloud-config-archive`: parts in YAML.
    Archive,
    /// Nothing that is rehearsed.
    Other(&'static str),
}

/// The module that runs a script, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Frequency {
    Once,
    Boot,
    Instance,
    /// `scripts_user`, that of most.
    User,
}

const BEGINNINGS: [(&str, Kind); 12] = [
    ("#!", Kind::Script(Frequency::User)),
    ("#cloud-boothook", Kind::Boothook),
    ("#cloud-config-archive", Kind::Archive),
    ("#cloud-config-jsonp", Kind::Other("cloud-config as a JSON patch (#cloud-config-jsonp)")),
    ("#cloud-config", Kind::CloudConfig),
    ("#include-once", INCLUDE),
    ("#include", INCLUDE),
    ("#upstart-job", Kind::Other("an Upstart job (#upstart-job)")),
    ("#part-handler", Kind::Other("a handler for parts of other types (#part-handler)")),
    ("## template: jinja", JINJA),
    ("<powershell>", WINDOWS),
    ("<script>", WINDOWS),
];
const INCLUDE: Kind = Kind::Other("what is included from elsewhere (#include)");
const JINJA: Kind = Kind::Other("a Jinja template (## template: jinja)");
const WINDOWS: Kind = Kind::Other("a script for Windows");

const TYPES: [(&str, Kind); 12] = [
    ("text/x-shellscript", Kind::Script(Frequency::User)),
    ("text/x-shellscript-per-once", Kind::Script(Frequency::Once)),
    ("text/x-shellscript-per-boot", Kind::Script(Frequency::Boot)),
    ("text/x-shellscript-per-instance", Kind::Script(Frequency::Instance)),
    ("text/cloud-boothook", Kind::Boothook),
    ("text/cloud-config", Kind::CloudConfig),
    ("text/cloud-config-archive", Kind::Archive),
    ("text/x-include-url", INCLUDE),
    ("text/x-include-once-url", INCLUDE),
    ("text/part-handler", Kind::Other("a handler for parts of other types (text/part-handler)")),
    ("text/jinja2", JINJA),
    ("text/upstart-job", Kind::Other("an Upstart job (text/upstart-job)")),
];

const COMPRESSED: [&str; 8] = [
    "application/gzip",
    "application/gzip-compressed",
    "application/gzipped",
    "application/x-compress",
    "application/x-compressed",
    "application/x-gunzip",
    "application/x-gzip",
    "application/x-gzip-compressed",
];

/// What it is by its beginning: the longest that is known, whatever its case, blank space before it aside.
pub(crate) fn of(content: &[u8]) -> Option<Kind> {
    let text = content.trim_ascii_start();
    let known = BEGINNINGS.iter().filter(|(beginning, _)| {
        text.get(..beginning.len()).is_some_and(|head| head.eq_ignore_ascii_case(beginning.as_bytes()))
    });
    known.max_by_key(|(beginning, _)| beginning.len()).map(|(_, kind)| *kind)
}

/// What a part of this type is. Scripts are looked at too: people declare everything as one.
pub(crate) fn declared(content_type: &str, content: &[u8]) -> Option<Kind> {
    match content_type {
        "text/plain" => of(content),
        "text/x-shellscript" => of(content).or(Some(Kind::Script(Frequency::User))),
        other => TYPES.iter().find(|(name, _)| *name == other).map(|(_, kind)| *kind),
    }
}

/// What a part is, and its content, decompressed where its type says so; or why nobody handles it.
pub(super) fn of_part(content_type: Option<&str>, content: Vec<u8>) -> Result<(Kind, Vec<u8>), String> {
    let mut content_type = content_type.unwrap_or("text/plain");
    let mut content = content;
    if COMPRESSED.contains(&content_type) {
        match gzip::decompressed(&content) {
            Ok(plain) => content = plain.into_owned(),
            Err(problem) => return Err(causes::line(&problem)),
        }
        content_type = "text/plain";
    }
    match declared(content_type, &content) {
        Some(kind) => Ok((kind, content)),
        None if content_type == "text/plain" => {
            Err("begins with nothing that cloud-init knows, such as #! or #cloud-config; it is ignored"
                .to_owned())
        }
        None => Err(format!("cloud-init handles no parts of type {content_type}; it is ignored")),
    }
}

/// With line feeds only, where the first line has a carriage return.
pub(super) fn unix_lines(content: Vec<u8>) -> Vec<u8> {
    let first = content.iter().position(|byte| *byte == b'\n').unwrap_or_default();
    if first == 0 || content.get(first - 1) != Some(&b'\r') {
        return content;
    }
    let mut lines = Vec::with_capacity(content.len());
    let mut bytes = content.iter().peekable();
    while let Some(byte) = bytes.next() {
        if !(*byte == b'\r' && bytes.peek() == Some(&&b'\n')) {
            lines.push(*byte);
        }
    }
    lines
}

/// What follows a beginning, whatever its case.
pub(crate) fn without_prefix<'c>(content: &'c [u8], prefix: &str) -> &'c [u8] {
    match content.split_at_checked(prefix.len()) {
        Some((head, rest)) if head.eq_ignore_ascii_case(prefix.as_bytes()) => rest,
        _ => content,
    }
}

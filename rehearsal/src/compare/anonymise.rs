//! A log without its account's particulars.
//!
//! What stays is what is compared: types, statuses, logical ids, times, the region, and the service's words. Whatever else is
//! replaced by the same made-up value wherever it stands, in the order in which it is first met, so that a log that was
//! anonymised stays as it is.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use fancy_regex::Regex;
use serde_json::{Map, Value, json};

use super::error::CompareError;
use super::log;
use super::normal::is_instance;
use super::words::{is_cancelled, is_known_failure, message, signal};
use crate::stack::STACK_TYPE;

/// A value of `ResourceProperties` shorter than this is no particular.
const LEAST: usize = 4;

/// The same events, in the same order, without what would tell whose they were.
///
/// # Errors
///
/// [`CompareError`]: it is no log.
pub(crate) fn anonymise(text: &str, name: &str) -> Result<String, CompareError> {
    let values = log::values(text, name)?;
    // What cannot be compared is no log.
    log::read(text, name)?;
    let mut cover = Cover::default();
    values.iter().for_each(|it| cover.learn(it));
    cover.known.sort_by_key(|(it, _)| std::cmp::Reverse(it.len()));
    let events: Vec<_> = values.iter().enumerate().map(|(index, it)| cover.event(it, index)).collect();
    let mut out = serde_json::to_string_pretty(&json!({ "StackEvents": events })).unwrap_or_default();
    out.push('\n');
    Ok(out)
}

/// What was met, by its kind, and what it is called now.
#[derive(Default)]
struct Cover {
    names: HashMap<(&'static str, String), String>,
    counts: HashMap<&'static str, usize>,
    /// Particulars that stand in words of others: the longest first.
    known: Vec<(String, &'static str)>,
    learnt: HashSet<String>,
}

impl Cover {
    /// What kind of thing is called now, `made` of its number where it is new.
    fn call(&mut self, kind: &'static str, what: &str, made: impl Fn(usize) -> String) -> String {
        if let Some(known) = self.names.get(&(kind, what.to_owned())) {
            return known.clone();
        }
        let count = self.counts.entry(kind).or_default();
        *count += 1;
        let name = made(*count);
        self.names.insert((kind, what.to_owned()), name.clone());
        name
    }

    /// Remembers what is a particular wherever it stands.
    fn learn(&mut self, event: &Value) {
        let text = |field: &str| event.get(field).and_then(Value::as_str).unwrap_or_default();
        let own = [("StackName", "stack"), ("StackId", "arn"), ("PhysicalResourceId", "physical")];
        let mut all: Vec<(String, &'static str)> =
            own.iter().map(|(field, kind)| (text(field).to_owned(), *kind)).collect();
        if let Ok(properties) = serde_json::from_str::<Value>(text("ResourceProperties")) {
            scalars(&properties, &mut |value| all.push((value.to_owned(), "value")));
        }
        let keeps =
            |it: &str| it.len() < LEAST || it == text("LogicalResourceId") || it == text("ResourceType");
        for it in all.into_iter().filter(|(it, _)| !keeps(it)) {
            if self.learnt.insert(it.0.clone()) {
                self.known.push(it);
            }
        }
    }

    fn event(&mut self, value: &Value, index: usize) -> Value {
        let text = |field: &str| value.get(field).and_then(Value::as_str).filter(|it| !it.is_empty());
        let mut event = Map::new();
        let mut add = |name: &str, value: Option<String>| {
            if let Some(value) = value {
                event.insert(name.to_owned(), Value::String(value));
            }
        };
        let stack_id = text("StackId").map(|it| self.stack_id(it));
        let own_name =
            text("StackName").or_else(|| text("StackId")?.split_once(":stack/")?.1.split('/').next());
        let is_stack = text("ResourceType") == Some(STACK_TYPE)
            && text("LogicalResourceId") == own_name
            && text("PhysicalResourceId").is_none_or(|it| Some(it) == text("StackId"));
        let logical_id =
            text("LogicalResourceId").map(|it| if is_stack { self.stack(it) } else { it.to_owned() });
        add("StackId", stack_id.clone());
        add("EventId", Some(format!("event-{}", index + 1)));
        add("StackName", own_name.map(|it| self.stack(it)));
        add("LogicalResourceId", logical_id);
        let physical = match text("PhysicalResourceId") {
            Some(_) if is_stack => stack_id,
            Some(id) => Some(self.physical(id)),
            None => None,
        };
        add("PhysicalResourceId", physical);
        for field in ["ResourceType", "ResourceStatus", "DetailedStatus", "HookStatus"] {
            add(field, text(field).map(str::to_owned));
        }
        add("HookType", text("HookType").map(|_| "hook".to_owned()));
        add("ResourceStatusReason", text("ResourceStatusReason").map(|it| self.reason(it)));
        if let Some(at) = value.get("Timestamp") {
            event.insert("Timestamp".to_owned(), at.clone());
        }
        Value::Object(event)
    }

    fn stack(&mut self, name: &str) -> String {
        self.call("stack", name, |number| format!("stack-{number}"))
    }

    fn account(&mut self, id: &str) -> String {
        self.call("account", id, |number| format!("{:012}", 111_122_223_332_u64 + number as u64))
    }

    /// `arn:aws:cloudformation:eu-west-1:111122223333:stack/stack-1/…`: partition and region stay, for templates ask for them.
    fn stack_id(&mut self, id: &str) -> String {
        let parts: Vec<&str> = id.splitn(6, ':').collect();
        let [arn, partition, service, region, account, rest] = parts.as_slice() else {
            return self.physical(id);
        };
        let (account, name) = (self.account(account), rest.split('/').nth(1).unwrap_or_default());
        let stack = self.stack(name);
        let uuid = self.uuid(rest.split('/').nth(2).unwrap_or_default());
        format!("{arn}:{partition}:{service}:{region}:{account}:stack/{stack}/{uuid}")
    }

    fn uuid(&mut self, id: &str) -> String {
        self.call("uuid", id, |number| format!("00000000-0000-4000-8000-{number:012}"))
    }

    fn physical(&mut self, id: &str) -> String {
        if is_instance(id) {
            self.instance(id)
        } else {
            self.call("physical", id, |number| format!("physical-{number}"))
        }
    }

    fn instance(&mut self, id: &str) -> String {
        // Of the same length: some texts have only so much room.
        let digits = id.len().saturating_sub(2);
        self.call("instance", id, |number| format!("i-{number:0digits$}"))
    }

    /// The service's own words stay, and what stands in them does not.
    fn reason(&mut self, reason: &str) -> String {
        if let Some((outcome, unique_id)) = signal(reason) {
            let unique_id = self.unique_id(unique_id);
            return format!("Received {} signal with UniqueId {unique_id}", outcome.as_str());
        }
        if let Some((text, unique_id)) = message(reason) {
            let unique_id = self.unique_id(unique_id);
            let text = self.call("message", text, |number| format!("message {number}"));
            return format!("WaitCondition received failed message: '{text}' for uniqueId: {unique_id}");
        }
        let own_words = is_known_failure(reason) || is_cancelled(reason);
        let mut parts = vec![Part::Told(reason.to_owned())];
        for (known, kind) in if own_words { Vec::new() } else { self.known.clone() } {
            let find = |text: &str| text.find(&known).map(|at| (at, at + known.len()));
            parts = self.replace(parts, find, |cover, found| match kind {
                "stack" => cover.stack(found),
                "arn" => cover.stack_id(found),
                "physical" => cover.physical(found),
                kind => cover.call(kind, found, |number| format!("{kind}-{number}")),
            });
        }
        for pattern in PATTERNS.iter().filter(|it| !own_words || it.ids) {
            let Some(regex) = &pattern.regex else { continue };
            let find = |text: &str| regex.find(text).ok().flatten().map(|it| (it.start(), it.end()));
            parts = self.replace(parts, find, pattern.made);
        }
        parts.into_iter().map(|(Part::Told(text) | Part::MadeUp(text))| text).collect()
    }

    /// Replaces what is found in what was told; what has taken something's place is not looked at again.
    fn replace(
        &mut self,
        parts: Vec<Part>,
        find: impl Fn(&str) -> Option<(usize, usize)>,
        made: impl Fn(&mut Self, &str) -> String,
    ) -> Vec<Part> {
        let mut all = Vec::new();
        for part in parts {
            let Part::Told(mut rest) = part else {
                all.push(part);
                continue;
            };
            while let Some((from, to)) = find(&rest).filter(|(from, to)| from < to) {
                all.push(Part::Told(rest.get(..from).unwrap_or_default().to_owned()));
                all.push(Part::MadeUp(made(self, rest.get(from..to).unwrap_or_default())));
                rest = rest.get(to..).unwrap_or_default().to_owned();
            }
            all.push(Part::Told(rest));
        }
        all
    }

    fn unique_id(&mut self, id: &str) -> String {
        if is_instance(id) {
            self.instance(id)
        } else {
            self.call("sender", id, |number| format!("sender-{number}"))
        }
    }
}

/// A part of a reason.
enum Part {
    /// As it was.
    Told(String),
    /// In the place of something.
    MadeUp(String),
}

/// Something that is a particular wherever it stands.
struct Pattern {
    regex: Option<Regex>,
    /// Whether it stands in the service's own words too.
    ids: bool,
    made: fn(&mut Cover, &str) -> String,
}

static PATTERNS: LazyLock<Vec<Pattern>> = LazyLock::new(|| {
    let pattern = |regex: &str, ids: bool, made: fn(&mut Cover, &str) -> String| Pattern {
        regex: Regex::new(regex).ok(),
        ids,
        made,
    };
    vec![
        pattern(r"\barn:[a-z0-9-]+:[^\s,'\]\)\x22]+", true, |cover, it| {
            if it.contains(":stack/") { cover.stack_id(it) } else { cover.arn(it) }
        }),
        pattern(r"\b[a-z][a-z0-9+.-]*://[^\s'\x22<>\)\]]+", false, |cover, it| {
            cover.call("url", it, |number| format!("https://example.com/{number}"))
        }),
        pattern(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}", false, |cover, it| {
            cover.call("email", it, |number| format!("somebody-{number}@example.com"))
        }),
        pattern(r"(?i)\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", true, Cover::uuid),
        pattern(r"\bi-(?:[0-9a-f]{17}|[0-9a-f]{8})\b", true, Cover::instance),
        pattern(r"\b[a-z]{2,10}-(?:[0-9a-f]{17}|[0-9a-f]{8})\b", false, |cover, it| {
            cover.call("resource", it, |number| format!("id-{number:017x}"))
        }),
        pattern(r"\b\d{1,3}(?:\.\d{1,3}){3}\b", false, |cover, it| {
            cover.call("ip", it, |number| format!("192.0.2.{}", number % 256))
        }),
        pattern(
            r"(?i)(?<![\w:])(?:[0-9a-f]{1,4}:){2,7}(?::?[0-9a-f]{1,4}){1,7}(?![\w:])",
            false,
            |cover, it| cover.call("ipv6", it, |number| format!("2001:db8:0:0:0:0:0:{number:x}")),
        ),
        pattern(r"\b\d{12}\b", true, Cover::account),
        pattern(
            r"(?<![\w/+=.-])(?=[\w/+=.-]*\d)(?=[\w/+=.-]*[A-Za-z])[A-Za-z0-9/+=_.-]{20,}",
            false,
            |cover, it| cover.call("token", it, |number| format!("token-{number}")),
        ),
    ]
});

impl Cover {
    /// `arn:aws:iam::111122223333:thing-1`: what service it is of stays.
    fn arn(&mut self, arn: &str) -> String {
        let parts: Vec<&str> = arn.splitn(6, ':').collect();
        let [head, partition, service, region, account, _] = parts.as_slice() else {
            return self.call("arn", arn, |number| format!("arn:aws:thing-{number}"));
        };
        let account = if account.is_empty() { String::new() } else { self.account(account) };
        let begin = format!("{head}:{partition}:{service}:{region}:{account}");
        self.call("arn", arn, |number| format!("{begin}:thing-{number}"))
    }
}

fn scalars(value: &Value, each: &mut impl FnMut(&str)) {
    match value {
        Value::String(text)
            if !["true", "false"].contains(&text.as_str()) && text.parse::<f64>().is_err() =>
        {
            each(text)
        }
        Value::Array(many) => many.iter().for_each(|it| scalars(it, each)),
        Value::Object(fields) => fields.values().for_each(|it| scalars(it, each)),
        _ => {}
    }
}

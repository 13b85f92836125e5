//! `--junit FILE`: the shape that continuous integration reads.
//!
//! A test suite for each stack, and in it a test case for each wait for signals; of a resource that was never come to, it
//! says that it was skipped. A stack whose fate no wait tells has a test case of its own. Times are the stack's.
//!
//! Source: <https://github.com/testmoapp/junitxml>, which describes what CI systems have in common.

use std::io;
use std::time::Duration;

use cfn_signal_core::delivery::is_invisible;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event as Xml};

use super::notes::Notes;
use super::record::{InstanceRecord, ResourceRecord, StackRecord, Verdict, Wait, WaitEnd};
use super::redact::redact;
use crate::moment::Moment;

/// What is said of a rehearsal that ended too early.
const INTERRUPTED: &str = "interrupted before the stack's fate was decided";

/// How a test case ended.
enum End {
    Passed,
    Failed { message: String, text: String },
    Unfinished(String),
    Skipped(String),
}

struct Case<'a> {
    name: String,
    time: Duration,
    end: End,
    instances: Vec<&'a InstanceRecord>,
}

struct Suite<'a> {
    stack: &'a StackRecord,
    cases: Vec<Case<'a>>,
    /// Those whose output no test case has.
    others: Vec<&'a InstanceRecord>,
    /// Values that are made up.
    properties: Vec<(&'static str, String)>,
}

/// The whole file.
///
/// # Errors
///
/// None in memory; the writer's type has them.
pub fn render(stacks: &[StackRecord], notes: &Notes) -> io::Result<String> {
    let mut suites: Vec<_> = stacks.iter().map(suite).collect();
    let properties = [("made-up", &notes.made_up), ("filled", &notes.filled)];
    for (kind, made) in properties.into_iter().flat_map(|(kind, made)| made.iter().map(move |it| (kind, it)))
    {
        // Whose it is goes without saying of the first.
        let named = |it: &&mut Suite<'_>| made.stack.as_ref().is_none_or(|stack| *stack == it.stack.name);
        if let Some(suite) = suites.iter_mut().find(named) {
            suite.properties.push((kind, format!("{} = {}", made.name, redact(&made.value))));
        }
    }
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    writer.write_event(Xml::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let all = || suites.iter().flat_map(|it| &it.cases);
    writer
        .create_element("testsuites")
        .with_attribute(("name", "cfn-rehearse"))
        .with_attributes(numbers(all()).iter().map(|(name, value)| (*name, value.as_str())))
        .write_inner_content(|writer| suites.iter().try_for_each(|it| write_suite(writer, it)))?;
    Ok(String::from_utf8_lossy(&writer.into_inner()).into_owned() + "\n")
}

fn suite(stack: &StackRecord) -> Suite<'_> {
    let mut cases: Vec<Case<'_>> = stack.own_resources().flat_map(|it| cases_of(stack, it)).collect();
    let told = cases.iter().any(|it| match stack.verdict() {
        Verdict::Complete => true,
        Verdict::Failed => matches!(it.end, End::Failed { .. }),
        Verdict::Undecided => matches!(it.end, End::Unfinished(_)),
    });
    if !told {
        cases.insert(0, whole(stack));
    }
    let others = stack
        .instances
        .iter()
        .filter(|it| !cases.iter().any(|case| case.instances.iter().any(|other| std::ptr::eq(*other, *it))))
        .collect();
    Suite { stack, cases, others, properties: Vec::new() }
}

fn cases_of<'a>(stack: &'a StackRecord, resource: &'a ResourceRecord) -> Vec<Case<'a>> {
    let id = &resource.logical_id;
    let instances: Vec<_> = stack.instances.iter().filter(|it| it.logical_id == *id).collect();
    if resource.waits.is_empty() {
        // Its wait was for its creation, and that is past.
        let Some(_) = resource.planned.filter(|_| !resource.existed) else { return Vec::new() };
        let end = match stack.verdict() {
            Verdict::Complete => return Vec::new(),
            Verdict::Failed => End::Skipped("the stack failed before this was begun".to_owned()),
            Verdict::Undecided => End::Skipped(INTERRUPTED.to_owned()),
        };
        return vec![Case { name: id.clone(), time: Duration::ZERO, end, instances }];
    }
    let mut cases: Vec<_> = resource
        .waits
        .iter()
        .enumerate()
        .map(|(index, wait)| Case {
            name: if index == 0 { id.clone() } else { format!("{id}, wait {}", index + 1) },
            time: wait.length(stack.latest),
            end: end_of(stack, id, wait),
            instances: Vec::new(),
        })
        .collect();
    if let Some(last) = cases.last_mut() {
        last.instances = instances;
    }
    cases
}

fn end_of(stack: &StackRecord, id: &str, wait: &Wait) -> End {
    let Wait { received, expected, .. } = wait;
    match &wait.end {
        WaitEnd::Met => End::Passed,
        WaitEnd::Open => {
            End::Unfinished(format!("{INTERRUPTED}: {received} of {expected} signal(s) received"))
        }
        WaitEnd::Cancelled(reason) => End::Skipped(reason.clone()),
        WaitEnd::Failed(reason) => {
            let mut text = format!("{id}: {reason}\n{received} of {expected} signal(s) received\n");
            let cause =
                stack.operations.iter().filter_map(|it| it.failure.as_ref()).any(|(failed, ..)| failed == id);
            for advice in stack.advice.iter().filter(|_| cause) {
                text.push_str(&format!("Advice: {advice}\n"));
            }
            End::Failed { message: reason.clone(), text }
        }
    }
}

/// The stack as a test case.
fn whole(stack: &StackRecord) -> Case<'_> {
    let status = stack.status.map_or("not begun", |it| it.as_str());
    let end = match stack.verdict() {
        Verdict::Complete => End::Passed,
        Verdict::Undecided => End::Unfinished(format!("{INTERRUPTED}: it is {status}")),
        Verdict::Failed => {
            let failure = stack.judged().and_then(|it| it.failure.as_ref());
            let why = failure.map_or_else(|| status.to_owned(), |(id, reason, _)| format!("{id}: {reason}"));
            let mut text = format!("the stack is {status}\n");
            stack.advice.iter().for_each(|it| text.push_str(&format!("Advice: {it}\n")));
            End::Failed { message: why, text }
        }
    };
    let time = stack.judged().map_or(Duration::ZERO, |it| it.took(stack.latest));
    Case { name: stack.name.clone(), time, end, instances: Vec::new() }
}

fn write_suite(writer: &mut Writer<Vec<u8>>, suite: &Suite<'_>) -> io::Result<()> {
    let stack = suite.stack;
    let began = stack.began.unwrap_or(Moment::from_millis(0)).iso_8601();
    // The schema's timestamps have neither fractions nor a zone.
    let timestamp = began.get(..19).unwrap_or_default();
    writer
        .create_element("testsuite")
        .with_attribute(("name", clean(&stack.name).as_str()))
        .with_attribute(("timestamp", timestamp))
        .with_attributes(numbers(suite.cases.iter()).iter().map(|(name, value)| (*name, value.as_str())))
        .write_inner_content(|writer| {
            write_properties(writer, &suite.properties)?;
            suite.cases.iter().try_for_each(|it| write_case(writer, stack, it))?;
            write_output(writer, &suite.others)
        })?;
    Ok(())
}

fn write_properties(writer: &mut Writer<Vec<u8>>, properties: &[(&'static str, String)]) -> io::Result<()> {
    if properties.is_empty() {
        return Ok(());
    }
    writer.create_element("properties").write_inner_content(|writer| {
        properties.iter().try_for_each(|(name, value)| {
            let property = writer.create_element("property").with_attribute(("name", *name));
            property.with_attribute(("value", clean(value).as_str())).write_empty().map(drop)
        })
    })?;
    Ok(())
}

fn write_case(writer: &mut Writer<Vec<u8>>, stack: &StackRecord, case: &Case<'_>) -> io::Result<()> {
    writer
        .create_element("testcase")
        .with_attribute(("name", clean(&case.name).as_str()))
        .with_attribute(("classname", clean(&stack.name).as_str()))
        .with_attribute(("time", seconds(case.time).as_str()))
        .write_inner_content(|writer| {
            let (tag, message, kind, text) = match &case.end {
                End::Passed => return write_output(writer, &case.instances),
                End::Failed { message, text } => ("failure", message, Some("failed"), text.as_str()),
                End::Unfinished(message) => ("error", message, Some("interrupted"), ""),
                End::Skipped(message) => ("skipped", message, None, ""),
            };
            let message = clean(message);
            let element = writer.create_element(tag).with_attribute(("message", message.as_str()));
            let element = match kind {
                Some(kind) => element.with_attribute(("type", kind)),
                None => element,
            };
            match text {
                "" => element.write_empty()?,
                text => element.write_text_content(BytesText::new(&clean(text)))?,
            };
            write_output(writer, &case.instances)
        })?;
    Ok(())
}

fn write_output(writer: &mut Writer<Vec<u8>>, instances: &[&InstanceRecord]) -> io::Result<()> {
    let mut text = String::new();
    for instance in instances {
        let InstanceRecord { logical_id, instance_id, lines, .. } = instance;
        if lines.is_empty() && instance.ended.is_none() && instance.not_run.is_none() {
            continue;
        }
        text.push_str(&format!("{logical_id} {instance_id}\n"));
        let mut say = |line: &super::record::Line| {
            text.push_str(if line.stub { "~ " } else { "| " });
            text.push_str(&line.text);
            text.push('\n');
        };
        lines.head().iter().for_each(&mut say);
        if lines.dropped() > 0 {
            text.push_str(&format!("({} lines left out)\n", lines.dropped()));
        }
        let mut say = |line: &super::record::Line| {
            text.push_str(if line.stub { "~ " } else { "| " });
            text.push_str(&line.text);
            text.push('\n');
        };
        lines.tail().for_each(&mut say);
        if let Some((ended, _)) = &instance.ended {
            text.push_str(&format!("the user data {}\n", super::advice::how(*ended)));
        }
        if let Some(why) = &instance.not_run {
            text.push_str(&format!("{why}\n"));
        }
    }
    if !text.is_empty() {
        writer.create_element("system-out").write_text_content(BytesText::new(&clean(&text)))?;
    }
    Ok(())
}

fn numbers<'a>(cases: impl Iterator<Item = &'a Case<'a>>) -> [(&'static str, String); 5] {
    let (mut tests, mut failures, mut errors, mut skipped, mut time) = (0, 0, 0, 0, Duration::ZERO);
    for case in cases {
        tests += 1;
        time += case.time;
        match case.end {
            End::Passed => {}
            End::Failed { .. } => failures += 1,
            End::Unfinished(_) => errors += 1,
            End::Skipped(_) => skipped += 1,
        }
    }
    [
        ("tests", tests.to_string()),
        ("failures", failures.to_string()),
        ("errors", errors.to_string()),
        ("skipped", skipped.to_string()),
        ("time", seconds(time)),
    ]
}

fn seconds(span: Duration) -> String {
    format!("{:.3}", span.as_secs_f64())
}

/// Without the characters that XML cannot have at all, colours and other escape sequences among them, and without those
/// that nobody sees.
///
/// Source: <https://www.w3.org/TR/xml/#charsets>
fn clean(text: &str) -> String {
    super::console::without_escapes(text)
        .chars()
        .filter(|it| {
            matches!(it, '\t' | '\n') || (!is_invisible(*it) && !matches!(it, '\u{fffe}' | '\u{ffff}'))
        })
        .collect()
}

#[cfg(test)]
mod tests;

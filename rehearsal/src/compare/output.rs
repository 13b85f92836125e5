//! How a log and a rehearsal compare, for people and for programs.

use serde_json::{Value, json};

use super::Verdict;
use super::difference::{Difference, Kind, Told};
use crate::shown;

/// Differences that people are shown; programs get all of them.
const SHOWN: usize = 50;

/// For people.
#[must_use]
pub(crate) fn text(verdict: &Verdict) -> String {
    let mut out = format!("Stack {}, operation {}\n", verdict.stack_name, verdict.operation);
    out.push_str(&format!("{} compared", events(verdict.compared)));
    let left: Vec<_> = verdict.left_out.iter().map(|(what, count)| format!("{count} {what}")).collect();
    if !left.is_empty() {
        out.push_str(&format!("; left out: {}", left.join(", ")));
    }
    out.push_str(".\n");
    if !verdict.whole {
        out.push_str("The log ends before the operation does: it is compared as far as it goes.\n");
    }
    if !verdict.set_aside.is_empty() {
        let ids: Vec<_> = verdict.set_aside.iter().map(String::as_str).collect();
        out.push_str(&format!(
            "Not compared, for they wait for nothing and the operation failed while they were under way: {}.\n",
            ids.join(", ")
        ));
    }
    match verdict.differences.len() {
        0 => out.push_str("The rehearsal tells the same.\n"),
        1 => out.push_str("There is one difference.\n"),
        many => out
            .push_str(&format!("There are {many} differences; what follows the first may follow from it.\n")),
    }
    for it in verdict.differences.iter().take(SHOWN) {
        out.push_str(&difference(it));
    }
    if verdict.differences.len() > SHOWN {
        let left = verdict.differences.len() - SHOWN;
        out.push_str(&format!("\nAnd {left} more: --output json has all of them.\n"));
    }
    out.lines().map(|line| format!("{}\n", shown::line(&shown::plain(line)))).collect()
}

fn events(count: usize) -> String {
    if count == 1 { "1 event".to_owned() } else { format!("{count} events") }
}

fn difference(it: &Difference) -> String {
    let why = match it.what {
        Kind::Missing => "only the log has it",
        Kind::Extra => "only the rehearsal has it",
        Kind::Status => "another status",
        Kind::Reason => "another reason",
        Kind::Order => "another order: in the rehearsal it comes after what the log has later",
    };
    let at = it.log.as_ref().or(it.rehearsal.as_ref()).map(|it| it.at.time_of_day()).unwrap_or_default();
    let mut out = format!("\n{at} {}: {why}\n", it.logical_id);
    let sides = [("log", &it.log), ("rehearsal", &it.rehearsal), ("after", &it.after)];
    for (side, told) in sides {
        match told {
            Some(told) if side == "after" => {
                out.push_str(&format!("  {side:<9}  {} {}\n", told.logical_id, said(told)));
            }
            Some(told) => out.push_str(&format!("  {side:<9}  {}\n", said(told))),
            None if side != "after" => out.push_str(&format!("  {side:<9}  -\n")),
            None => {}
        }
    }
    out
}

fn said(told: &Told) -> String {
    match &told.reason {
        Some(reason) => format!("{}  {reason}", told.status),
        None => told.status.clone(),
    }
}

/// For programs: one object.
#[must_use]
pub(crate) fn json(verdict: &Verdict) -> String {
    let differences: Vec<_> = verdict
        .differences
        .iter()
        .map(|it| {
            json!({
                "kind": it.what.as_str(),
                "logical_id": it.logical_id,
                "log": it.log.as_ref().map(event),
                "rehearsal": it.rehearsal.as_ref().map(event),
                "after": it.after.as_ref().map(event),
            })
        })
        .collect();
    let left_out: Vec<_> =
        verdict.left_out.iter().map(|(what, count)| json!({"what": what, "events": count})).collect();
    let object = json!({
        "result": if verdict.differences.is_empty() { "same" } else { "different" },
        "stack": verdict.stack_name,
        "operation": verdict.operation,
        "whole": verdict.whole,
        "compared": verdict.compared,
        "left_out": left_out,
        "set_aside": verdict.set_aside,
        "differences": differences,
    });
    shown::json(&object.to_string())
}

/// Where nothing could be compared.
#[must_use]
pub(crate) fn not_comparable(why: &str) -> String {
    shown::json(&json!({"result": "not-comparable", "why": why}).to_string())
}

fn event(told: &Told) -> Value {
    json!({
        "logical_id": told.logical_id,
        "at": told.at.iso_8601(),
        "status": told.status,
        "reason": told.reason,
    })
}

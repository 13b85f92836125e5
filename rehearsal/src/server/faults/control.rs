//! The rules of a running rehearsal, seen and changed: `GET`, `PUT` and `DELETE` of one path.

use std::sync::PoisonError;

use cfn_signal_core::causes;
use hyper::StatusCode;
use hyper::header::{ALLOW, HeaderValue};
use serde_json::json;

use super::Faults;
use crate::faults::{Plan, Rule, read};
use crate::moment::Moment;
use crate::server::{Received, Reply, plain};

/// Answers what is in force: `{"seed": 7, "faults": [{"rule": "503,p=0.2", "requests": 10, "came_true": 2}]}`.
///
/// `PUT` takes what [`read`] does and begins to count anew at `now`; without a seed of its own the old one goes on.
pub(crate) fn answer(faults: &Faults, request: &Received, now: Moment) -> Reply {
    match request.method.as_str() {
        "GET" | "HEAD" => {}
        "PUT" => {
            let text = String::from_utf8_lossy(&request.body);
            match read(&text) {
                Ok(document) => {
                    let rules = document.rules.into_iter().map(|(_, rule)| rule).collect();
                    faults.replace(rules, document.seed, now);
                }
                Err(error) => {
                    let line = format!("{}\n", causes::line(&error));
                    return plain(StatusCode::BAD_REQUEST, "text/plain; charset=utf-8", line);
                }
            }
        }
        "DELETE" => faults.replace(Vec::new(), None, now),
        _ => {
            let mut reply = plain(StatusCode::METHOD_NOT_ALLOWED, "text/plain", "GET, PUT or DELETE\n");
            reply.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD, PUT, DELETE"));
            return reply;
        }
    }
    plain(StatusCode::OK, "application/json", faults.standings())
}

impl Faults {
    fn replace(&self, rules: Vec<Rule>, seed: Option<u64>, now: Moment) {
        let mut plan = self.plan();
        *plan = Plan::new(rules, seed.unwrap_or(plan.seed()));
        plan.begin(now);
        drop(plan);
        self.skews.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.changed.notify_waiters();
    }

    fn standings(&self) -> String {
        let plan = self.plan();
        let faults: Vec<_> = plan
            .standings()
            .map(|it| json!({ "rule": it.rule.to_string(), "requests": it.met, "came_true": it.came_true }))
            .collect();
        format!("{}\n", json!({ "seed": plan.seed(), "faults": faults }))
    }
}

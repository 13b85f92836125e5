#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use super::Seen;
use crate::run::user_data;

fn of(text: &str) -> Seen {
    Seen::of(&user_data::read(text.as_bytes()).unwrap())
}

#[test]
fn a_text_shows_whether_it_signals_and_whether_a_failure_ends_it() {
    for (text, signals, errexit) in [
        ("#!/bin/bash\n/opt/aws/bin/cfn-signal -e $?\n", true, false),
        ("#!/bin/bash -xe\naws cloudformation signal-resource\n", true, true),
        ("#!/bin/sh\nset -euo pipefail\necho signal\n", false, true),
        ("#!/usr/bin/env bash\nset -x\n", false, false),
        ("#cloud-config\nruncmd: [cfn-signal]\n", true, false),
    ] {
        let seen = of(text);
        assert_eq!((seen.signals, seen.errexit), (signals, errexit), "{text}");
    }
}

#[test]
fn what_is_missed_is_heard() {
    let mut seen = Seen::default();
    for line in [
        "/x/part-001: line 3: HOME: unbound variable",
        "/x/part-001: 3: USER: parameter not set",
        "fatal: $HOME not set",
        "You must specify a region. You can also configure your region by running \"aws configure\".",
        "MYHOMES: unbound",
        "DIR: unbound variable",
    ] {
        seen.hear(line, false);
    }
    assert_eq!(seen.unset, ["HOME", "USER", "AWS_DEFAULT_REGION"]);
}

#[test]
fn stubs_that_fail_are_remembered_once() {
    let mut seen = Seen::default();
    for line in [
        "dnf install x (stub) exits 1",
        "dnf (stub) exits 1",
        "yum (stub) exits 0",
        "cfn-init: Command a succeeded",
    ] {
        seen.hear(line, true);
    }
    assert_eq!(seen.failed_stubs, ["dnf=1"]);
}

//! Rules of faults on demand: where they come from, and that a run can be replayed.

#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use crate::common::{Answer, SERVER, Served, file, rehearse, run, send, signal_query, text};
use tempfile::TempDir;

const CONTROL: &str = "/_rehearsal/faults";

fn signal(served: &Served, unique_id: &str) -> Answer {
    served.signal("Server", unique_id, "SUCCESS")
}

fn put(served: &Served, body: &str) -> Answer {
    served.send("PUT", CONTROL, &[], body)
}

/// The rules in force, as `rule requests came_true`.
fn standings(served: &Served) -> Vec<String> {
    let answer = served.send("GET", CONTROL, &[], "");
    assert!(answer.head.contains("content-type: application/json"));
    let body: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
    assert!(body.get("seed").unwrap().is_u64());
    let line = |it: &serde_json::Value| {
        let rule = it.get("rule").unwrap().as_str().unwrap();
        format!("{rule} {} {}", it.get("requests").unwrap(), it.get("came_true").unwrap())
    };
    body.get("faults").unwrap().as_array().unwrap().iter().map(line).collect()
}

#[test]
fn rules_are_seen_and_changed_while_it_runs() {
    let served = Served::start(SERVER, &["--fault", "503,first=2", "--seed", "7"]);
    assert_eq!(signal(&served, "i-1").status, 503);
    assert_eq!(standings(&served), ["503,first=2 1 1"]);

    let answer = put(&served, "# two of them\nSignalResource:throttling,first=1\nskew=1m\n");
    assert_eq!(answer.status, 200);
    assert!(answer.body.starts_with("{"), "{}", answer.body);
    assert_eq!(standings(&served), ["SignalResource:throttling,first=1 0 0", "skew=1m 0 0"]);
    assert_eq!(signal(&served, "i-1").error().0, "Throttling");
    assert_eq!(signal(&served, "i-1").status, 200);
    assert_eq!(standings(&served), ["SignalResource:throttling,first=1 2 1", "skew=1m 2 2"]);

    let answer = put(&served, r#"{"seed": 8, "faults": ["500"]}"#);
    assert!(answer.body.contains("\"seed\":8"), "{}", answer.body);
    // What cannot be read changes nothing.
    let answer = put(&served, "500\n503,fist=3\n");
    assert_eq!(answer.status, 400);
    assert!(answer.body.starts_with("2:5: there is no limit fist (did you mean first?)"), "{}", answer.body);
    assert_eq!(standings(&served), ["500 0 0"]);
    assert_eq!(served.send("POST", CONTROL, &[], "500").status, 405);

    assert_eq!(served.send("DELETE", CONTROL, &[], "").status, 200);
    assert_eq!(standings(&served), Vec::<String>::new());
    assert_eq!(signal(&served, "i-9").status, 200);
}

#[test]
fn a_seed_replays_a_run() {
    let statuses = |seed: &str| {
        let served = Served::start(SERVER, &["--fault", "503,p=0.5", "--seed", seed]);
        let status = |_| served.send("GET", "/?Action=DescribeStacks", &[], "").status;
        (0..24).map(status).collect::<Vec<_>>()
    };
    let seven = statuses("7");
    assert_eq!(seven, statuses("7"));
    assert!(seven.contains(&503) && seven.contains(&403));
    assert_ne!(seven, statuses("8"));

    // A seed that was drawn is told, and gives the same again.
    let drawn = Served::start(SERVER, &["--fault", "503,p=0.5"]);
    drawn.await_event("faults on demand: 503,p=0.5; replay with --seed ");
    let met: Vec<_> = (0..24).map(|_| drawn.send("GET", "/?Action=DescribeStacks", &[], "").status).collect();
    let events = drawn.events();
    let (_, seed) = events.split_once("--seed ").unwrap();
    assert_eq!(met, statuses(seed.lines().next().unwrap()));
}

#[test]
fn a_file_has_faults_too_and_its_mistakes_have_a_place() {
    let directory = TempDir::new().unwrap();
    let good = file(&directory, "good.yaml", "seed: 7\nfaults:\n- SignalResource:throttling,first=1\n");
    let served = Served::start(SERVER, &["--fault-file", good.to_str().unwrap(), "--fault", "503,after=1"]);
    assert_eq!(signal(&served, "i-1").error().0, "Throttling");
    assert_eq!(signal(&served, "i-1").status, 503);
    assert_eq!(standings(&served).len(), 2);

    let template = file(&directory, "template.yaml", SERVER);
    for (name, body, says) in [
        (
            "bad.json",
            "[\"503\",\n  \"imds=of\"]",
            "bad.json:2:9: imds takes off, v1, hop-limited or slow, not of\n",
        ),
        ("bad.yaml", "- *:503\n", "bad.yaml:1:3: a rule that begins with * has to be in quotes"),
        ("bad.txt", "lost\nlots\n", "bad.txt:2:1: there is no fault lots (did you mean lost?)"),
    ] {
        let bad = file(&directory, name, body);
        let output = rehearse().arg("run").arg(&template).arg("--fault-file").arg(bad).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        let error = text(&output.stderr);
        assert!(error.starts_with("cfn-rehearse: ") && error.contains(says), "{error}");
        assert_eq!(error.trim_end().lines().count(), 1);
    }
    for (arguments, says) in [
        (vec!["--fault-file", "/nonexistent/faults"], "/nonexistent/faults: the faults cannot be read: "),
        (vec!["--fault", "throtling"], "there is no fault throtling (did you mean throttling?)"),
        (vec!["--fault", "503", "--fault", "api:500"], "--fault: 503 contradicts api:500: "),
    ] {
        let output = run(SERVER, &arguments);
        assert_eq!(output.status.code(), Some(2));
        assert!(text(&output.stderr).contains(says), "{}", text(&output.stderr));
    }
}

#[test]
fn the_list_is_printed() {
    let output = rehearse().arg("faults").output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    let list = text(&output.stdout);
    for fault in ["throttling", "500", "503", "reset", "imds"] {
        assert!(list.contains(fault), "{fault}: {list}");
    }
}

#[test]
fn without_rules_nothing_is_said_of_faults() {
    let served = Served::start(SERVER, &["--seed", "7"]);
    assert_eq!(send(served.port, "GET", "/_rehearsal", &[], "").status, 404);
    assert_eq!(signal(&served, "i-1").status, 200);
    assert!(!served.events().contains("fault"), "{}", served.events());
    assert_eq!(standings(&served), Vec::<String>::new());
}

/// Which requests of clients that come all at once fail, a text for each client.
fn at_once(seed: &str) -> Vec<String> {
    let served = Served::start(SERVER, &["--fault", "SignalResource:503,p=0.5", "--seed", seed]);
    let pattern = |client: usize| {
        let query = signal_query("web", "Server", &format!("client-{client}"), "SUCCESS");
        let fails = |_| served.signed(&query, &served.key(), 0).status == 503;
        (0..8).map(|number| if fails(number) { 'x' } else { '.' }).collect::<String>()
    };
    let mut patterns: Vec<_> = std::thread::scope(|scope| {
        let pattern = &pattern;
        let threads: Vec<_> = (0..12).map(|client| scope.spawn(move || pattern(client))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    // Which client comes first is its own affair.
    patterns.sort();
    patterns
}

#[test]
fn clients_that_come_at_once_meet_the_same_faults_again() {
    let met = at_once("7");
    assert_eq!(met, at_once("7"));
    assert!(met.iter().any(|it| it.contains('x')) && met.iter().any(|it| it.contains('.')));
}

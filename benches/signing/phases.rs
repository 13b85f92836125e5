//! From nothing to the first signature, in as many processes as there are samples.

use std::process::Command;
use std::time::Instant;

use cfn_signal::engine::{Component, GuestLimits, Signer};
use cfn_signal_benches::cells::Cell;
use cfn_signal_core::identity::AccessKey;
use cfn_signal_core::secret::Secret;
use cfn_signal_core::sigv4::{Payload, Request, Scope, SigningSettings};

/// The argument that makes this program one of those processes.
pub const ONE: &str = "one-start";

const PHASES: [&str; 4] =
    ["the component is loaded", "and instantiated", "first signature", "second signature"];

/// All of them.
pub fn all(processes: usize) -> Vec<Cell> {
    let cell = |what: &&str| Cell {
        who: "component".to_owned(),
        what: (*what).to_owned(),
        body: 0,
        samples: Vec::new(),
    };
    let mut cells: Vec<Cell> = PHASES.iter().map(cell).collect();
    for _ in 0..processes {
        let output = Command::new(std::env::current_exe().unwrap()).arg(ONE).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let took: Vec<f64> = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(took.len(), cells.len());
        cells.iter_mut().zip(took).for_each(|(cell, took)| cell.samples.push(took));
    }
    cells
}

/// One of them: the seconds of each phase.
pub fn one() {
    let key = AccessKey {
        id: "AKIDEXAMPLE".to_owned(),
        secret: Secret::new("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY".to_owned()),
        session_token: None,
        expires_at: None,
    };
    let uri = "https://cloudformation.eu-west-1.amazonaws.com/?Action=ListStacks&Version=2010-05-15";
    let request = Request { method: "GET", uri, headers: &[], payload: Payload::Bytes(&[]) };
    let scope = Scope { region: "eu-west-1", service: "cloudformation", signed_at: 1_763_834_400 };
    let settings = SigningSettings::default();

    let begun = Instant::now();
    let component = Component::embedded().unwrap();
    let loaded = begun.elapsed();
    let mut signer = Signer::with(&component, GuestLimits::default()).unwrap();
    let instantiated = begun.elapsed();
    signer.sign(&request, &key, &scope, &settings).unwrap();
    let first = begun.elapsed();
    signer.sign(&request, &key, &scope, &settings).unwrap();
    let second = begun.elapsed();
    let phases = [loaded, instantiated - loaded, first - instantiated, second - first];
    println!("{}", serde_json::to_string(&phases.map(|it| it.as_secs_f64())).unwrap());
}

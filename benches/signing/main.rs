//! One Signature Version 4 signature of a `SignalResource` request: inside the component, in the same code natively, and by the
//! AWS SDK's `aws-sigv4`; and what it takes from nothing to the first one. Says what it took as JSON.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a benchmark that cannot run ends")]

mod contenders;
mod phases;

use cfn_signal_benches::cells::Cell;
use rustix::time::{ClockId, clock_gettime};

use contenders::{Aws, Component, Contender, Native};

/// Of the request's body.
const BODIES: [usize; 4] = [0, 1 << 10, 64 << 10, 1 << 20];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let said = |word: &str| arguments.iter().any(|argument| argument == word);
    // Under `cargo test --benches` nothing is measured.
    if said("--test") {
        return;
    }
    if said(phases::ONE) {
        return phases::one();
    }
    let quick = said("quick");
    let cells = if said("phases") { phases::all(if quick { 5 } else { 60 }) } else { signatures(quick) };
    println!("{}", serde_json::to_string(&cells).unwrap());
}

fn signatures(quick: bool) -> Vec<Cell> {
    let rounds = if quick { 4 } else { 80 };
    let mut cells = Vec::new();
    for body in BODIES {
        let body = vec![b'x'; body];
        let mut contenders: [Box<dyn Contender>; 3] =
            [Box::new(Component::new()), Box::new(Native::default()), Box::new(Aws::new())];
        let signed: Vec<String> = contenders.iter_mut().map(|it| it.sign(&body, 0)).collect();
        assert!(signed.iter().all(|it| *it == signed[0] && it.contains("Signature=")), "{signed:?}");
        for (what, days) in [("cached", 0), ("cold", 1)] {
            cells.extend(race(&mut contenders, &body, what, days, rounds));
        }
    }
    cells
}

/// Each in turn, so that whatever else the machine does befalls all of them. `days` are from one signature to the next: on
/// another day another key has to be derived.
fn race(
    contenders: &mut [Box<dyn Contender>],
    body: &[u8],
    what: &str,
    days: u64,
    rounds: usize,
) -> Vec<Cell> {
    let cell = |it: &dyn Contender| Cell {
        who: it.name().to_owned(),
        what: what.to_owned(),
        body: body.len(),
        samples: Vec::new(),
    };
    let mut cells: Vec<Cell> = contenders.iter().map(|it| cell(it.as_ref())).collect();
    let mut day = 0;
    let mut batch = |contender: &mut dyn Contender, times: u32| {
        let begun = processor();
        for _ in 0..times {
            day += days;
            std::hint::black_box(contender.sign(body, day));
        }
        processor() - begun
    };
    // As many as make some milliseconds, which is also the warming up.
    let mut times = vec![1; contenders.len()];
    for (contender, times) in contenders.iter_mut().zip(&mut times) {
        while batch(contender.as_mut(), *times) < 0.005 {
            *times *= 2;
        }
    }
    for _ in 0..rounds {
        for ((contender, times), cell) in contenders.iter_mut().zip(&times).zip(&mut cells) {
            cell.samples.push(batch(contender.as_mut(), *times) / f64::from(*times));
        }
    }
    cells
}

/// Seconds for which this thread had a processor: what others do there is not counted.
fn processor() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    #[expect(clippy::cast_precision_loss, reason = "exact for as long as this runs")]
    let (seconds, nanoseconds) = (time.tv_sec as f64, time.tv_nsec as f64);
    seconds + nanoseconds / 1e9
}

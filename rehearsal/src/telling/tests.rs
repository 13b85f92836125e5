#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use super::*;
use crate::happening::{Effect, Launch, SignalReceived};
use crate::moment::Moment;
use crate::stack::Outcome;

fn signal() -> Happening {
    Happening::Signal(SignalReceived {
        at: Moment::from_millis(0),
        logical_id: "Group".to_owned(),
        unique_id: "x".to_owned(),
        outcome: Outcome::Success,
        effect: Effect::Uncounted,
    })
}

fn launched() -> Happening {
    Happening::Launched(Launch { logical_id: "Group".to_owned(), instance_id: "i-1".to_owned() })
}

#[test]
fn a_flood_that_nobody_reads_is_counted_and_hides_nothing_else() {
    let (teller, mut happenings) = channel();
    for _ in 0..AHEAD + 5 {
        teller.tell(signal());
    }
    teller.tell(launched());
    assert_eq!(happenings.untold(), 5);
    let mut signals = 0;
    let last = loop {
        match happenings.try_recv().unwrap() {
            Happening::Signal(_) => signals += 1,
            other => break other,
        }
    };
    assert_eq!((signals, last), (AHEAD, launched()));
    // Once it is read there is room again.
    teller.tell(signal());
    assert_eq!(happenings.try_recv(), Ok(signal()));
    assert_eq!(happenings.try_recv(), Err(TryRecvError::Empty));
    assert_eq!(happenings.untold(), 5);
    drop(teller);
    assert_eq!(happenings.try_recv(), Err(TryRecvError::Disconnected));
}

#[test]
fn nobody_has_to_listen() {
    let (teller, happenings) = channel();
    drop(happenings);
    teller.tell(signal());
    teller.tell(launched());
}

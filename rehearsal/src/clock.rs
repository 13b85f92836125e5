//! The only place that reads a clock.

use std::str::FromStr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::moment::Moment;

/// How a rehearsal's time passes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClockKind {
    /// As everywhere else.
    #[default]
    Real,
    /// As everywhere else while anything can still happen; then straight to the next timeout.
    Virtual,
    /// So many times as fast.
    Scaled(Speed),
}

/// How many seconds of the stack pass in one second of this machine.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Speed(f64);

/// It is a number.
impl Eq for Speed {}

/// Not a speed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a speed is a positive number, at most 1000000: 60 makes a minute of the stack a second")]
pub struct NotASpeed;

impl Speed {
    /// More would jump over whatever is to be watched.
    const MOST: f64 = 1_000_000.0;

    /// # Errors
    ///
    /// [`NotASpeed`] where time would stand still, go back, or be over at once.
    pub fn new(times: f64) -> Result<Self, NotASpeed> {
        if times > 0.0 && times <= Self::MOST { Ok(Self(times)) } else { Err(NotASpeed) }
    }

    /// So many times as fast.
    #[must_use]
    pub const fn times(self) -> f64 {
        self.0
    }
}

impl FromStr for Speed {
    type Err = NotASpeed;

    fn from_str(text: &str) -> Result<Self, NotASpeed> {
        text.trim().parse().map_err(|_| NotASpeed).and_then(Self::new)
    }
}

/// The stack's clock. Stacks that share an account share one.
#[derive(Debug)]
pub struct Clock {
    kind: ClockKind,
    /// When it was made: scaled time runs from here.
    epoch: Moment,
    course: Mutex<Course>,
}

/// How a virtual clock has departed from this machine's.
#[derive(Clone, Copy, Debug, Default)]
struct Course {
    /// What was jumped over so far.
    ahead: Duration,
    /// What it stood still for so far.
    behind: Duration,
    /// What it shows while it stands still.
    held: Option<Moment>,
}

impl Course {
    fn show(&self, wall: Moment) -> Moment {
        self.held.unwrap_or_else(|| wall.plus(self.ahead).minus(self.behind))
    }
}

impl Clock {
    /// A clock that shows the present.
    #[must_use]
    pub fn new(kind: ClockKind) -> Self {
        Self { kind, epoch: wall(), course: Mutex::default() }
    }

    /// How time passes.
    #[must_use]
    pub const fn kind(&self) -> ClockKind {
        self.kind
    }

    /// The stack's time.
    #[must_use]
    pub fn now(&self) -> Moment {
        match self.kind {
            ClockKind::Real => wall(),
            ClockKind::Virtual => self.course().show(wall()),
            ClockKind::Scaled(speed) => scaled(self.epoch, wall(), speed),
        }
    }

    /// Makes it `moment`, if that is still to come and the clock is virtual.
    pub fn jump_to(&self, moment: Moment) {
        if self.kind != ClockKind::Virtual {
            return;
        }
        let mut course = self.course();
        let span = moment.since(course.show(wall()));
        match &mut course.held {
            Some(held) => *held = held.plus(span),
            None => course.ahead = course.ahead.saturating_add(span),
        }
    }

    /// Has it stand still, or go on from where it stood, if the clock is virtual: time in which somebody is kept from
    /// what the real service would do at once is nobody's.
    pub fn hold(&self, still: bool) {
        if self.kind != ClockKind::Virtual {
            return;
        }
        let wall = wall();
        let mut course = self.course();
        match (still, course.held) {
            (true, None) => course.held = Some(course.show(wall)),
            (false, Some(held)) => {
                *course = Course { ahead: held.since(wall), behind: wall.since(held), held: None };
            }
            _ => {}
        }
    }

    fn course(&self) -> MutexGuard<'_, Course> {
        self.course.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How long this machine has to sleep until the stack's time is `moment`, if no clock jumps meanwhile.
    #[must_use]
    pub fn real_until(&self, moment: Moment) -> Duration {
        let left = moment.since(self.now());
        match self.kind {
            ClockKind::Real | ClockKind::Virtual => left,
            ClockKind::Scaled(speed) => real(left, speed),
        }
    }
}

fn scaled(epoch: Moment, wall: Moment, speed: Speed) -> Moment {
    let passed = wall.since(epoch).as_secs_f64() * speed.times();
    epoch.plus(Duration::try_from_secs_f64(passed).unwrap_or(Duration::MAX))
}

/// Rounded up to the next millisecond: to wake up early would be to wake up twice.
fn real(span: Duration, speed: Speed) -> Duration {
    let millis = (span.as_secs_f64() * 1000.0 / speed.times()).ceil();
    Duration::try_from_secs_f64(millis / 1000.0).unwrap_or(Duration::MAX)
}

/// The machine's time: what signatures and expiry dates of clients are held against, whatever the stack's clock shows.
#[must_use]
pub fn wall() -> Moment {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Moment::from_millis(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests;

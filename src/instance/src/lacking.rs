//! How long what an instance lacks may still come.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// How long after its first lack of something an instance may still be getting it: its profile's role, for one.
const EARLY: Duration = Duration::from_secs(30);

/// Since when something is lacking that may yet come, if anything is.
#[derive(Debug, Default)]
pub struct Lacking(OnceLock<Instant>);

impl Lacking {
    /// Whether what is found to be lacking at `now` may yet come.
    #[must_use]
    pub fn may_yet_come(&self, now: Instant) -> bool {
        now.saturating_duration_since(*self.0.get_or_init(|| now)) < EARLY
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::Lacking;

    #[test]
    fn half_a_minute_after_the_first_lack_it_lasts() {
        let (lacking, start) = (Lacking::default(), Instant::now());
        for (seconds, may_come) in [(0, true), (29, true), (30, false), (300, false)] {
            assert_eq!(lacking.may_yet_come(start + Duration::from_secs(seconds)), may_come, "{seconds}");
        }
    }
}

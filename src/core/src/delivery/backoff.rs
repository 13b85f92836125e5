//! How long to wait before the next try: exponential growth with full jitter.
//!
//! Source: <https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html>

/// Waits drawn from `0 ..= min(longest, first × 2^i)` milliseconds, `i` counting from 0.
#[derive(Clone, Debug)]
pub(super) struct Backoff {
    random: SplitMix64,
    next_limit: u32,
    longest: u32,
}

impl Backoff {
    /// `seed` decides the jitter; `first` and `longest` are in milliseconds.
    pub(super) fn new(seed: u64, first: u32, longest: u32) -> Self {
        Self { random: SplitMix64(seed), next_limit: first.min(longest), longest }
    }

    /// The next wait in milliseconds.
    pub(super) fn next(&mut self) -> u32 {
        let limit = self.next_limit;
        self.next_limit = limit.saturating_mul(2).min(self.longest);
        self.random.up_to(limit)
    }
}

/// Steele, Lea and Flood's generator (<https://doi.org/10.1145/2714064.2660195>): not for secrets, good for jitter.
#[derive(Clone, Debug)]
struct SplitMix64(u64);

impl SplitMix64 {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Uniform over `0 ..= limit`: the upper half, scaled.
    fn up_to(&mut self, limit: u32) -> u32 {
        let scaled = (self.next() >> 32) * (u64::from(limit) + 1);
        u32::try_from(scaled >> 32).unwrap_or(limit)
    }
}

#[cfg(test)]
mod tests;

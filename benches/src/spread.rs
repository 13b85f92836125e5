//! Samples, told by what noise moves least.

#[cfg(test)]
mod tests;

/// The middle of some samples, and the half of them around it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Spread {
    /// Half of the samples are below.
    pub median: f64,
    /// A quarter of the samples is below.
    pub low: f64,
    /// A quarter of the samples is above.
    pub high: f64,
}

impl Spread {
    /// Of no samples everything is zero.
    #[must_use]
    pub fn of(samples: &[f64]) -> Self {
        let mut sorted = samples.to_vec();
        sorted.sort_by(f64::total_cmp);
        Self { median: quantile(&sorted, 2), low: quantile(&sorted, 1), high: quantile(&sorted, 3) }
    }

    /// With every figure told by `figure`: the median, and the quartiles in brackets.
    #[must_use]
    pub fn told(&self, figure: impl Fn(f64) -> String) -> String {
        format!("{} ({} to {})", figure(self.median), figure(self.low), figure(self.high))
    }
}

/// The quartile of that number, between two samples where it falls between them.
fn quantile(sorted: &[f64], quarter: usize) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return 0.0 };
    let (whole, rest) = (last * quarter / 4, last * quarter % 4);
    let at = |index: usize| sorted.get(index.min(last)).copied().unwrap_or_default();
    // Exact: a remainder of a division by four.
    let part = f64::from(u8::try_from(rest).unwrap_or_default()) / 4.0;
    at(whole) + (at(whole + 1) - at(whole)) * part
}

/// The arithmetic mean: of what the system counts in ticks, which a median would tell as none or one.
#[must_use]
pub fn mean(samples: &[f64]) -> f64 {
    let count = u32::try_from(samples.len()).unwrap_or(u32::MAX).max(1);
    samples.iter().sum::<f64>() / f64::from(count)
}

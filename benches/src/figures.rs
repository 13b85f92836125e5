//! Figures as people read them: three digits and a unit.

#[cfg(test)]
mod tests;

/// A time in seconds, such as `25.7 µs`.
#[must_use]
pub fn time(seconds: f64) -> String {
    scaled(seconds, &[(1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns")])
}

/// A size in bytes, such as `5.61 MB`.
#[must_use]
pub fn size(bytes: f64) -> String {
    scaled(bytes, &[(1e9, "GB"), (1e6, "MB"), (1e3, "kB"), (1.0, "B")])
}

/// A size in bytes, as a file's: to a tenth of a megabyte, and to a kilobyte below one.
#[must_use]
pub fn file_size(bytes: u64) -> String {
    if bytes < 999_500 {
        return format!("{} kB", (bytes + 500) / 1000);
    }
    let tenths = (bytes + 50_000) / 100_000;
    format!("{}.{} MB", tenths / 10, tenths % 10)
}

/// How many, to three digits, such as `34,100`.
#[must_use]
pub fn count(number: f64) -> String {
    let digits = format!("{:.0}", three_digits(number));
    let mut told = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            told.push(',');
        }
        told.push(digit);
    }
    told
}

/// One figure beside another, such as `0.38`.
#[must_use]
pub fn ratio(here: f64, there: f64) -> String {
    if there > 0.0 { digits(here / there, 2) } else { "-".to_owned() }
}

fn scaled(number: f64, units: &[(f64, &str)]) -> String {
    if number <= 0.0 {
        return "0".to_owned();
    }
    let fitting = units.iter().find(|(unit, _)| three_digits(number) >= *unit).or(units.last());
    let Some((unit, name)) = fitting else { return String::new() };
    format!("{} {name}", digits(number / unit, 3))
}

/// Rounded where figures end.
fn three_digits(number: f64) -> f64 {
    if number <= 0.0 {
        return 0.0;
    }
    let unit = 10_f64.powf(number.log10().floor() - 2.0);
    (number / unit).round() * unit
}

fn digits(number: f64, significant: i32) -> String {
    let before = if number <= 0.0 { 0.0 } else { number.log10().floor() };
    let mut decimals = f64::from(significant) - 1.0 - before;
    // One that rounds up to another digit.
    if number > 0.0 && (number * 10_f64.powf(decimals)).round() >= 10_f64.powi(significant) {
        decimals -= 1.0;
    }
    let mut places = 0_usize;
    while decimals >= 1.0 && places < 9 {
        places += 1;
        decimals -= 1.0;
    }
    format!("{number:.places$}")
}

use super::*;

#[test]
fn three_digits_and_a_unit() {
    for (seconds, told) in [
        (0.004_51, "4.51 ms"),
        (25.74e-6, "25.7 µs"),
        (0.000_999_6, "1.00 ms"),
        (0.999_6e-6, "1.00 µs"),
        (123.4, "123 s"),
        (0.0, "0"),
    ] {
        assert_eq!(time(seconds), told);
    }
    assert_eq!(size(5_612_345.0), "5.61 MB");
    assert_eq!(size(412.0), "412 B");
}

#[test]
fn files_are_told_as_lists_tell_them() {
    let told = [169_824, 999_499, 999_500, 5_561_000, 12_450_000].map(file_size);
    assert_eq!(told, ["170 kB", "999 kB", "1.0 MB", "5.6 MB", "12.5 MB"]);
}

#[test]
fn counts_have_commas() {
    assert_eq!([34_123.0, 999.6, 7.0, 1_234_567.0].map(count), ["34,100", "1,000", "7", "1,230,000"]);
}

#[test]
fn ratios_have_two_digits() {
    assert_eq!(ratio(4.5, 11.8), "0.38");
    assert_eq!(ratio(25.7, 17.6), "1.5");
    assert_eq!(ratio(1.0, 300.0), "0.0033");
    assert_eq!(ratio(0.999, 1.0), "1.0");
    assert_eq!(ratio(1.0, 0.0), "-");
}

use super::is_at_least;

#[test]
fn kernels_are_told_apart() {
    for (release, is) in [
        ("6.18.44-fc", true),
        ("6.6.0", true),
        ("6.5.13-generic", false),
        ("5.15.0-1052-aws", false),
        ("7.0", true),
        ("10.1-rc1", true),
        ("6", false),
        ("", false),
    ] {
        assert_eq!(is_at_least(release, (6, 6)), is, "{release}");
    }
}

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::files;

#[test]
fn a_machine_is_taken_for_an_instance_by_its_uuid() {
    for instance in ["i-0123456789abcdef0", "i-01234567", ""] {
        let files = files(instance);
        let of = |name| files.iter().find(|(it, _)| *it == name).unwrap().1.clone();
        let uuid = of("product_uuid");
        assert_eq!(uuid, of("product_serial"));
        assert!(uuid.starts_with("ec2"), "{uuid}");
        let lengths: Vec<_> = uuid.split('-').map(str::len).collect();
        assert_eq!(lengths, [8, 4, 4, 4, 12], "{uuid}");
        assert!(uuid.chars().all(|it| it == '-' || it.is_ascii_hexdigit()), "{uuid}");
        assert_eq!(of("board_asset_tag"), instance);
    }
    assert_ne!(files("i-0123456789abcdef0"), files("i-0123456789abcdef1"));
}

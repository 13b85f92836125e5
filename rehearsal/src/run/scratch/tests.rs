#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use super::*;

#[test]
fn a_written_file_never_goes_through_a_link_to_this_machine() {
    let directory = tempfile::tempdir().unwrap();
    let (own, link) = (directory.path().join("own"), directory.path().join("link"));
    fs::write(&own, "the machine's").unwrap();
    symlink(&own, &link).unwrap();
    let file = WrittenFile { path: link.clone(), content: b"new".to_vec(), mode: 0o755, append: true };
    put(&file).unwrap();
    assert_eq!(fs::read_to_string(&own).unwrap(), "the machine's");
    assert_eq!(fs::read_to_string(&link).unwrap(), "new");
}

#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use std::os::unix::fs::symlink;

use super::*;

fn private() -> tempfile::TempDir {
    tempfile::Builder::new().permissions(fs::Permissions::from_mode(0o700)).tempdir().unwrap()
}

#[test]
fn a_directory_is_left_once_its_claim_is_gone() {
    let directory = private();
    assert!(Claim::left(directory.path()).is_none(), "nobody claimed it");
    let claim = Claim::stake(directory.path()).unwrap();
    assert!(Claim::left(directory.path()).is_none(), "its owner lives");
    drop(claim);
    let left = Claim::left(directory.path());
    assert!(left.is_some());
    assert!(Claim::left(directory.path()).is_none(), "somebody removes it already");
}

#[test]
fn what_others_may_look_into_is_left_alone() {
    let directory = private();
    drop(Claim::stake(directory.path()).unwrap());
    fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o755)).unwrap();
    assert!(Claim::left(directory.path()).is_none());
    fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o700)).unwrap();
    let link = private();
    symlink(directory.path(), link.path().join("to")).unwrap();
    assert!(Claim::left(&link.path().join("to")).is_none(), "a link is nobody's directory");
    // Nor is a lock what is only a way to another file.
    fs::rename(directory.path().join(LOCK), directory.path().join("moved")).unwrap();
    symlink(directory.path().join("moved"), directory.path().join(LOCK)).unwrap();
    assert!(Claim::left(directory.path()).is_none());
}

#[test]
fn a_removal_that_is_cut_short_is_finished_by_the_next_rehearsal() {
    let directory = private();
    drop(Claim::stake(directory.path()).unwrap());
    fs::create_dir_all(directory.path().join("disk/opt")).unwrap();
    fs::write(directory.path().join("disk/opt/part-001"), "a value").unwrap();
    symlink("nowhere", directory.path().join("link")).unwrap();
    empty(directory.path());
    let left: Vec<_> = directory.path().read_dir().unwrap().map(|it| it.unwrap().file_name()).collect();
    assert_eq!(left, [LOCK]);
    assert!(Claim::left(directory.path()).is_some());
}

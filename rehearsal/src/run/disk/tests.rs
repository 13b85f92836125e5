#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use std::os::unix::fs::symlink;

use super::*;

/// A disk beside this machine's own files.
fn disk() -> (tempfile::TempDir, Disk) {
    let directory = tempfile::tempdir().unwrap();
    let disk = Disk::create(directory.path().join("disk")).unwrap();
    fs::create_dir(directory.path().join("own")).unwrap();
    (directory, disk)
}

fn file(disk: &Disk, path: &str) -> WrittenFile {
    WrittenFile { path: disk.below(Path::new(path)), content: b"new".to_vec(), mode: 0o755, append: true }
}

#[test]
fn a_written_file_never_goes_through_a_link_to_this_machine() {
    let (directory, disk) = disk();
    let own = directory.path().join("own/file");
    fs::write(&own, "the machine's").unwrap();
    symlink(&own, disk.below(Path::new("/link"))).unwrap();
    let file = file(&disk, "/link");
    disk.put(&file).unwrap();
    assert_eq!(fs::read_to_string(&own).unwrap(), "the machine's");
    assert_eq!(fs::read_to_string(&file.path).unwrap(), "new");
    disk.put(&file).unwrap();
    assert_eq!(fs::read_to_string(&file.path).unwrap(), "newnew");
    assert_eq!(fs::metadata(&file.path).unwrap().permissions().mode() & 0o777, 0o755);
}

#[test]
fn a_link_among_the_folders_leads_nowhere_else_either() {
    let (directory, disk) = disk();
    let own = directory.path().join("own");
    symlink(&own, disk.below(Path::new("/absolute"))).unwrap();
    symlink("../own", disk.below(Path::new("/relative"))).unwrap();
    for path in ["/absolute/f", "/relative/f", "/absolute/new/f"] {
        assert!(disk.put(&file(&disk, path)).is_err(), "{path}");
    }
    assert_eq!(fs::read_dir(&own).unwrap().count(), 0);
    // One that stays here is as good as on an instance.
    fs::create_dir(disk.below(Path::new("/etc"))).unwrap();
    symlink("etc", disk.below(Path::new("/inside"))).unwrap();
    disk.put(&file(&disk, "/inside/a/f")).unwrap();
    assert_eq!(fs::read_to_string(disk.below(Path::new("/etc/a/f"))).unwrap(), "new");
}

#[test]
fn the_disk_is_not_another_once_its_place_is_taken() {
    let (directory, disk) = disk();
    let own = directory.path().join("own");
    fs::rename(disk.path(), directory.path().join("moved")).unwrap();
    symlink(&own, disk.path()).unwrap();
    disk.put(&file(&disk, "/f")).unwrap();
    assert_eq!(fs::read_dir(&own).unwrap().count(), 0);
}

#[test]
fn a_pipe_in_a_files_place_is_not_waited_for() {
    let (_directory, disk) = disk();
    let pipe = file(&disk, "/pipe");
    let made = rustix::fs::mknodat(
        rustix::fs::CWD,
        &pipe.path,
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR,
        0,
    );
    made.unwrap();
    disk.put(&pipe).unwrap();
    assert_eq!(fs::read_to_string(&pipe.path).unwrap(), "new");
}

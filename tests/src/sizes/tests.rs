#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::*;

fn built(size: u64) -> Built {
    Built { name: "a.wasm".to_owned(), path: PathBuf::new(), size, stale: false }
}

#[test]
fn a_twentieth_more_is_let_pass() {
    let recorded = Recorded {
        compiler: "rustc 1".to_owned(),
        bytes: [("a.wasm".to_owned(), 1000)].into_iter().collect(),
    };
    assert_eq!(recorded.complaint(&built(900)), None);
    assert_eq!(recorded.complaint(&built(1050)), None);
    let complaint = recorded.complaint(&built(1051)).unwrap_or_default();
    assert!(complaint.starts_with("a.wasm: 1051 bytes, more than 5 % over the 1000"), "{complaint}");
}

#[test]
fn what_is_older_than_its_sources_is_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let release = folder.path().join("release");
    std::fs::create_dir(&release).unwrap();
    let path = release.join("cfn-signal").with_extension(std::env::consts::EXE_EXTENSION);
    let file = std::fs::File::create(&path).unwrap();
    let found = commands(folder.path());
    assert_eq!(found.iter().map(|it| (it.size, it.stale)).collect::<Vec<_>>(), [(0, false)]);
    file.set_modified(SystemTime::UNIX_EPOCH).unwrap();
    assert!(commands(folder.path()).iter().all(|it| it.stale));
}

//! One wait-condition signal over loopback HTTP as a whole process: `cfn-signal`, and `curl` doing the same PUT.

#![expect(missing_docs, reason = "criterion's macros make functions without any")]
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot run ends")]

use std::path::Path;
use std::process::{Command, Stdio};

use cfn_signal_tests::binaries;
use cfn_signal_tests::recorder::{Answer, Recorder};
use criterion::{Criterion, criterion_group, criterion_main};

fn process(criterion: &mut Criterion) {
    let server = Recorder::start(|_| Answer::new(200, "")).unwrap();
    let handle = format!("{}/handle?Signature=abc", server.url());
    let mut group = criterion.benchmark_group("one signal, whole process");
    group.sample_size(50);
    group.bench_function("cfn-signal", |bencher| {
        bencher.iter(|| run(binaries::cfn_signal().args(["-i", "i-0123456789abcdef0", &handle])));
    });
    if Command::new("curl").arg("--version").stdout(Stdio::null()).status().is_err() {
        eprintln!("skipped: needs curl");
        return;
    }
    let body = r#"{"Status": "SUCCESS", "Reason": "", "Data": "", "UniqueId": "i-0123456789abcdef0"}"#;
    group.bench_function("curl", |bencher| {
        bencher.iter(|| {
            let mut curl = binaries::isolated(Path::new("curl"));
            run(curl.args(["-sS", "-X", "PUT", "-H", "Content-Type:", "--data-binary", body, &handle]));
        });
    });
    group.finish();
}

fn run(command: &mut Command) {
    let status = command.stdout(Stdio::null()).status().unwrap();
    assert!(status.success(), "{status}");
}

criterion_group!(benches, process);
criterion_main!(benches);

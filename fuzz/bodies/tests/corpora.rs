//! The corpora, replayed: what a fuzzer once found stays found, and no corpus outlives what it was written for.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use cfn_signal_fuzz_bodies::TARGETS;

#[test]
fn every_input_of_every_corpus_is_taken() {
    let corpora = Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpus");
    let folders: BTreeSet<_> = fs::read_dir(&corpora)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    // The guests want a compiler: their corpus is the fuzzer's alone.
    let known: BTreeSet<_> =
        TARGETS.iter().map(|(name, _)| (*name).to_owned()).chain(["guest".to_owned()]).collect();
    assert_eq!(folders, known, "each corpus has its target");
    for (name, body) in TARGETS {
        assert!(folders.contains(*name), "{name} has no corpus");
        let mut inputs = 0;
        for entry in fs::read_dir(corpora.join(name)).unwrap() {
            let path = entry.unwrap().path();
            // Where it panics, the test's output ends with the input.
            println!("{}", path.display());
            body(&fs::read(&path).unwrap());
            inputs += 1;
        }
        assert!(inputs >= 8, "{name}: {inputs} inputs");
    }
}

//! Modules depend on each other one way: none is in a circle.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

type Graph = BTreeMap<String, BTreeSet<String>>;

#[test]
fn modules_depend_one_way() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    for sources in ["rehearsal/src", "host/src", "src/core/src", "src/instance/src", "src/command-line/src"] {
        let folder = root.join(sources);
        let mut graph = Graph::new();
        for file in files(&folder) {
            let path = file.strip_prefix(&folder).unwrap();
            let module = module(path);
            // A crate's own face shows what it likes.
            if matches!(module.as_str(), "lib" | "main" | "fuzzing") {
                continue;
            }
            let text = std::fs::read_to_string(&file).unwrap();
            let code: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
            let code = code.join("\n");
            let mut used = named(&code, "crate::");
            // Of a module at the root.
            if path.components().count() == 1 || path.ends_with("mod.rs") && path.components().count() == 2 {
                used.extend(named(&code, "super::"));
            }
            used.retain(|other| *other != module);
            graph.entry(module).or_default().extend(used);
        }
        let modules: BTreeSet<String> = graph.keys().cloned().collect();
        graph.values_mut().for_each(|used| used.retain(|it| modules.contains(it)));
        assert!(graph.values().any(|used| !used.is_empty()), "{sources}: nothing was read");
        assert_eq!(circle(&graph), None, "{sources}");
    }
}

/// What code names after `prefix`, also in braces.
fn named(code: &str, prefix: &str) -> BTreeSet<String> {
    let name = |text: &str| -> String {
        text.trim_start().chars().take_while(|it| it.is_ascii_lowercase() || *it == '_').collect()
    };
    let mut found = BTreeSet::new();
    for after in code.split(prefix).skip(1) {
        match after.strip_prefix('{') {
            Some(list) => found.extend(list.split(';').next().unwrap_or_default().split(',').map(name)),
            None => _ = found.insert(name(after)),
        }
    }
    found
}

/// Tests may look at whatever they like.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        if name == "tests" {
            continue;
        }
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|it| it == "rs") {
            found.push(path);
        }
    }
    found
}

/// The module at the crate's root that a file belongs to.
fn module(path: &Path) -> String {
    let first = path.components().next().unwrap().as_os_str().to_str().unwrap();
    first.trim_end_matches(".rs").to_owned()
}

/// The modules of a circle, in its order.
fn circle(graph: &Graph) -> Option<Vec<String>> {
    let mut left = graph.clone();
    // What depends on nothing that is left is in no circle.
    loop {
        let keys: BTreeSet<String> = left.keys().cloned().collect();
        for others in left.values_mut() {
            others.retain(|other| keys.contains(other));
        }
        let before = left.len();
        left.retain(|_, others| !others.is_empty());
        if left.len() == before {
            break;
        }
    }
    let mut way: Vec<String> = vec![left.keys().next()?.clone()];
    loop {
        let next = left.get(way.last()?)?.first()?.clone();
        let closed = way.iter().position(|it| *it == next);
        way.push(next);
        if let Some(at) = closed {
            return Some(way.split_off(at));
        }
    }
}

#[test]
fn a_circle_is_found() {
    let graph = |edges: &[(&str, &str)]| {
        let mut graph = Graph::new();
        for (from, to) in edges {
            graph.entry((*from).to_owned()).or_default().insert((*to).to_owned());
        }
        circle(&graph)
    };
    assert_eq!(graph(&[("a", "b"), ("b", "c"), ("a", "c")]), None);
    let found = graph(&[("a", "b"), ("b", "c"), ("c", "b"), ("c", "d")]).unwrap();
    assert_eq!(found, ["b", "c", "b"]);
}

//! The check of the contract's promises sees what breaks one, and nothing else.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::path::{Path, PathBuf};
use std::process::Command;

use cfn_signal_tests::contract::{Broken, Change, compare, fits, last_release, own, read};
use wit_component::{ComponentEncoder, StringEncoding, dummy_module, embed_component_metadata};
use wit_parser::{ManglingAndAbi, Resolve, TypeDefKind};

const RELEASED: &str = "\
package cfn:signal@0.1.0;
interface keys {
  record key { id: string }
  get: func() -> key;
}
interface sign {
  sign: func(text: string) -> string;
  check: func(text: string) -> bool;
}
world signer { export sign; }
world client { import keys; export sign; }
";

fn wit() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../wit")
}

/// The released contract with `from` replaced, compared with what it was.
fn changed(edits: &[(&str, &str)]) -> Result<Change, Vec<Broken>> {
    let folder = tempfile::tempdir().unwrap();
    let [old, new] = ["old", "new"].map(|name| folder.path().join(name));
    let mut text = RELEASED.to_owned();
    for (from, to) in edits {
        assert!(text.contains(from), "nothing to replace: {from}");
        text = text.replace(from, to);
    }
    for (path, text) in [(&old, RELEASED), (&new, text.as_str())] {
        std::fs::create_dir(path).unwrap();
        std::fs::write(path.join("all.wit"), text).unwrap();
    }
    compare(&old, &new)
}

/// The worlds that a change breaks, and how.
fn breaks(edits: &[(&str, &str)]) -> Vec<(&'static str, String)> {
    let Err(broken) = changed(edits) else { return Vec::new() };
    broken
        .into_iter()
        .map(|broken| match broken {
            Broken::NotAdditive(world, _) => ("not additive", world),
            Broken::WorldGone(world) => ("gone", world),
            Broken::SameVersion(world) => ("same version", world),
            other => panic!("{other}"),
        })
        .collect()
}

/// As [`RELEASED`], its signing in a package of its own.
const SIGNER: &str = "\
package cfn:sigv4@0.1.0;
interface sign {
  sign: func(text: string) -> string;
  check: func(text: string) -> bool;
}
";
const USER: &str = "\
package cfn:signal@0.1.0;
world signer { export cfn:sigv4/sign@0.1.0; }
";

/// A package that the contract refers to is part of it, if it is of the same namespace.
#[test]
fn a_package_of_ours_is_compared_too() {
    let compare_with = |signer: &str, user: &str| {
        let folder = tempfile::tempdir().unwrap();
        let [old, new] = ["old", "new"].map(|name| folder.path().join(name));
        for (path, signer, user) in [(&old, SIGNER, USER), (&new, signer, user)] {
            std::fs::create_dir_all(path.join("deps")).unwrap();
            std::fs::write(path.join("all.wit"), user).unwrap();
            std::fs::write(path.join("deps/sigv4.wit"), signer).unwrap();
        }
        compare(&old, &new)
    };
    assert_eq!(compare_with(SIGNER, USER), Ok(Change::None));
    let more = SIGNER.replace("check:", "more: func();\n  check:");
    assert!(matches!(compare_with(&more, USER).unwrap_err().as_slice(), [Broken::SameVersion(_)]));
    assert_eq!(compare_with(&more, &USER.replacen("@0.1.0", "@0.1.1", 1)), Ok(Change::Addition));
    let less = SIGNER.replace("check: func(text: string) -> bool;", "");
    let user = USER.replacen("@0.1.0", "@0.1.1", 1);
    assert!(matches!(compare_with(&less, &user).unwrap_err().as_slice(), [Broken::NotAdditive(..)]));
}

const RAISED: (&str, &str) = ("@0.1.0", "@0.1.1");

#[test]
fn documentation_changes_nothing() {
    assert_eq!(changed(&[("world signer", "/// Signs.\nworld signer")]), Ok(Change::None));
}

#[test]
fn a_function_may_be_added_and_the_version_raised() {
    let addition = ("check:", "more: func();\n  check:");
    assert_eq!(changed(&[addition, RAISED]), Ok(Change::Addition));
    let both = [("same version", "signer".to_owned()), ("same version", "client".to_owned())];
    assert_eq!(breaks(&[addition]), both);
}

#[test]
fn a_removed_function_is_no_addition() {
    let both = [("not additive", "signer".to_owned()), ("not additive", "client".to_owned())];
    assert_eq!(breaks(&[("check: func(text: string) -> bool;", ""), RAISED]), both);
}

#[test]
fn a_changed_type_is_no_addition() {
    let client = [("not additive", "client".to_owned())];
    assert_eq!(breaks(&[("id: string", "id: string, secret: string"), RAISED]), client);
}

#[test]
fn a_world_that_asks_more_of_its_host_is_no_addition() {
    let signer = [("not additive", "signer".to_owned())];
    assert_eq!(breaks(&[("signer { ", "signer { import keys; "), RAISED]), signer);
    let client = [("not additive", "client".to_owned())];
    assert_eq!(breaks(&[("get:", "put: func(key: key);\n  get:"), RAISED]), client);
}

#[test]
fn a_removed_world_is_told() {
    let client = [("gone", "client".to_owned())];
    assert_eq!(breaks(&[("world client { import keys; export sign; }", ""), RAISED]), client);
}

#[test]
fn another_contract_by_its_version_promises_nothing() {
    assert_eq!(
        changed(&[("check: func(text: string) -> bool;", ""), ("@0.1.0", "@0.2.0")]),
        Ok(Change::NewContract)
    );
}

#[test]
fn the_contract_compares_with_itself() {
    assert_eq!(compare(&wit(), &wit()), Ok(Change::None));
}

/// Words that name something else where bindings are generated: keywords of Rust, JavaScript, Python, C, Java and Go.
const KEYWORDS: &str = "abstract and as assert async await boolean break byte case catch char chan class const continue crate \
    debugger def default defer del delete do double dyn elif else enum except export extends extern fallthrough false final \
    finally float fn for from func function global go goto if impl implements import in instanceof int interface is lambda let \
    long loop map match mod move mut native new none nonlocal not null or package pass private protected pub public raise \
    range ref register restrict return select self short sizeof static strictfp struct super switch synchronized this \
    throw throws trait transient true try type typeof typedef union unsafe unsigned use var void volatile where while with \
    yield";

/// What a type of that name would hide: Rust's prelude, and JavaScript's and Python's built-ins.
const PRELUDE: &str = "array box clone copy date default drop eq error fn function into iterator list map none number object \
    option ord ok promise result send set sized some str string symbol sync to-owned to-string vec";

/// What the contract names, types apart from the rest.
fn names() -> (Vec<String>, Vec<String>) {
    let (resolve, package) = read(&wit()).unwrap();
    let (mut types, mut others) = (Vec::new(), Vec::new());
    for id in own(&resolve, package) {
        for (interface, id) in &resolve.packages.get(id).unwrap().interfaces {
            others.push(interface.clone());
            let interface = resolve.interfaces.get(*id).unwrap();
            for (name, id) in &interface.types {
                types.push(name.clone());
                match &resolve.types.get(*id).unwrap().kind {
                    TypeDefKind::Record(it) => others.extend(it.fields.iter().map(|it| it.name.clone())),
                    TypeDefKind::Flags(it) => others.extend(it.flags.iter().map(|it| it.name.clone())),
                    // Cases are qualified by their type.
                    _ => {}
                }
            }
            for function in interface.functions.values() {
                others.push(function.item_name().to_owned());
                others.extend(function.params.iter().map(|param| param.name.clone()));
            }
        }
    }
    (types, others)
}

#[test]
fn no_name_needs_an_escape_or_hides_another() {
    let (types, others) = names();
    let within = |words: &str, name: &str| words.split_whitespace().any(|word| word == name);
    // The parameter that stands for the resource itself.
    let others = others.iter().filter(|name| *name != "self");
    for name in types.iter().chain(others) {
        assert!(!within(KEYWORDS, name), "{name}");
    }
    for name in &types {
        assert!(!within(PRELUDE, name), "{name}");
    }
    assert!(types.len() > 30, "{types:?}");
}

/// A component of the shape of `world` that does nothing.
fn dummy(wit: &Path, world: &str) -> Vec<u8> {
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_dir(wit).unwrap();
    let world = resolve.select_world(&[package], Some(world)).unwrap();
    let mut module = dummy_module(&resolve, world, ManglingAndAbi::Standard32);
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    ComponentEncoder::default().module(&module).unwrap().encode().unwrap()
}

#[test]
fn a_component_that_imports_more_than_its_world_is_told() {
    let (client, signer) = (dummy(&wit(), "client"), dummy(&wit(), "signer"));
    assert_eq!(fits(&wit(), "client", &client), Ok(()));
    assert_eq!(fits(&wit(), "signer", &signer), Ok(()));
    assert!(matches!(fits(&wit(), "signer", &client), Err(Broken::OffTarget(..))));
    // And one that exports less.
    assert!(matches!(fits(&wit(), "client", &signer), Err(Broken::OffTarget(..))));
}

fn git(root: &Path, arguments: &[&str]) {
    let identity =
        ["-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"];
    let output = Command::new("git").arg("-C").arg(root).args(identity).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn the_last_release_is_the_last_tag_of_a_version() {
    if Command::new("git").arg("--version").output().is_err() {
        eprintln!("skipped: no git here");
        return;
    }
    let (root, into) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    assert_eq!(last_release(root.path(), "HEAD", into.path()), Ok(None), "no repository");
    git(root.path(), &["init", "--quiet"]);
    std::fs::create_dir(root.path().join("wit")).unwrap();
    let file = root.path().join("wit/all.wit");
    std::fs::write(&file, RELEASED).unwrap();
    git(root.path(), &["add", "wit"]);
    git(root.path(), &["commit", "--quiet", "--message", "first"]);
    assert_eq!(last_release(root.path(), "HEAD", into.path()), Ok(None), "no tag");
    git(root.path(), &["tag", "v0.1.0"]);
    std::fs::write(&file, "package cfn:signal@0.1.0;").unwrap();
    git(root.path(), &["commit", "--quiet", "--all", "--message", "second"]);
    assert_eq!(last_release(root.path(), "HEAD", into.path()), Ok(Some("v0.1.0".to_owned())));
    assert_eq!(std::fs::read_to_string(into.path().join("wit/all.wit")).unwrap(), RELEASED);
    // Of the releases before one.
    git(root.path(), &["tag", "v0.1.1"]);
    assert_eq!(last_release(root.path(), "v0.1.1^", into.path()), Ok(Some("v0.1.0".to_owned())));
}

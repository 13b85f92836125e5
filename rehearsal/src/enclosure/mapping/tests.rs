use std::path::PathBuf;

use super::{Ids, Mapping};

const EVERYBODY: &str = "         0          0 4294967295\n";

fn helpers() -> Option<(PathBuf, PathBuf)> {
    Some(("/usr/bin/newuidmap".into(), "/usr/bin/newgidmap".into()))
}

#[test]
fn root_of_a_machine_is_nobody_in_a_box() {
    let mapping = Mapping::choose(&Ids { here: EVERYBODY, ..Ids::default() });
    assert!(mapping.has_many());
    assert!(!mapping.knows(0) && !mapping.knows(1000) && !mapping.knows(65_534), "{mapping:?}");
    let (root, _) = mapping.root();
    assert!(
        mapping.knows(root) && mapping.knows(root + 65_535) && !mapping.knows(root + 65_536),
        "{mapping:?}"
    );
}

#[test]
fn root_of_a_container_has_what_the_container_has() {
    let here = "0 1000 1\n1 100000 65536\n";
    let mapping = Mapping::choose(&Ids { here, ..Ids::default() });
    assert!(mapping.knows(0) && !mapping.knows(1), "{mapping:?}");
    let mapping = Mapping::choose(&Ids { here: "0 100000 65536\n", ..Ids::default() });
    assert!(mapping.has_many() && mapping.knows(65_535), "{mapping:?}");
}

#[test]
fn a_user_has_the_ids_that_are_his_to_give_away() {
    let files = ["other:1:1\nme:100000:65536\n", "1000:200000:65536\n"];
    let ids =
        Ids { user: 1000, group: 100, name: "me", here: EVERYBODY, subordinate: files, helpers: helpers() };
    let mapping = Mapping::choose(&ids);
    assert_eq!(mapping.root(), (1000, 100));
    assert!(
        mapping.has_many() && mapping.knows(1000) && mapping.knows(100_000) && !mapping.knows(1),
        "{mapping:?}"
    );
}

#[test]
fn a_user_without_any_is_alone() {
    let files = ["me:100000:65536\n", "me:100000:65536\n"];
    let ids =
        Ids { user: 1000, group: 100, name: "me", here: EVERYBODY, subordinate: files, helpers: helpers() };
    for alone in [
        Ids { helpers: None, ..ids.clone() },
        Ids { subordinate: ["", files[1]], ..ids.clone() },
        Ids { subordinate: [files[0], "you:1:65536\n"], ..ids.clone() },
        Ids { name: "", subordinate: [":100000:65536\n"; 2], ..ids.clone() },
    ] {
        let mapping = Mapping::choose(&alone);
        assert!(!mapping.has_many() && mapping.root() == (1000, 100), "{mapping:?}");
    }
    assert!(Mapping::choose(&ids).has_many());
}

//! Who runs which file.

use super::{Script, script};

fn read(text: &str) -> (Option<String>, String) {
    let Script { logical_id, file } = script(text).unwrap_or(Script { logical_id: None, file: "?".into() });
    (logical_id, file.display().to_string())
}

#[test]
fn an_id_before_the_file_is_whose_it_is() {
    assert_eq!(read("web.sh"), (None, "web.sh".to_owned()));
    assert_eq!(read("Web=web.sh"), (Some("Web".to_owned()), "web.sh".to_owned()));
    assert_eq!(read("Web=a=b.sh"), (Some("Web".to_owned()), "a=b.sh".to_owned()));
    assert_eq!(read("./a=b.sh"), (None, "./a=b.sh".to_owned()));
    assert!(script("Web=").is_err() && script("").is_err());
}

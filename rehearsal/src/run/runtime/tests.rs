#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;

use super::Runtime;

#[test]
fn a_runtime_is_given_the_folder_and_what_to_run() {
    let runtime: Runtime = "sh -c 'exec \"$@\"' sh --volume={root}:{root}:ro image".parse().unwrap();
    let environment = [("PATH", "/a b:/c".into())];
    let command = runtime.command(Path::new("/tmp/x"), Path::new("/tmp/x/script"), &environment);
    let words: Vec<_> = command.get_args().map(|it| it.to_string_lossy().into_owned()).collect();
    let begins = ["-c", "exec \"$@\"", "sh", "--volume=/tmp/x:/tmp/x:ro", "image", "env", "-u", "HOME"];
    assert!(words.starts_with(&begins.map(str::to_owned)), "{words:?}");
    assert!(words.ends_with(&["PATH=/a b:/c", "/tmp/x/script"].map(str::to_owned)), "{words:?}");
    assert_eq!(command.get_program(), "sh");
}

#[test]
fn what_cannot_be_one_is_refused() {
    for (text, says) in [
        ("", "a command is needed"),
        ("sh 'x", "a quote is not closed"),
        ("sh -c x", "has to name {root}"),
        ("no-such-command-here {root}", "there is no such command"),
        ("./no-such-command-here {root}", "there is no such command"),
        ("/etc/passwd {root}", "there is no such command"),
    ] {
        let error = text.parse::<Runtime>().unwrap_err();
        assert!(error.contains(says), "{text}: {error}");
    }
}

#[test]
fn it_is_tried_before_anything_runs() {
    let tried = |text: &str| text.parse::<Runtime>().unwrap().tried();
    let env = "sh -c 'shift; exec \"$@\"' sh {root}";
    assert_eq!(tried(env).unwrap().announcement(), None);
    for (text, says) in [
        ("sh -c 'echo some; echo no such image >&2; exit 125' {root}", "exit status: 125: no such image"),
        ("sh -c true {root}", "has not run what was added"),
        ("sh -c 'shift; exec chroot /var \"$@\"' sh {root}", "it ended with exit status: 12"),
    ] {
        let error = tried(text).unwrap_err().to_string();
        assert!(error.contains(says) && error.starts_with("--in "), "{text}: {error}");
    }
}

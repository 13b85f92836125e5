use super::Secrets;

fn knowing(values: &[&str]) -> Secrets {
    let secrets = Secrets::default();
    secrets.learn(values.iter().map(|it| (*it).to_owned()));
    secrets
}

#[test]
fn a_secret_is_hidden_wherever_it_stands() {
    let secrets =
        knowing(&["hunter2", "it's", "a\"b\"c", "hunter2-and-more", "one line here\nanother line", "ünïc"]);
    for (text, shown) in [
        ("nothing of the kind", "nothing of the kind"),
        ("+ mysql -phunter2 -u root", "+ mysql -p**** -u root"),
        ("hunter2-and-more", "****"),
        (r"+ echo 'it'\''s'", "+ echo '****'"),
        (r#"{"word": "a\"b\"c"}"#, r#"{"word": "****"}"#),
        ("one line here", "****"),
        ("x another line", "x ****"),
        (r"one line here\nanother line", "****"),
        ("<ünïc>", "<****>"),
    ] {
        assert_eq!(secrets.without(text), shown, "{text}");
    }
}

#[test]
fn a_short_secret_is_hidden_where_it_stands_alone() {
    let secrets = knowing(&["1", "abc", "", "  ", "\n"]);
    for (text, shown) in [
        ("1", "****"),
        (" abc ", "****"),
        ("Received 1 SUCCESS signal(s) out of 1", "Received 1 SUCCESS signal(s) out of 1"),
        ("abcdef", "abcdef"),
        ("", ""),
        ("  ", "  "),
    ] {
        assert_eq!(secrets.without(text), shown, "{text}");
    }
}

#[test]
fn what_is_made_up_is_no_secret() {
    let secrets = Secrets::default();
    secrets.spare(["example".to_owned()]);
    secrets.learn(["example".to_owned(), "hunter2".to_owned()]);
    assert_eq!(secrets.without("example hunter2"), "example ****");
}

#[test]
fn what_is_learnt_later_is_hidden_by_all_that_know_of_it() {
    let secrets = Secrets::default();
    let other = secrets.clone();
    secrets.learn(["hunter2".to_owned()]);
    assert_eq!(other.without("hunter2"), "****");
    assert!(!format!("{secrets:?}").contains("hunter2"));
}

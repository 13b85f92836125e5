use std::collections::HashSet;

use super::{GROUPS, ORIGINAL, Opt, Options, Takes};

fn options() -> impl Iterator<Item = &'static Opt> {
    GROUPS.into_iter().flat_map(|group| group.options)
}

#[test]
fn no_two_options_have_one_name_or_letter() {
    let (mut names, mut letters) = (HashSet::new(), HashSet::new());
    for option in options() {
        assert!(names.insert(option.long), "{}", option.long);
        assert!(option.short.is_none_or(|letter| letters.insert(letter)), "{}", option.long);
    }
}

#[test]
fn amazons_options_are_all_there_and_with_their_letters() {
    let letters: Vec<(&str, Option<char>)> = ORIGINAL
        .iter()
        .map(|name| (*name, options().find(|option| option.long == *name).and_then(|option| option.short)))
        .collect();
    for name in ORIGINAL {
        assert!(options().any(|option| option.long == name), "{name}");
    }
    let lettered: Vec<_> = letters.into_iter().filter_map(|(name, letter)| Some((name, letter?))).collect();
    let expected = [
        ("help", 'h'),
        ("success", 's'),
        ("id", 'i'),
        ("exit-code", 'e'),
        ("credential-file", 'f'),
        ("reason", 'r'),
        ("data", 'd'),
    ];
    assert_eq!(lettered, expected);
}

/// A line that says nothing is read by the defaults: what is none would be taken for nothing.
#[test]
fn every_default_is_a_value_of_its_option() {
    for option in options() {
        if let Some(default) = option.default_value() {
            assert_eq!(option.set(&mut Options::default(), option.long, default), Ok(()));
        }
        let needs_one = matches!(option.takes, Takes::Choice(..) | Takes::Duration(..));
        assert_eq!(option.default_value().is_some(), needs_one, "{}", option.long);
    }
}

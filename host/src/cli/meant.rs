//! What was meant by a word or an option that is none. What Amazon's helper says of them stays as it is; this comes after it.

use std::ffi::OsString;

use cfn_signal_command_line::{exit, line};

use super::definition;

/// Says what was meant, if something else was, where `typed` came to the exit code `code`.
pub(super) fn tell(typed: &[OsString], code: u8) {
    let typed: Vec<&str> = typed.iter().filter_map(|word| word.to_str()).collect();
    // Whoever asks for JSON reads nothing else.
    if typed.iter().any(|word| word.contains("json")) {
        return;
    }
    let meant = match code {
        exit::REFUSED => part(&typed),
        exit::USAGE => typed.iter().find_map(|word| option(word)),
        _ => None,
    };
    if let Some(meant) = meant {
        line(&format!("cfn-signal: did you mean {meant}?"));
    }
}

/// A part of the command, where the first word looks like its name. It was taken for a handle's URL.
fn part(typed: &[&str]) -> Option<String> {
    let complete = definition::complete();
    let names = || complete.get_subcommands().map(|part| part.get_name());
    let first = typed.first()?.to_lowercase();
    if first == "help" {
        let of = typed.get(1).filter(|word| names().any(|name| name == **word));
        return Some(
            of.map_or("`cfn-signal --help`".to_owned(), |part| format!("`cfn-signal {part} --help`")),
        );
    }
    let nearest = names().min_by_key(|name| strsim::osa_distance(&first, name))?;
    // A letter, of a short name; two of a longer one.
    let is_near = strsim::osa_distance(&first, nearest) <= (nearest.len() / 3).max(1);
    is_near.then(|| format!("`cfn-signal {nearest}`"))
}

/// An option, where `word` is none and looks like one.
fn option(word: &str) -> Option<String> {
    let typed = word.strip_prefix("--")?.split('=').next().filter(|name| !name.is_empty())?;
    let native = definition::native();
    let names = || native.get_arguments().filter_map(|arg| arg.get_long());
    // What begins one stands for it.
    if names().any(|name| name.starts_with(typed)) {
        return None;
    }
    let nearest = names().min_by_key(|name| strsim::osa_distance(typed, name))?;
    (strsim::osa_distance(typed, nearest) <= (nearest.len() / 4).clamp(1, 2)).then(|| format!("--{nearest}"))
}

#[cfg(test)]
mod tests {
    use super::{option, part};

    #[test]
    fn a_word_that_is_nearly_a_part_is_told_from_a_handle() {
        for (typed, meant) in [
            (["rnu", "--"].as_slice(), Some("`cfn-signal run`")),
            (&["Arm"], Some("`cfn-signal arm`")),
            (&["chekc"], Some("`cfn-signal check`")),
            (&["disram"], Some("`cfn-signal disarm`")),
            (&["help"], Some("`cfn-signal --help`")),
            (&["help", "run"], Some("`cfn-signal run --help`")),
            (&["https://bucket.s3.amazonaws.com/x"], None),
            (&["aHR0cHM6Ly9i"], None),
            (&["web"], None),
            (&[], None),
        ] {
            assert_eq!(part(typed).as_deref(), meant, "{typed:?}");
        }
    }

    #[test]
    fn an_option_that_is_nearly_one_is_named() {
        assert_eq!(option("--resorce").as_deref(), Some("--resource"));
        assert_eq!(option("--regoin=x").as_deref(), Some("--region"));
        assert_eq!(option("--wait-fro").as_deref(), Some("--wait-for"));
        for known in ["--re", "--stack", "stack", "--", "-e", "--nothing-of-the-kind"] {
            assert_eq!(option(known), None, "{known}");
        }
    }
}

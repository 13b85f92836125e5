//! What a template says to ignore: by a comment, or in Metadata.
//!
//! A comment `# cfn-rehearse: ignore CFS201` covers its own line and the next one that is not a comment, in the template
//! and in a script inside it. `Metadata: {cfn-rehearse: {ignore: [CFS201]}}` covers its resource, or, at the top, the
//! whole template. Codes are named each, and a code's beginning covers all that begin so.

use std::collections::HashMap;

use super::facts::Facts;
use super::finding::Finding;
use crate::template::node::Node;

#[cfg(test)]
mod tests;

const MARK: &str = "cfn-rehearse: ignore";
/// What begins a comment of the template and of its scripts, those of cmd among them.
const COMMENTS: [&str; 3] = ["#", "::", "rem"];

pub(super) struct Ignored {
    everywhere: Vec<String>,
    resources: HashMap<String, Vec<String>>,
    lines: HashMap<u32, Vec<String>>,
}

impl Ignored {
    pub(super) fn new(facts: &Facts<'_>) -> Self {
        let resources = facts
            .resources
            .iter()
            .filter_map(|resource| Some((resource.id.to_owned(), listed(resource.attribute("Metadata")?))))
            .filter(|(_, codes)| !codes.is_empty())
            .collect();
        let everywhere = facts.root.get("Metadata").map(listed).unwrap_or_default();
        Self { everywhere, resources, lines: comments(facts.source.text) }
    }

    pub(super) fn covers(&self, finding: &Finding) -> bool {
        let named =
            |codes: &Vec<String>| codes.iter().any(|code| finding.rule.code.starts_with(code.as_str()));
        named(&self.everywhere)
            || self.resources.get(&finding.resource).is_some_and(named)
            || self.lines.get(&finding.place.line).is_some_and(named)
    }
}

fn listed(metadata: &Node) -> Vec<String> {
    let Some(list) = metadata.get("cfn-rehearse").and_then(|own| own.get("ignore")) else {
        return Vec::new();
    };
    let items = list.items().unwrap_or(std::slice::from_ref(list));
    items.iter().filter_map(Node::text).filter(|code| is_code(code)).map(str::to_owned).collect()
}

/// The codes ignored on each line.
fn comments(text: &str) -> HashMap<u32, Vec<String>> {
    let mut lines: HashMap<u32, Vec<String>> = HashMap::new();
    let mut above: Vec<String> = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let own = codes(line);
        let is_comment = COMMENTS.iter().any(|mark| begins(line.trim_start(), mark));
        if !is_comment {
            let here: Vec<String> = above.drain(..).chain(own).collect();
            if !here.is_empty() {
                lines.insert(number, here);
            }
        } else {
            above.extend(own);
        }
    }
    lines
}

/// Whether a line begins with a mark, which is a word of its own if it is one.
fn begins(line: &str, mark: &str) -> bool {
    let is_word = mark.bytes().all(|letter| letter.is_ascii_alphabetic());
    line.get(..mark.len()).is_some_and(|start| start.eq_ignore_ascii_case(mark))
        && (!is_word || line.get(mark.len()..).is_none_or(|rest| rest.is_empty() || rest.starts_with(' ')))
}

/// `# cfn-rehearse: ignore CFS201, CFS202 for this reason`.
fn codes(line: &str) -> Vec<String> {
    let Some((before, after)) = line.split_once(MARK) else { return Vec::new() };
    let before = before.trim();
    if !before.ends_with('#') && !COMMENTS.iter().any(|mark| before.eq_ignore_ascii_case(mark)) {
        return Vec::new();
    }
    after
        .split(|letter: char| letter.is_whitespace() || letter == ',')
        .filter(|word| !word.is_empty())
        .take_while(|word| is_code(word))
        .map(str::to_owned)
        .collect()
}

fn is_code(word: &str) -> bool {
    word.strip_prefix("CFS")
        .is_some_and(|digits| digits.len() <= 3 && digits.bytes().all(|it| it.is_ascii_digit()))
}

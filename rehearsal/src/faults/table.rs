//! The list of faults, for people.

use std::fmt::Write as _;

use super::definitions::DEFINITIONS;
use super::target::Service;

/// Columns of the list.
const WIDTH: usize = 100;

const GRAMMAR: &str = "\
A rule:  [TARGET:]FAULT[=VALUE][,LIMIT=VALUE]…

TARGET   whom it meets; without one, all that the fault can meet
  *                   the same
  api                 every action of the API
  SignalResource, …   one action
  handle              what is put to a wait condition handle's URL
  imds                an instance's metadata

LIMIT    how often; without one, always; with several, where all of them allow it
  after=N             not the first N requests; the other limits do not count them
  first=N             the first N requests
  every=N             each Nth request
  p=P                 each request with this probability, such as 0.3
  for=DURATION        so long from the start, by the stack's clock

FAULT    what the client gets
";

const END: &str = "
Of several rules that would answer one request, the first does. Requests are counted for each
client: by the unique id of a signal, else by the instance, else by the access key. What chance
decides comes from --seed, the rule, the client's number in order of appearance and the number of
its request, so a seed replays a run, also where clients come at once.

Examples:
  --fault SignalResource:throttling,first=3   each client's first three signals are throttled
  --fault 503,p=0.2 --seed 7                  a fifth of all requests fails, always the same fifth
  --fault skew=-15m                           the service's clock is 15 minutes behind
  --fault imds:slow=2s --fault handle:lost,first=1
  --fault refused=3s,first=1                  at first nobody listens for three seconds
  --fault expired-token,first=1               the role's first credentials have expired, the next
                                              are good

A file (--fault-file), or what is put to a running rehearsal, is a JSON or YAML list of rules, an
object with such a list as faults and perhaps a number as seed, or a rule on each line:
  curl -X PUT --data-binary 'SignalResource:503,first=2' \\
    http://127.0.0.1:PORT/_rehearsal/faults
PUT replaces the rules and begins to count anew, DELETE takes them away, and GET tells as JSON which
are in force, how many requests each has met, and how often it came true.
";

/// Every fault, limit and target, with examples.
#[must_use]
pub fn table() -> String {
    let mut text = GRAMMAR.to_owned();
    let names: Vec<_> =
        DEFINITIONS.iter().map(|it| format!("{}{}", it.name, it.value.placeholder())).collect();
    let name_width = names.iter().map(|it| it.chars().count()).max().unwrap_or_default();
    for (definition, name) in DEFINITIONS.iter().zip(&names) {
        let meets: Vec<_> = definition.meets.iter().map(|service| word(*service)).collect();
        let margin = 2 + name_width + 2;
        let mut line = format!("  {name:<name_width$}  ");
        for word in format!("{}: {}", meets.join(", "), definition.gives).split(' ') {
            if line.chars().count() + word.chars().count() > WIDTH {
                let _ = writeln!(text, "{}", line.trim_end());
                line = " ".repeat(margin);
            }
            line.push_str(word);
            line.push(' ');
        }
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text.push_str(END);
    text
}

const fn word(service: Service<'_>) -> &'static str {
    match service {
        Service::Api { .. } => "api",
        Service::Handle => "handle",
        Service::Imds { .. } => "imds",
        Service::Connection => "connections",
    }
}

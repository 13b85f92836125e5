//! Python in a shell script, as far as it sends something to a handle's URL.

use crate::lint::facts::Script;
use crate::lint::inner;
use crate::lint::shell;
use crate::lint::text::{Symbol, Text};

/// What begins a request that is no PUT.
const OTHERS: [&str; 3] = ["requests.post(", "requests.patch(", "requests.get("];
const PUT: &str = "requests.put(";

/// What is wrong with the requests of a script's Python, and the bytes of the file where they are.
pub(super) fn wrong(script: &Script, is_handle: impl Fn(&Symbol) -> bool) -> Vec<(usize, &'static str)> {
    let mut found = Vec::new();
    shell::visit(&script.block, &mut |command| {
        let Some(code) = inner::code(&script.text, command) else { return };
        if code.symbols().any(|(_, symbol)| is_handle(symbol)) {
            found.extend(fault(&code));
        }
    });
    found
}

/// The one request of some code, if it cannot be what a handle takes. Of several, the others may be for something else.
fn fault(code: &Text) -> Option<(usize, &'static str)> {
    let text = &code.text;
    let calls = || OTHERS.iter().chain([&PUT]).flat_map(|call| text.match_indices(*call));
    let (Some((at, call)), None) = (calls().next(), calls().nth(1)) else {
        return None;
    };
    let message = match call == PUT {
        false => "the handle takes a PUT, and this is none: write requests.put",
        true => {
            let arguments: String =
                text.get(at..)?.split_inclusive(')').take(4).collect::<String>().to_ascii_lowercase();
            let spaceless: String = arguments.split_whitespace().collect();
            let is_untyped =
                ["content-type':''", "content-type\":\"\"", "content-type':none", "content-type\":none"]
                    .iter()
                    .any(|it| spaceless.contains(it));
            let is_typed = spaceless.contains("json=")
                || spaceless.contains("data={")
                || spaceless.contains("content-type");
            if is_untyped || !is_typed {
                return None;
            }
            "the handle takes no Content-Type, and this sends one: write data=json.dumps(…), without headers"
        }
    };
    Some((code.file_byte(at), message))
}

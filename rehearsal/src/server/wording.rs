//! Messages that name options of the command, in words for a client: it has none, and may not have started the rehearsal.

#[cfg(test)]
mod tests;

/// How somebody gives an option who cannot give it now.
const START: &str = "start cfn-rehearse serve with --";

/// What clients are told in place of a message for the command's user.
pub(super) fn for_client(message: &str) -> String {
    if let Some((told, _)) = message.split_once("; give it with --param ") {
        return format!("{told}; give it a value among the stack's parameters");
    }
    // A client's instances have the user data that the template gives them.
    let message = message.split("; the whole user data can be given with").next().unwrap_or(message);
    let from = "give what that is made from with --attribute, --ref, --import or --resolve";
    message
        .replace(from, &format!("{START}attribute, --ref, --import or --resolve for what that is made from"))
        .replace("give it with --", START)
        .replace("give --", START)
        .replace(" (--template-dir)", " (of cfn-rehearse serve --template-dir)")
}

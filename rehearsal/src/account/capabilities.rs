//! Leave that a stack's template needs.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html>, `Capabilities`.

use crate::template::Template;

/// Leave to have macros rewrite a template.
pub(crate) const EXPAND: &str = "CAPABILITY_AUTO_EXPAND";
const NAMED: &str = "CAPABILITY_NAMED_IAM";

/// All that can be given.
pub(crate) const CAPABILITIES: [&str; 3] = ["CAPABILITY_IAM", NAMED, EXPAND];

/// The service's words, where a template needs what is not among those `given`.
pub(crate) fn refusal(template: &Template, given: &[impl AsRef<str>]) -> Option<String> {
    let has = |name: &str| given.iter().any(|it| it.as_ref() == name);
    // Whose permissions it touches is known only once macros have rewritten it.
    let lacking = if template.uses_macros() && !has(EXPAND) {
        EXPAND
    } else {
        template.capability().map(|it| it.name).filter(|name| !has(name) && !has(NAMED))?
    };
    Some(format!("Requires capabilities : [{lacking}]"))
}

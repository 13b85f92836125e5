//! Whether somebody waits for a signal, as far as can be told.

use super::facts::Facts;
use super::kinds::{HANDLE, WAIT_CONDITION};
use super::references::reference;
use super::shell::PieceKind;
use super::signal::Signal;
use super::text::Symbol;

/// Whether somebody may wait for a signal. Nobody waits for a resource without a policy, nor for a handle without a
/// condition; what names another stack may be waited for there.
pub(super) fn is_awaited(facts: &Facts<'_>, signal: &Signal) -> bool {
    if facts.is_transformed || !may_be_own_stack(signal) {
        return true;
    }
    if let Some(option) = signal.option("resource") {
        return match (option.value.literal(), option.value.symbol()) {
            (Some(id), _) => facts.resource(&id).is_some_and(|resource| resource.may_wait()),
            (None, Some(Symbol::Ref(name))) if facts.resource(name).is_some() => false,
            _ => facts.may_wait,
        };
    }
    match handle(facts, signal) {
        Some(handle) => facts.resources.iter().any(|resource| {
            resource.kind == WAIT_CONDITION
                && resource
                    .property("Handle")
                    .is_none_or(|node| reference(node).is_none_or(|it| it == handle))
        }),
        None => facts.may_wait,
    }
}

/// Whether the stack is this template's, or at least nothing says otherwise.
pub(super) fn may_be_own_stack(signal: &Signal) -> bool {
    match signal.option("stack").map(|option| (option.value.literal(), option.value.symbol())) {
        None | Some((Some(_), _)) => true,
        Some((_, Some(Symbol::Ref(name)))) => name.starts_with("AWS::"),
        Some((_, None)) => true,
        Some(_) => false,
    }
}

/// The handle that is signalled, where it is in the words of the command.
pub(super) fn handle<'s>(facts: &Facts<'_>, signal: &'s Signal) -> Option<&'s str> {
    signal.words.iter().flat_map(|word| &word.pieces).find_map(|piece| match &piece.kind {
        PieceKind::Symbol(Symbol::Ref(name) | Symbol::Encoded(name))
            if facts.resource(name).is_some_and(|it| it.kind == HANDLE) =>
        {
            Some(name.as_str())
        }
        _ => None,
    })
}

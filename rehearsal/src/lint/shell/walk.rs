//! Every command of a script.

use super::{Command, Kind, Statement};

/// Calls `each` for every command, in the order in which they are written: those in functions, branches and loops too.
pub(in crate::lint) fn visit<'s>(block: &'s [Statement], each: &mut dyn FnMut(&'s Command)) {
    walk(block, each);
}

fn walk<'s>(block: &'s [Statement], each: &mut dyn FnMut(&'s Command)) {
    for statement in block {
        match &statement.kind {
            Kind::Command(command) => each(command),
            Kind::Pipeline(body) | Kind::Group { body } | Kind::Function { body, .. } => walk(body, each),
            Kind::Compound { tests, body, .. } => {
                walk(tests, each);
                walk(body, each);
            }
            Kind::Chain { left, right, .. } => {
                walk(std::slice::from_ref(left), each);
                walk(std::slice::from_ref(right), each);
            }
            Kind::Negated(inner) => walk(std::slice::from_ref(inner), each),
            Kind::Assignment(_) | Kind::Test | Kind::Unknown => {}
        }
    }
}

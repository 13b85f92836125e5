//! Every command of a script.

use super::{Command, Kind, Statement};

/// Calls `each` for every command, in the order in which they are written: those in functions, branches and loops too.
pub(in crate::lint) fn visit<'s>(block: &'s [Statement], each: &mut dyn FnMut(&'s Command)) {
    statements(block, &mut |statement| {
        if let Kind::Command(command) = &statement.kind {
            each(command);
        }
    });
}

/// The same for every statement, whatever it is made of.
pub(in crate::lint) fn statements<'s>(block: &'s [Statement], each: &mut dyn FnMut(&'s Statement)) {
    for statement in block {
        each(statement);
        match &statement.kind {
            Kind::Pipeline(body) | Kind::Group { body } | Kind::Function { body, .. } => {
                statements(body, each);
            }
            Kind::Compound { tests, body, .. } => {
                statements(tests, each);
                statements(body, each);
            }
            Kind::Chain { left, right, .. } => {
                statements(std::slice::from_ref(left), each);
                statements(std::slice::from_ref(right), each);
            }
            Kind::Negated(inner) => statements(std::slice::from_ref(inner), each),
            Kind::Command(_) | Kind::Assignment(_) | Kind::Test | Kind::Unknown => {}
        }
    }
}

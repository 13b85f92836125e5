//! What single commands do to a script's course.

use super::run::{Around, End, Flow, Run, Sent};
use super::values::Value;
use crate::lint::rules::flow::is_trivial;
use crate::lint::shell::{Assigned, Command, PieceKind, Statement, Word};
use crate::lint::signal::{Outcome, Signal, Tool};

/// Commands that look at how a machine is set up.
const PROBES: [&str; 14] = [
    "grep",
    "egrep",
    "fgrep",
    "which",
    "type",
    "command",
    "hash",
    "id",
    "getent",
    "pgrep",
    "pidof",
    "diff",
    "cmp",
    "mountpoint",
];

/// Commands that may do what is written elsewhere: set traps, define functions.
const FOREIGN: [&str; 2] = ["eval", "."];

/// Commands whose output is taken and that do not fail.
const TELLING: [&str; 14] = [
    "date",
    "hostname",
    "pwd",
    "echo",
    "printf",
    "basename",
    "dirname",
    "uname",
    "whoami",
    "id",
    "nproc",
    "cat",
    "ec2-metadata",
    "mktemp",
];

impl<'p> Run<'p> {
    pub(super) fn command(&mut self, statement: &'p Statement, command: &'p Command, around: Around) -> Flow {
        if command.words.is_empty() {
            self.state.status = 0;
            return Flow::Next;
        }
        let name = command.name();
        if let Some(body) = name.as_deref().and_then(|it| self.functions.get(it)).copied() {
            return self.call(statement, body, command, around);
        }
        if let Some(signal) = self.signal_of(command) {
            return self.send(statement, signal, around);
        }
        self.forget(statement, command, name.as_deref());
        let argument = || command.arguments().first();
        match name.as_deref() {
            Some("exit") => {
                // Who ends with success says that nothing has failed.
                self.is_lost |= self.failed_at.is_some() && !self.in_trap && command.has("0");
                self.state.status = self.status_of(argument());
                self.end = End::Exit;
                return Flow::Exit;
            }
            Some("return") => {
                self.state.status = self.status_of(argument());
                return Flow::Return;
            }
            Some("break" | "continue") => return Flow::Break,
            Some("exec") if command.arguments().is_empty() => self.state.status = 0,
            Some("exec") => {
                self.work(statement, around, true);
                self.end = End::Exit;
                return Flow::Exit;
            }
            Some("false") => {
                self.state.status = 1;
                return self.done(around);
            }
            Some("set") => self.set(command),
            Some("trap") => self.trap_set(command),
            Some("reboot") => self.is_lost = true,
            Some("let") => self.state.status = 0,
            Some("test" | "[") => {
                let written = self.written(statement);
                self.state.status = match self.test(written) {
                    Some(is_true) => u8::from(!is_true),
                    None => u8::try_from(self.chosen(written, 2)).unwrap_or(1),
                };
                return self.done(around);
            }
            Some("unset") => {
                for name in command.arguments().iter().filter_map(Word::literal) {
                    self.state.variables.remove(&name);
                }
                self.state.status = 0;
            }
            Some("read") => self.state.status = 0,
            Some("shift" | "pushd" | "popd") => self.state.status = 0,
            Some("wait") if command.arguments().is_empty() => self.state.status = 0,
            Some(name) if PROBES.contains(&name) || is_query(name, command) => {
                let written = self.written(statement);
                self.state.status = u8::try_from(self.chosen(written, 2)).unwrap_or(1);
                return self.done(around);
            }
            Some(name) if FOREIGN.contains(&name) && self.is_grave(statement) => self.is_lost = true,
            _ if is_trivial(statement) => self.state.status = 0,
            name => {
                let is_read = matches!(name, Some("." | "source"));
                self.work(statement, around, !is_read && Self::is_work(statement));
                return self.done(around);
            }
        }
        Flow::Next
    }

    /// Forgets the variables that a command may set.
    fn forget(&mut self, statement: &Statement, command: &Command, name: Option<&str>) {
        self.calculate(self.written(statement));
        let is_into = command.arguments().first().and_then(Word::literal).as_deref() == Some("-v");
        match name {
            Some("." | "source" | "eval") => self.state.variables.values_mut().for_each(|it| *it = None),
            Some("printf") if !is_into => {}
            Some("read" | "mapfile" | "readarray" | "getopts" | "printf") => {
                for name in command.arguments().iter().filter_map(Word::literal) {
                    self.state.variables.insert(name, None);
                }
            }
            _ => {}
        }
    }

    /// Whether what is not followed may signal, or set a trap.
    fn is_grave(&self, statement: &Statement) -> bool {
        let text = self.written(statement);
        ["trap", "signal", "exit"].iter().any(|it| text.contains(it))
    }

    fn status_of(&mut self, argument: Option<&Word>) -> u8 {
        match argument {
            None => self.state.status,
            Some(word) => match self.value(word) {
                Some(value) => u8::from(value.text != "0"),
                // What it is nobody knows, but that it is given.
                None => 1,
            },
        }
    }

    fn call(
        &mut self,
        statement: &'p Statement,
        body: &'p [Statement],
        command: &'p Command,
        around: Around,
    ) -> Flow {
        let arguments = command.arguments().iter().map(|word| self.value(word)).collect();
        self.arguments.push(arguments);
        self.calls.push(statement.range.start as u64);
        let was_inside = std::mem::replace(&mut self.is_inside, true);
        // What a function is made of stands in the script.
        let outer = self.trap.take();
        let flow = self.block(body, around);
        (self.is_inside, self.trap) = (was_inside, outer);
        self.calls.pop();
        self.arguments.pop();
        match flow {
            Flow::Exit => Flow::Exit,
            _ => self.done(around),
        }
    }

    fn send(&mut self, statement: &'p Statement, signal: &'p Signal, around: Around) -> Flow {
        let given = match signal.tool {
            Tool::CfnSignal => signal.option("exit-code").or_else(|| signal.option("success")),
            _ => signal.option("status"),
        };
        let value = given.map(|option| (option.name, self.value(&option.value)));
        let outcome = match (&value, signal.tool) {
            _ if signal.runs => Outcome::Varies,
            (_, Tool::Curl | Tool::Wget | Tool::Httpie | Tool::WebRequest) => Outcome::Varies,
            (None, Tool::CfnSignal) if signal.may_hide_options() => Outcome::Varies,
            (None, Tool::CfnSignal) => Outcome::Success,
            (Some((name, Some(value))), _) => {
                let is_success = match *name {
                    "exit-code" => value.text == "0",
                    "success" => value.text.eq_ignore_ascii_case("true"),
                    _ => value.text.eq_ignore_ascii_case("SUCCESS"),
                };
                if is_success { Outcome::Success } else { Outcome::Failure }
            }
            _ => Outcome::Varies,
        };
        let value = value.and_then(|(_, value)| value);
        self.sent.push(Sent {
            outcome,
            at: self.place(statement),
            reads_status: value.as_ref().is_some_and(|it| it.is_status),
            is_late: value.as_ref().is_some_and(|it| it.is_late),
            variable: value.and_then(|it| it.variable),
            in_trap: self.in_trap,
        });
        self.state.status = 0;
        self.done(around)
    }

    fn set(&mut self, command: &Command) {
        let words: Vec<String> = command.arguments().iter().filter_map(Word::literal).collect();
        let mut words = words.iter().map(String::as_str).peekable();
        while let Some(word) = words.next() {
            let (on, letters) = match (word.strip_prefix('-'), word.strip_prefix('+')) {
                (Some(letters), _) => (true, letters),
                (_, Some(letters)) => (false, letters),
                _ => continue,
            };
            if letters.starts_with('-') || letters.is_empty() {
                break;
            }
            if letters.contains('e') {
                self.state.errexit = on;
            }
            if letters.contains('E') {
                self.state.errtrace = on;
            }
            if letters.ends_with('o') {
                match words.peek() {
                    Some(&"errexit") => self.state.errexit = on,
                    Some(&"pipefail") => self.state.pipefail = on,
                    Some(&"errtrace") => self.state.errtrace = on,
                    _ => {}
                }
            }
        }
        self.state.status = 0;
    }

    fn trap_set(&mut self, command: &'p Command) {
        let body = if self.trap.is_none() { self.stage.trap(command) } else { None };
        for name in command.arguments().iter().skip(1).filter_map(Word::literal) {
            match name.trim_start_matches("SIG") {
                "EXIT" | "0" => self.state.on_exit = body,
                "ERR" => self.state.on_error = body,
                "DEBUG" | "RETURN" => self.is_lost |= body.is_some(),
                _ => {}
            }
        }
        self.state.status = 0;
    }

    pub(super) fn assignment(
        &mut self,
        statement: &'p Statement,
        assigned: &'p [Assigned],
        around: Around,
    ) -> Flow {
        let mut runs = None;
        for it in assigned {
            let value = self.value(&it.value);
            self.state.variables.insert(it.name.clone(), value);
            let mut pieces = it.value.pieces.iter();
            runs = pieces
                .find_map(|piece| match &piece.kind {
                    PieceKind::Substitution(text) if !it.is_declared => Some(text.as_str()),
                    _ => None,
                })
                .or(runs);
        }
        self.state.status = 0;
        match runs {
            Some(text) => {
                let inner = text.trim_start_matches(['$', '(', '`', ' ']);
                let name = inner.split_whitespace().next().unwrap_or_default();
                let name = name.rsplit('/').next().unwrap_or_default();
                let is_telling = TELLING.contains(&name.trim_end_matches([')', '`']))
                    || text.contains("169.254.169.254")
                    || self.functions.contains_key(name);
                // Without `set -e` an empty value is found out later, or not meant.
                self.work(statement, around, self.state.errexit && !is_telling);
                self.done(around)
            }
            None => Flow::Next,
        }
    }

    /// The variable's value, where it is known.
    pub(super) fn variable(&self, name: &str) -> Option<Value> {
        match name.parse::<usize>() {
            Ok(index) => self.arguments.last()?.get(index.checked_sub(1)?)?.clone(),
            Err(_) => {
                let value = self.state.variables.get(name)?.clone()?;
                Some(Value { variable: Some(name.to_owned()), ..value })
            }
        }
    }
}

/// Whether a package manager is only asked.
fn is_query(name: &str, command: &Command) -> bool {
    let first = command.arguments().first().map(Word::beginning).unwrap_or_default();
    match name {
        "rpm" => first.starts_with("-q"),
        "dpkg" => first.starts_with("-l") || first.starts_with("-s"),
        _ => false,
    }
}

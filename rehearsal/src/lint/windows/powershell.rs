//! PowerShell's commands, by tree-sitter's grammar of it.
//!
//! A statement in which that parser found a mistake is [`Step::Unknown`] as a whole: what it made of the rest is a guess.

use std::ops::Range;

use tree_sitter::{Node, Parser};

use super::{Block, MAX_DEPTH, Parsed, Statement, Step};
use crate::lint::shell::{Command, Piece, PieceKind};
use crate::lint::text::Text;

mod words;

/// The commands of a text; none where it cannot be parsed at all.
pub(super) fn parse(text: &Text) -> Option<Parsed> {
    let mut parser = Parser::new();
    parser.set_language(&tree_sitter_powershell::LANGUAGE.into()).ok()?;
    let tree = parser.parse(text.text.as_bytes(), None)?;
    let reader = Reader { text, tools: tools(&text.text) };
    let root = tree.root_node();
    // Where nothing holds it together, the pieces are a guess as well.
    let mut block = if root.is_error() { Block::new() } else { reader.block(root, 0) };
    if root.has_error() && super::is_understood(&block) {
        block.push(Statement { range: root.byte_range(), step: Step::Unknown });
    }
    Some(Parsed { block, comments: comments(root) })
}

/// `1..9`, which the grammar takes for a command.
fn is_range(written: &str) -> bool {
    let is_number = |it: &str| !it.is_empty() && it.bytes().all(|digit| digit.is_ascii_digit());
    written.trim().split_once("..").is_some_and(|(a, b)| is_number(a) && is_number(b))
}

fn comments(root: Node<'_>) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut cursor = root.walk();
    loop {
        if cursor.node().kind() == "comment" {
            found.push(cursor.node().byte_range());
        }
        if cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return found;
            }
        }
    }
}

struct Reader<'t> {
    text: &'t Text,
    /// The variables that hold the path of one of CloudFormation's programs, in small letters, and which.
    tools: Vec<(String, &'static str)>,
}

/// The variables to which a line gives the path of cfn-signal or cfn-init, and no other line anything else.
fn tools(text: &str) -> Vec<(String, &'static str)> {
    let assigned = text.lines().filter_map(|line| {
        let (left, right) = line.split_once('=')?;
        let name = left.trim().rsplit('$').next()?.to_ascii_lowercase();
        let right = right.trim().trim_matches(['"', '\'']).to_ascii_lowercase();
        let tool = ["cfn-signal.exe", "cfn-init.exe"].into_iter().find(|tool| right.ends_with(tool));
        (left.contains('$') && !name.is_empty()).then_some((name, tool))
    });
    let all: Vec<(String, Option<&'static str>)> = assigned.collect();
    let is_once = |name: &String| all.iter().filter(|(other, _)| other == name).count() == 1;
    let tools = all.iter().filter_map(|(name, tool)| Some((name.clone(), (*tool)?)));
    tools.filter(|(name, _)| is_once(name)).collect()
}

impl Reader<'_> {
    /// The statements of whatever holds some.
    fn block(&self, node: Node<'_>, depth: usize) -> Block {
        let mut block = Block::new();
        let mut cursor = node.walk();
        for child in node.named_children(&mut cursor) {
            match child.kind() {
                "comment"
                | "empty_statement"
                | "param_block"
                | "function_name"
                | "function_parameter_declaration"
                | "catch_type_list"
                | "switch_clause_condition"
                | "switch_parameters"
                | "variable"
                | "label" => {}
                "statement_list" | "script_block" | "script_block_body" | "statement_block"
                | "named_block_list" | "named_block" | "catch_clauses" | "catch_clause" | "switch_body"
                | "switch_clauses" | "switch_clause"
                    if depth < MAX_DEPTH =>
                {
                    block.extend(self.block(child, depth + 1));
                }
                _ => block.push(self.statement(child, depth + 1)),
            }
        }
        block
    }

    fn statement(&self, node: Node<'_>, depth: usize) -> Statement {
        let step = if depth > MAX_DEPTH { Step::Unknown } else { self.step(node, depth) };
        Statement { range: node.byte_range(), step }
    }

    fn step(&self, node: Node<'_>, depth: usize) -> Step {
        match node.kind() {
            "pipeline" => self.pipeline(node, depth),
            "command" if is_range(self.read(node.byte_range())) => Step::Value,
            "command" => self.command(node, depth),
            "if_statement" => self.branch(node, depth),
            "while_statement" | "do_statement" | "for_statement" | "foreach_statement"
            | "switch_statement" => {
                let mut body = self.nested(node, depth);
                let mut cursor = node.walk();
                for child in node.named_children(&mut cursor) {
                    if matches!(child.kind(), "statement_block" | "switch_body") {
                        body.extend(self.block(child, depth + 1));
                    }
                }
                if node.has_error() {
                    body.push(Statement { range: node.byte_range(), step: Step::Unknown });
                }
                Step::Loop(body)
            }
            "try_statement" => {
                let (mut body, mut handlers, mut finally) = (Block::new(), Block::new(), Block::new());
                let mut cursor = node.walk();
                for child in node.named_children(&mut cursor) {
                    match child.kind() {
                        "catch_clauses" => handlers = self.block(child, depth + 1),
                        "finally_clause" => finally = self.block(child, depth + 1),
                        "statement_block" => body = self.block(child, depth + 1),
                        _ => {}
                    }
                }
                Step::Try { body, handlers, finally }
            }
            "trap_statement" => Step::Trap(self.block(node, depth)),
            "function_statement" => {
                let mut cursor = node.walk();
                let name = node.named_children(&mut cursor).find(|it| it.kind() == "function_name");
                let name = name.map(|name| self.read(name.byte_range())).unwrap_or_default().to_owned();
                Step::Function { name, body: self.block(node, depth) }
            }
            "flow_control_statement" => {
                let keyword = node.child(0).map(|it| self.read(it.byte_range()).to_ascii_lowercase());
                match keyword.as_deref() {
                    Some("exit" | "throw" | "return") => Step::End,
                    _ => Step::Value,
                }
            }
            _ => Step::Unknown,
        }
    }

    /// The chains of a pipeline, each with its stages; an assignment is what is assigned.
    fn pipeline(&self, node: Node<'_>, depth: usize) -> Step {
        let mut chain: Option<Statement> = None;
        let mut is_and = false;
        let mut cursor = node.walk();
        for child in node.named_children(&mut cursor) {
            match child.kind() {
                "pipeline_chain_tail" => is_and = self.read(child.byte_range()).trim() == "&&",
                "comment" => {}
                "assignment_expression" => {
                    let mut cursor = child.walk();
                    return match child.named_children(&mut cursor).last() {
                        Some(value) if depth < MAX_DEPTH => self.step(value, depth + 1),
                        _ => Step::Unknown,
                    };
                }
                "pipeline_chain" => {
                    let next = Statement { range: child.byte_range(), step: self.stages(child, depth + 1) };
                    chain = Some(match chain {
                        None => next,
                        Some(left) => Statement {
                            range: left.range.start..next.range.end,
                            step: Step::Chain { left: Box::new(left), right: Box::new(next), is_and },
                        },
                    });
                }
                _ => return Step::Unknown,
            }
        }
        chain.map_or(Step::Unknown, |chain| chain.step)
    }

    fn stages(&self, node: Node<'_>, depth: usize) -> Step {
        let mut stages = Block::new();
        let mut cursor = node.walk();
        for child in node.named_children(&mut cursor) {
            match child.kind() {
                "command" => stages.push(self.statement(child, depth)),
                "comment" | "redirections" => {}
                "ERROR" => return Step::Unknown,
                _ if child.has_error() => return Step::Unknown,
                _ => {
                    let inner = self.nested(child, depth);
                    let step = match inner.len() {
                        0 => Step::Value,
                        1 => inner.into_iter().next().map_or(Step::Value, |only| only.step),
                        _ => Step::Group(inner),
                    };
                    stages.push(Statement { range: child.byte_range(), step });
                }
            }
        }
        match stages.len() {
            0 => Step::Unknown,
            1 => stages.swap_remove(0).step,
            _ => Step::Pipeline(stages),
        }
    }

    /// The commands inside an expression, `(a)`, `$(a)`, `@(a)`, and those of the scripts in it.
    fn nested(&self, node: Node<'_>, depth: usize) -> Block {
        let mut found = Block::new();
        let mut rest = vec![node];
        while let Some(next) = rest.pop() {
            match next.kind() {
                "pipeline" if depth < MAX_DEPTH && next != node => {
                    let statement = self.statement(next, depth + 1);
                    if !matches!(statement.step, Step::Value) {
                        found.push(statement);
                    }
                }
                "script_block" if depth < MAX_DEPTH => {
                    let body = self.block(next, depth + 1);
                    found.push(Statement { range: next.byte_range(), step: Step::Loop(body) });
                }
                "statement_block" | "switch_body" => {}
                _ => {
                    let mut cursor = next.walk();
                    let children: Vec<Node<'_>> = next.named_children(&mut cursor).collect();
                    rest.extend(children.into_iter().rev());
                }
            }
        }
        found
    }

    fn branch(&self, node: Node<'_>, depth: usize) -> Step {
        // Every test and its block, `elseif` by `elseif`.
        let mut branches: Vec<(Node<'_>, Node<'_>)> = Vec::new();
        let mut otherwise = Block::new();
        let mut clauses = vec![node];
        while let Some(clause) = clauses.pop() {
            let (mut test, mut body) = (None, None);
            let mut cursor = clause.walk();
            for child in clause.named_children(&mut cursor) {
                match child.kind() {
                    "pipeline" => test = Some(child),
                    "statement_block" => body = Some(child),
                    "elseif_clauses" => {
                        let mut cursor = child.walk();
                        let more: Vec<Node<'_>> = child.named_children(&mut cursor).collect();
                        clauses.extend(more.into_iter().rev());
                    }
                    "else_clause" => otherwise = self.block(child, depth + 1),
                    "comment" => {}
                    _ => return Step::Unknown,
                }
            }
            if clause.kind() == "comment" {
                continue;
            }
            match (test, body) {
                (Some(test), Some(body)) => branches.push((test, body)),
                _ => return Step::Unknown,
            }
        }
        let mut step = None;
        for (test, body) in branches.into_iter().rev() {
            if let Some(later) = step.take() {
                otherwise = vec![Statement { range: test.start_byte()..node.end_byte(), step: later }];
            }
            step = Some(Step::Branch {
                test: test.byte_range(),
                tested: self.tested(test, depth),
                then: self.block(body, depth + 1),
                otherwise: std::mem::take(&mut otherwise),
            });
        }
        step.unwrap_or(Step::Unknown)
    }

    fn tested(&self, test: Node<'_>, depth: usize) -> Block {
        let statement = self.statement(test, depth + 1);
        match statement.step {
            Step::Value => Block::new(),
            _ => vec![statement],
        }
    }

    fn command(&self, node: Node<'_>, depth: usize) -> Step {
        let (mut words, mut scripts) = (Vec::new(), Block::new());
        // Parts without a blank between them are one word.
        let mut word: Option<Range<usize>> = None;
        let mut rest: Vec<Node<'_>> = vec![node];
        if node.has_error() {
            return Step::Unknown;
        }
        while let Some(next) = rest.pop() {
            match next.kind() {
                "command" | "command_elements" => {
                    let mut cursor = next.walk();
                    let children: Vec<Node<'_>> = next.children(&mut cursor).collect();
                    rest.extend(children.into_iter().rev());
                    continue;
                }
                "command_invokation_operator" => {
                    // A dot runs a script in this one, whose name is then the first word's.
                    if self.read(next.byte_range()) == "." {
                        words.push(words::word(self.text, next.byte_range()));
                    }
                }
                "command_argument_sep" | "redirection" | "comment" | "stop_parsing" => {
                    words.extend(word.take().map(|range| words::word(self.text, range)));
                }
                _ => {
                    scripts.extend(self.nested(next, depth + 1));
                    word = match word {
                        Some(range) if range.end == next.start_byte() => Some(range.start..next.end_byte()),
                        earlier => {
                            words.extend(earlier.map(|range| words::word(self.text, range)));
                            Some(next.byte_range())
                        }
                    };
                }
            }
        }
        words.extend(word.map(|range| words::word(self.text, range)));
        if let Some(first) = words.first_mut()
            && let [Piece { kind, .. }] = first.pieces.as_mut_slice()
            && let PieceKind::Variable(variable) = kind
            && let Some((_, tool)) = self.tools.iter().find(|(name, _)| name.eq_ignore_ascii_case(variable))
        {
            *kind = PieceKind::Literal((*tool).to_owned());
        }
        let command = Step::Command(Command { words, input: None, output: None });
        if scripts.is_empty() {
            return command;
        }
        // What is in the words runs first, or when the command runs it.
        scripts.push(Statement { range: node.byte_range(), step: command });
        Step::Group(scripts)
    }

    fn read(&self, range: Range<usize>) -> &str {
        self.text.text.get(range).unwrap_or_default()
    }
}

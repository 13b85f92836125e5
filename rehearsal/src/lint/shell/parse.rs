//! From text to commands, by tree-sitter's grammar of bash.
//!
//! That parser neither recurses nor gives up: text that it does not understand becomes [`Kind::Unknown`], as little of
//! it as it can.

use std::ops::Range;

use tree_sitter::{Node, Parser, Tree};

use super::{Assigned, Block, Command, Form, Input, Kind, Parsed, Piece, PieceKind, Statement, Word};
use crate::lint::text::{STAND_IN, Text};

/// Blocks within blocks that are looked at. Recursion here ends before the stack does.
const MAX_DEPTH: usize = 60;

/// The commands of a script. `None` where it cannot be parsed at all.
pub(in crate::lint) fn parse(text: &Text) -> Option<Parsed> {
    let mut parser = Parser::new();
    parser.set_language(&tree_sitter_bash::LANGUAGE.into()).ok()?;
    let tree = parser.parse(text.text.as_bytes(), None)?;
    Some(Parsed { block: Reader { text }.block(tree.root_node(), 0), comments: comments(&tree) })
}

fn comments(tree: &Tree) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut cursor = tree.walk();
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
}

impl Reader<'_> {
    fn block(&self, node: Node<'_>, depth: usize) -> Block {
        let mut block: Block = Vec::new();
        let mut cursor = node.walk();
        for child in node.children(&mut cursor) {
            if child.kind() == "&" {
                if let Some(last) = block.last_mut() {
                    last.background = true;
                }
            } else if child.is_named() && child.kind() != "comment" {
                block.push(self.statement(child, depth + 1));
            }
        }
        block
    }

    fn statement(&self, node: Node<'_>, depth: usize) -> Statement {
        let kind = self.kind(node, depth);
        Statement { range: node.byte_range(), kind, background: false }
    }

    fn kind(&self, node: Node<'_>, depth: usize) -> Kind {
        if depth > MAX_DEPTH {
            return Kind::Unknown;
        }
        match node.kind() {
            "command" => Kind::Command(self.command(node)),
            "redirected_statement" => self.redirected(node, depth),
            "pipeline" => Kind::Pipeline(self.pipeline(node, depth)),
            "list" => self.chain(node, depth),
            "negated_command" => match node.named_child(0) {
                Some(inner) => Kind::Negated(Box::new(self.statement(inner, depth + 1))),
                None => Kind::Unknown,
            },
            "subshell" | "compound_statement" => Kind::Group { body: self.block(node, depth) },
            "function_definition" => self.function(node, depth),
            "if_statement"
            | "while_statement"
            | "for_statement"
            | "c_style_for_statement"
            | "case_statement"
            | "case_item"
            | "do_group"
            | "elif_clause"
            | "else_clause" => self.compound(node, depth),
            "variable_assignment" => Kind::Assignment(self.assignment(node, false).into_iter().collect()),
            kind @ ("variable_assignments" | "declaration_command") => {
                let is_declared = kind == "declaration_command";
                let mut cursor = node.walk();
                let children = node.named_children(&mut cursor);
                Kind::Assignment(children.filter_map(|child| self.assignment(child, is_declared)).collect())
            }
            "test_command" | "unset_command" => Kind::Test,
            _ => Kind::Unknown,
        }
    }

    /// Redirections change neither what runs nor its status.
    fn redirected(&self, node: Node<'_>, depth: usize) -> Kind {
        let Some(body) = node.child_by_field_name("body") else { return Kind::Unknown };
        let mut kind = self.kind(body, depth + 1);
        // The grammar gives the whole of `a && b` a redirection that is `b`'s.
        let mut redirected = &mut kind;
        while let Kind::Chain { right, .. } = redirected {
            redirected = &mut right.kind;
        }
        if let Kind::Command(command) = redirected {
            let mut cursor = node.walk();
            for redirect in node.children_by_field_name("redirect", &mut cursor) {
                // Words after the file belong to the command, and the grammar gives them to the redirection.
                let mut cursor = redirect.walk();
                let files = redirect.children_by_field_name("destination", &mut cursor);
                command.words.extend(files.skip(1).map(|word| self.word(word)));
                match redirect.kind() {
                    "heredoc_redirect" => self.heredoc(redirect, command),
                    "file_redirect" if redirect.child_by_field_name("descriptor").is_none() => {
                        command.output = redirect.child_by_field_name("destination").map(|it| self.word(it));
                    }
                    _ => {}
                }
            }
        }
        kind
    }

    /// A here-document, and what stands after its mark.
    fn heredoc(&self, node: Node<'_>, command: &mut Command) {
        let (mut body, mut is_quoted, mut to_shell) = (None, false, false);
        let mut cursor = node.walk();
        for child in node.named_children(&mut cursor) {
            match child.kind() {
                "heredoc_start" => {
                    is_quoted = self.read(child.byte_range()).contains(['\'', '"', '\\']);
                }
                "heredoc_body" => body = Some(child.byte_range()),
                "file_redirect" => {
                    command.output = child.child_by_field_name("destination").map(|it| self.word(it));
                }
                "pipeline" => {
                    let stages = self.block(child, MAX_DEPTH / 2);
                    for stage in &stages {
                        let Kind::Command(next) = &stage.kind else { continue };
                        to_shell |= next.name().is_some_and(|it| super::is_shell(&it));
                        command.output = command.output.take().or_else(|| next.teed().cloned());
                    }
                }
                _ => {}
            }
        }
        command.input = body.map(|range| Input { range, is_quoted, to_shell });
    }

    /// A pipe in a pipe, which is how the grammar reads a redirection in its middle, is one.
    fn pipeline(&self, node: Node<'_>, depth: usize) -> Block {
        let mut stages = Block::new();
        for statement in self.block(node, depth) {
            match statement.kind {
                Kind::Pipeline(inner) => stages.extend(inner),
                _ => stages.push(statement),
            }
        }
        stages
    }

    /// What the grammar calls a condition is tested; the words of a `for` and a `case` are neither.
    fn compound(&self, node: Node<'_>, depth: usize) -> Kind {
        let (mut tests, mut body) = (Block::new(), Block::new());
        let values = || {
            let mut cursor = node.walk();
            let words: Vec<Word> =
                node.children_by_field_name("value", &mut cursor).map(|value| self.word(value)).collect();
            words
        };
        let form = match node.kind() {
            "if_statement" => Form::If,
            "elif_clause" => Form::Elif,
            "else_clause" => Form::Else,
            "do_group" => Form::Do,
            "case_statement" => Form::Case(values().into_iter().next().unwrap_or_default()),
            "case_item" => Form::Item(values()),
            _ => Form::Loop,
        };
        // `elif` has no field for what it tests: that stands before `then`.
        let mut is_tested = node.kind() == "elif_clause";
        let mut cursor = node.walk();
        if !cursor.goto_first_child() {
            return Kind::Unknown;
        }
        loop {
            let child = cursor.node();
            let field = cursor.field_name();
            let last = if is_tested || field == Some("condition") { &mut tests } else { &mut body };
            match child.kind() {
                "then" => is_tested = false,
                "&" => last.last_mut().into_iter().for_each(|last| last.background = true),
                "comment" => {}
                _ if matches!(field, Some("value" | "variable" | "initializer" | "update")) => {}
                _ if child.is_named() => last.push(self.statement(child, depth + 1)),
                _ => {}
            }
            if !cursor.goto_next_sibling() {
                return Kind::Compound { form, tests, body };
            }
        }
    }

    fn chain(&self, node: Node<'_>, depth: usize) -> Kind {
        let mut cursor = node.walk();
        let is_and = node.children(&mut cursor).any(|child| child.kind() == "&&");
        match (node.named_child(0), node.named_child(1)) {
            (Some(left), Some(right)) => Kind::Chain {
                left: Box::new(self.statement(left, depth + 1)),
                right: Box::new(self.statement(right, depth + 1)),
                is_and,
            },
            _ => Kind::Unknown,
        }
    }

    fn function(&self, node: Node<'_>, depth: usize) -> Kind {
        let name =
            node.child_by_field_name("name").map(|name| self.read(name.byte_range())).unwrap_or_default();
        let body = match node.child_by_field_name("body") {
            // What ends a subshell ends nothing else.
            Some(body) if body.kind() == "subshell" => vec![self.statement(body, depth + 1)],
            Some(body) => self.block(body, depth),
            None => Block::new(),
        };
        Kind::Function { name: name.to_owned(), body }
    }

    fn command(&self, node: Node<'_>) -> Command {
        let mut words = Vec::new();
        let mut cursor = node.walk();
        for child in node.children(&mut cursor) {
            match child.kind() {
                "command_name" => words.extend(child.child(0).map(|name| self.word(name))),
                kind if kind.ends_with("redirect") || matches!(kind, "comment" | "variable_assignment") => {}
                _ => words.push(self.word(child)),
            }
        }
        Command { words, input: None, output: None }
    }

    /// The value of an assignment.
    fn assignment(&self, node: Node<'_>, is_declared: bool) -> Option<Assigned> {
        let name = self.read(node.child_by_field_name("name")?.byte_range()).to_owned();
        let value = node.child_by_field_name("value").map(|value| self.word(value)).unwrap_or_default();
        Some(Assigned { name, value, is_declared })
    }

    fn word(&self, node: Node<'_>) -> Word {
        let mut pieces = Vec::new();
        self.pieces(node, false, 0, &mut pieces);
        Word { range: node.byte_range(), pieces }
    }

    fn pieces(&self, node: Node<'_>, quoted: bool, depth: usize, into: &mut Vec<Piece>) {
        let range = node.byte_range();
        match node.kind() {
            "concatenation" if depth < MAX_DEPTH => {
                let mut cursor = node.walk();
                for child in node.children(&mut cursor) {
                    self.pieces(child, quoted, depth + 1, into);
                }
            }
            "string" if depth < MAX_DEPTH => {
                // What is between the children, such as blanks before an expansion, is text as well.
                let mut at = range.start + 1;
                let mut cursor = node.walk();
                for child in node.named_children(&mut cursor).filter(|child| child.kind() != "string_content")
                {
                    self.literal(at..child.start_byte(), Escapes::Some, into);
                    self.pieces(child, true, depth + 1, into);
                    at = child.end_byte();
                }
                let closing = usize::from(self.read(range.clone()).ends_with('"'));
                self.literal(at..range.end.saturating_sub(closing), Escapes::Some, into);
                if into.is_empty() {
                    into.push(Piece { range, kind: PieceKind::Literal(String::new()), quoted: true });
                }
            }
            "raw_string" => {
                let inner = range.start + 1..range.end.saturating_sub(1).max(range.start + 1);
                self.literal(inner, Escapes::None, into);
            }
            "word" | "number" | "command_name" | "string_content" | "variable_name" => {
                self.literal(range, if quoted { Escapes::Some } else { Escapes::All }, into);
            }
            "simple_expansion" | "expansion" => {
                let kind = self.expansion(node);
                into.push(Piece { range, kind, quoted });
            }
            "command_substitution" => {
                let kind = PieceKind::Substitution(self.read(range.clone()).to_owned());
                into.push(Piece { range, kind, quoted });
            }
            _ if node.is_named() => into.push(Piece { range, kind: PieceKind::Other, quoted }),
            // `=`, `:` and the like, where the grammar makes them tokens of their own.
            _ => self.literal(range, Escapes::All, into),
        }
    }

    fn expansion(&self, node: Node<'_>) -> PieceKind {
        let written = self.read(node.byte_range());
        let name = written.trim_start_matches(['$', '{', '#', '!']);
        if name.starts_with('?') {
            return PieceKind::Status;
        }
        let end = name.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
        match name.get(..end.unwrap_or(name.len())) {
            Some(name) if !name.is_empty() => PieceKind::Variable(name.to_owned()),
            _ => PieceKind::Other,
        }
    }

    /// Literal text, and the symbols in it.
    fn literal(&self, range: Range<usize>, escapes: Escapes, into: &mut Vec<Piece>) {
        let quoted = !matches!(escapes, Escapes::All);
        let written = self.read(range.clone());
        let mut at = range.start;
        let flush = |from: usize, to: usize, into: &mut Vec<Piece>| {
            let text = self.read(from..to);
            if !text.is_empty() {
                let kind = PieceKind::Literal(unescaped(text, &escapes));
                into.push(Piece { range: from..to, kind, quoted });
            }
        };
        for (offset, _) in written.match_indices(STAND_IN) {
            let offset = range.start + offset;
            let Some(symbol) = self.text.symbol_at(offset) else { continue };
            flush(at, offset, into);
            let range = offset..offset + STAND_IN.len_utf8();
            at = range.end;
            into.push(Piece { range, kind: PieceKind::Symbol(symbol.clone()), quoted });
        }
        flush(at, range.end, into);
    }

    fn read(&self, range: Range<usize>) -> &str {
        self.text.text.get(range).unwrap_or_default()
    }
}

/// What a backslash does.
enum Escapes {
    /// Nothing: single quotes.
    None,
    /// Double quotes: it escapes `$`, a backtick, `"`, itself and a line break.
    Some,
    /// No quotes: it escapes anything.
    All,
}

fn unescaped(text: &str, escapes: &Escapes) -> String {
    let mut result = String::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        if letter != '\\' || matches!(escapes, Escapes::None) {
            result.push(letter);
            continue;
        }
        match letters.next() {
            Some('\n') => {}
            Some(next) if matches!(escapes, Escapes::Some) && !"$`\"\\".contains(next) => {
                result.extend([letter, next]);
            }
            Some(next) => result.push(next),
            None => result.push(letter),
        }
    }
    result
}

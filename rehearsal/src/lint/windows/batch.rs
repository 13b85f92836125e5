//! cmd's commands, from its text. There is no grammar of it to be had that could be trusted: cmd replaces variables before
//! it looks at a line, and what a parenthesis is depends on where it stands.

use std::ops::Range;

use super::{Block, MAX_DEPTH, Parsed, Statement, Step};
use crate::lint::shell::{Command, Word};
use crate::lint::text::Text;

mod words;

use words::{Lexer, Token};

const COMPARISONS: [&str; 7] = ["==", "equ", "neq", "lss", "leq", "gtr", "geq"];

/// The commands of a text.
pub(super) fn parse(text: &Text) -> Parsed {
    let mut parser = Parser { lexer: Lexer::new(text), comments: Vec::new(), depth: 0, in_parentheses: 0 };
    let block = parser.block();
    Parsed { block, comments: parser.comments }
}

struct Parser<'t> {
    lexer: Lexer<'t>,
    comments: Vec<Range<usize>>,
    depth: usize,
    in_parentheses: usize,
}

impl Parser<'_> {
    fn peek(&self, is_start: bool) -> Option<Token> {
        self.lexer.clone().next(is_start, self.in_parentheses > 0)
    }

    fn next(&mut self, is_start: bool) -> Option<Token> {
        self.lexer.next(is_start, self.in_parentheses > 0)
    }

    /// Statements as far as the parenthesis that closes them, or the end.
    fn block(&mut self) -> Block {
        let mut block = Block::new();
        while let Some(token) = self.peek(true) {
            match token {
                Token::Line | Token::And => {
                    self.next(true);
                }
                Token::Close => break,
                Token::Then | Token::Else | Token::Pipe => {
                    self.next(true);
                    block.push(Statement { range: self.lexer.at..self.lexer.at, step: Step::Unknown });
                }
                Token::Word(_) | Token::Open => block.push(self.chain()),
            }
        }
        block
    }

    fn chain(&mut self) -> Statement {
        let mut left = self.pipeline();
        while let Some(token @ (Token::Then | Token::Else)) = self.peek(false) {
            self.next(false);
            let right = self.pipeline();
            let range = left.range.start..right.range.end;
            let is_and = matches!(token, Token::Then);
            left = Statement {
                range,
                step: Step::Chain { left: Box::new(left), right: Box::new(right), is_and },
            };
        }
        left
    }

    fn pipeline(&mut self) -> Statement {
        let first = self.statement();
        let mut stages = vec![first];
        while let Some(Token::Pipe) = self.peek(false) {
            self.next(false);
            stages.push(self.statement());
        }
        match stages.len() {
            1 => stages.swap_remove(0),
            _ => {
                let start = stages.first().map_or(0, |stage| stage.range.start);
                let end = stages.last().map_or(start, |stage| stage.range.end);
                Statement { range: start..end, step: Step::Pipeline(stages) }
            }
        }
    }

    fn statement(&mut self) -> Statement {
        self.lexer.skip_blanks();
        let start = self.lexer.at;
        self.depth += 1;
        let step = if self.depth > MAX_DEPTH {
            self.lexer.skip_line();
            Step::Unknown
        } else {
            self.step()
        };
        self.depth -= 1;
        Statement { range: start..self.lexer.at.max(start), step }
    }

    fn step(&mut self) -> Step {
        match self.peek(true) {
            Some(Token::Open) => {
                self.next(true);
                self.parenthesised()
            }
            Some(Token::Word(word)) => self.named(&word),
            _ => Step::Unknown,
        }
    }

    /// A block whose parenthesis has been read.
    fn parenthesised(&mut self) -> Step {
        self.in_parentheses += 1;
        let mut body = self.block();
        let is_closed = matches!(self.next(true), Some(Token::Close));
        self.in_parentheses -= 1;
        if !is_closed {
            body.push(Statement { range: self.lexer.at..self.lexer.at, step: Step::Unknown });
        }
        Step::Group(body)
    }

    fn named(&mut self, word: &Word) -> Step {
        let name = word.beginning().to_ascii_lowercase();
        if name.starts_with(':') {
            let line = self.lexer.skip_line();
            if name.starts_with("::") {
                self.comments.push(line);
                return Step::Value;
            }
            return Step::Jump;
        }
        match name.as_str() {
            "rem" => {
                let line = self.lexer.skip_line();
                self.comments.push(line);
                Step::Value
            }
            "if" => {
                self.next(true);
                self.branch()
            }
            "for" => {
                self.next(true);
                self.repeated()
            }
            "goto" => {
                self.command();
                Step::Jump
            }
            "exit" => {
                self.command();
                Step::End
            }
            "set" => {
                self.command();
                Step::Value
            }
            "call" => {
                self.next(true);
                match self.peek(false) {
                    Some(Token::Word(target)) if target.beginning().starts_with(':') => {
                        self.command();
                        Step::Jump
                    }
                    _ => Step::Command(self.command()),
                }
            }
            _ => Step::Command(self.command()),
        }
    }

    fn command(&mut self) -> Command {
        let mut words = Vec::new();
        while let Some(Token::Word(word)) = self.peek(words.is_empty()) {
            self.next(words.is_empty());
            words.push(word);
        }
        Command { words, input: None, output: None }
    }

    fn branch(&mut self) -> Step {
        let start = self.lexer.at;
        if !self.test() {
            return Step::Unknown;
        }
        let test = start..self.lexer.at;
        let is_block = matches!(self.peek(true), Some(Token::Open));
        let then = self.body();
        let mut otherwise = Block::new();
        if is_block
            && let Some(Token::Word(word)) = self.peek(false)
            && super::same(word.beginning(), "else")
        {
            self.next(false);
            otherwise = self.body();
        }
        Step::Branch { test, tested: Block::new(), then, otherwise }
    }

    /// What an `if` or a loop runs.
    fn body(&mut self) -> Block {
        let statement = self.chain();
        match statement.step {
            Step::Group(body) => body,
            _ => vec![statement],
        }
    }

    /// Reads what an `if` tests. Whether it is understood.
    fn test(&mut self) -> bool {
        let mut word = self.test_word();
        while word.as_ref().is_some_and(|it| super::same(it, "/i") || super::same(it, "not")) {
            word = self.test_word();
        }
        let Some(word) = word else { return false };
        let lower = word.to_ascii_lowercase();
        if ["exist", "defined", "errorlevel", "cmdextversion"].contains(&lower.as_str()) {
            return self.test_word().is_some();
        }
        if let Some((_, right)) = word.split_once("==") {
            return !right.is_empty() || self.test_word().is_some();
        }
        let Some(comparison) = self.test_word() else { return false };
        if comparison.len() > 2 && comparison.starts_with("==") {
            return true;
        }
        COMPARISONS.contains(&comparison.to_ascii_lowercase().as_str()) && self.test_word().is_some()
    }

    /// A word of a test, as it is written.
    fn test_word(&mut self) -> Option<String> {
        match self.next(false)? {
            Token::Word(word) => Some(self.lexer.written(word.range)),
            _ => None,
        }
    }

    /// `for … in ( … ) do …`: what is between is not looked at.
    fn repeated(&mut self) -> Step {
        loop {
            match self.next(false) {
                Some(Token::Word(word)) if super::same(word.beginning(), "do") => break,
                Some(Token::Word(_)) => {}
                Some(Token::Close) if self.in_parentheses > 0 => {}
                _ => return Step::Unknown,
            }
        }
        Step::Loop(self.body())
    }
}

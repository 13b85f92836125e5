#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use super::*;
use crate::lint::shell::{PieceKind, Word};

fn text(script: &str) -> Text {
    let mut text = Text::default();
    text.push(script, [(0, 0)]);
    text
}

/// What runs, in brief: a command by its name, what holds others by its letter.
fn brief(block: &[Statement]) -> String {
    let one = |statement: &Statement| match &statement.step {
        Step::Command(command) => name(command).unwrap_or_else(|| "*".to_owned()),
        Step::Pipeline(body) => format!("P({})", brief(body)),
        Step::Chain { left, right, is_and } => {
            let sign = if *is_and { "&&" } else { "||" };
            format!("{}{sign}{}", brief(std::slice::from_ref(left)), brief(std::slice::from_ref(right)))
        }
        Step::Group(body) => format!("({})", brief(body)),
        Step::Branch { tested, then, otherwise, .. } => {
            format!("I({}?{}:{})", brief(tested), brief(then), brief(otherwise))
        }
        Step::Loop(body) => format!("L({})", brief(body)),
        Step::Try { body, handlers, finally } => {
            format!("T({}|{}|{})", brief(body), brief(handlers), brief(finally))
        }
        Step::Trap(body) => format!("R({})", brief(body)),
        Step::Function { name, body } => format!("F{name}({})", brief(body)),
        Step::End => "E".to_owned(),
        Step::Jump => "J".to_owned(),
        Step::Value => "=".to_owned(),
        Step::Unknown => "!".to_owned(),
    };
    block.iter().map(one).collect::<Vec<_>>().join(" ")
}

fn batch(script: &str) -> String {
    brief(&parse(&text(script), Language::Batch).block)
}

fn powershell(script: &str) -> String {
    brief(&parse(&text(script), Language::PowerShell).block)
}

fn words(script: &str, language: Language) -> Vec<Word> {
    let parsed = parse(&text(script), language);
    commands(&parsed.block).last().unwrap().words.clone()
}

#[test]
fn what_cmd_runs() {
    let cases = [
        ("a\nb & c", "a b c"),
        ("a && b || c", "a&&b||c"),
        ("a | b > c 2>&1", "P(a b)"),
        ("@echo off\nrem a & b\n:: c\na", "echo = = a"),
        ("if exist x a", "I(?a:)"),
        ("if not %X%==1 (a & b) else c", "I(?a b:c)"),
        ("IF /I \"%X%\" EQU \"y z\" (\n  a\n) ELSE (\n  b\n)\nc", "I(?a:b) c"),
        ("if errorlevel 1 goto end\na\n:end\nexit /b 0", "I(?J:) a J E"),
        ("for %%i in (a b) do c %%i", "L(c)"),
        ("call :x\ncall y.bat\nset A=1", "J y.bat ="),
        ("(a\nb) > c", "(a b)"),
        ("a ^\n  b ^& c\nd", "a d"),
        ("\"C:\\P F\\a.exe\" x", "a"),
        ("c:\\\"P F\"\\a.exe x", "a"),
        ("echo a) & b", "echo b"),
        ("(a", "(a !)"),
        ("if x", "!"),
        (">c a", "a"),
    ];
    for (script, expected) in cases {
        assert_eq!(batch(script), expected, "{script}");
    }
}

#[test]
fn what_powershell_runs() {
    let cases = [
        ("a.exe\nb; c", "a b c"),
        ("& \"C:\\P F\\a.exe\" x\n. b.ps1", "a ."),
        ("a | Out-File x", "P(a out-file)"),
        ("a && b || c", "a&&b||c"),
        ("$x = a -b\n$y = 1\n[X]::Y(1)", "a = ="),
        ("$x = (a -b) + 1", "a"),
        ("if ($?) { a } elseif (b) { c } else { d }", "I(?a:I(b?c:d))"),
        ("$x = if ($?) { 0 } else { a }", "I(?=:a)"),
        ("try { a } catch { b } finally { c }", "T(a|b|c)"),
        ("trap { a }\nfunction F { b }\nwhile ($x) { c }\nforeach ($i in 1) { d }", "R(a) FF(b) L(c) L(d)"),
        ("1..2 | ForEach-Object { a }", "P(= (L(a) foreach-object))"),
        ("throw 'x'\nexit 1", "E E"),
        ("<# a #>\n# b\nc `\n  d", "c"),
        ("$t = 'C:\\x\\cfn-signal.exe'\n& $t -e 1\n& $u", "= cfn-signal *"),
        ("a )\nb", "a !"),
        ("a `$b\nc", "!"),
    ];
    for (script, expected) in cases {
        assert_eq!(powershell(script), expected, "{script}");
    }
}

#[test]
fn words_lose_their_quotes_and_escapes() {
    let (cmd, powershell) = (Language::Batch, Language::PowerShell);
    let cases = [
        (cmd, "a b", "b"),
        (cmd, "a \"b c\"d", "b cd"),
        (cmd, "a b^&c^^", "b&c^"),
        (cmd, "a \"x \\\"y\\\" z\"", "x \"y\" z"),
        (cmd, "a 'b", "'b"),
        (cmd, "a 100%", "100%"),
        (cmd, "a \"\"", ""),
        (powershell, "a 'b \"c'", "b \"c"),
        (powershell, "a 'it''s'", "it's"),
        (powershell, "a \"b`\"c \"\"d\"", "b\"c \"d"),
        (powershell, "a --x=\"y z\"", "--x=y z"),
        (powershell, "a \"`$b\"", "$b"),
        (powershell, "a @'\nb $c\n'@", "b $c"),
    ];
    for (language, script, expected) in cases {
        assert_eq!(
            words(script, language).get(1).and_then(Word::literal).as_deref(),
            Some(expected),
            "{script}"
        );
    }
}

#[test]
fn the_status_is_told_from_other_variables() {
    let kind = |script: &str, language| words(script, language)[1].pieces[0].kind.clone();
    let variable = |name: &str| PieceKind::Variable(name.to_owned());
    for written in ["%ERRORLEVEL%", "%errorlevel%", "!ErrorLevel!", "\"%ERRORLEVEL%\""] {
        assert_eq!(kind(&format!("a {written}"), Language::Batch), PieceKind::Status, "{written}");
    }
    for written in ["$LASTEXITCODE", "$lastexitcode", "${LastExitCode}", "$global:LASTEXITCODE"] {
        assert_eq!(kind(&format!("a {written}"), Language::PowerShell), PieceKind::Status, "{written}");
    }
    assert_eq!(kind("a %X%", Language::Batch), variable("X"));
    assert_eq!(kind("a %X:~0,1%", Language::Batch), PieceKind::Other);
    assert_eq!(kind("a %~dp0", Language::Batch), PieceKind::Other);
    assert_eq!(kind("a $?", Language::PowerShell), variable("?"));
    assert_eq!(kind("a $env:X", Language::PowerShell), variable("env:X"));
    assert_eq!(kind("a $x.y", Language::PowerShell), PieceKind::Other);
    assert_eq!(kind("a @x", Language::PowerShell), PieceKind::Other);
    assert_eq!(kind("a $(b (c))", Language::PowerShell), PieceKind::Substitution("(b (c))".to_owned()));
}

#[test]
fn scripts_inside_scripts() {
    let inside = |script: &str, language| -> Vec<(Language, String)> {
        let text = text(script);
        let block = parse(&text, language).block;
        inner(&text, language, &block).into_iter().map(|(language, text)| (language, text.text)).collect()
    };
    let powershell = |script: &str| vec![(Language::PowerShell, script.to_owned())];
    let cases = [
        ("powershell.exe -Command \"a b\"", "a b"),
        ("powershell -NoProfile -ExecutionPolicy Bypass -c a b", "a b"),
        ("powershell a", "a"),
        ("pwsh -ep bypass -noni -command \"a \\\"b\\\"\"", "a \"b\""),
        ("powershell -enc YQAgAGIA", "a b"),
    ];
    for (script, expected) in cases {
        assert_eq!(inside(script, Language::Batch), powershell(expected), "{script}");
    }
    assert_eq!(inside("powershell -File a.ps1", Language::Batch), []);
    assert_eq!(inside("cmd /c \"a & b\"", Language::PowerShell), [(Language::Batch, "a & b".to_owned())]);
    let nested = inside("powershell -Command \"cmd /c 'powershell a'\"", Language::Batch);
    assert_eq!(
        nested.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>(),
        ["cmd /c 'powershell a'", "powershell a", "a"]
    );
}

#[test]
fn what_is_out_of_sight() {
    let files = std::collections::HashSet::from(["shown.ps1".to_owned()]);
    let hides = |script: &str, language| {
        let text = text(script);
        hides(language, &text, &parse(&text, language).block, &files)
    };
    for script in [
        "Install-WindowsFeature Web-Server",
        "msiexec.exe /i x.msi /qn",
        "powershell -File C:\\cfn\\shown.ps1",
        "C:\\cfn\\shown.ps1",
        "Import-Module AWSPowerShell",
        "Start-Process msiexec.exe -Wait",
        "function F { Get-Item x }; F",
    ] {
        assert!(!hides(script, Language::PowerShell), "{script}");
    }
    for script in [
        "iex $x",
        "& $x",
        ". .\\x.ps1",
        "C:\\x\\setup.exe",
        "powershell -File hidden.ps1",
        "powershell -enc $x",
        "Import-Module MyOwn",
        "Start-Process x.exe",
        "Write-AWSQuickStartStatus",
        "New-AWSQuickStartResourceSignal -Stack x",
        "a )",
        "[Diagnostics.Process]::Start('x')",
        "setup",
    ] {
        assert!(hides(script, Language::PowerShell), "{script}");
    }
    assert!(!hides("net user x /add\nmkdir c:\\x", Language::Batch));
    assert!(hides("c:\\x\\setup.exe", Language::Batch));
    assert!(hides("setup.bat", Language::Batch));
    assert!(hides("%X%", Language::Batch));
}

//! `cfn-rehearse lint`.

mod baseline;
mod inputs;
mod mend;

use std::io::IsTerminal as _;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use self::baseline::Baseline;
use self::inputs::{Input, Inputs};
use super::{COMPLETE, CliError, ROLLED_BACK, UNUSABLE, print};
use crate::lint::{self, Known, Problem, Report, Selection, output};
use crate::shown;

#[derive(Debug, Args)]
pub(super) struct Lint {
    /// The templates, YAML or JSON: files, folders (whose templates are found, but for what is hidden or ignored by git), a
    /// cdk.out, patterns such as 'stacks/**/*.yaml', and - for standard input
    #[arg(required_unless_present_any = ["list_rules", "explain"], value_name = "PATH")]
    templates: Vec<PathBuf>,
    /// What standard input is called in what is printed
    #[arg(long, value_name = "NAME", default_value = "stdin")]
    stdin_name: String,
    /// Pass over files that are no templates, also where they are named: for hooks that name every file
    #[arg(long)]
    only_templates: bool,
    /// How findings are printed; markdown is for --list-rules only
    #[arg(long, visible_alias = "format", value_enum, default_value = "text", value_name = "FORMAT")]
    output: Format,
    /// Ask every rule, those too that are often right and not always worth a change
    #[arg(long, conflicts_with = "select")]
    strict: bool,
    /// Only these rules: a code, or what codes begin with; may be repeated
    #[arg(long, value_name = "CODE", value_delimiter = ',', value_parser = code)]
    select: Vec<String>,
    /// None of these rules
    #[arg(long, value_name = "CODE", value_delimiter = ',', value_parser = code)]
    ignore: Vec<String>,
    /// Print no finding that this file has, and say which of it are found no longer
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Write all that is found to the file of --baseline
    #[arg(long, requires = "baseline")]
    write_baseline: bool,
    /// Mend in the files what has one safe mending, and print what is left
    #[arg(long)]
    fix: bool,
    /// Print what --fix would change, as a unified diff, and change nothing
    #[arg(long)]
    diff: bool,
    /// Say what a rule means, why it matters and what to do, with a template that breaks it and one that does not, and look
    /// at no template
    #[arg(long, value_name = "CODE", value_parser = code)]
    explain: Option<String>,
    /// Print every rule, and look at no template
    #[arg(long, visible_alias = "rules")]
    list_rules: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// As compilers print them
    Text,
    /// One JSON object
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Commands that GitHub Actions shows beside the lines
    Github,
    /// A table of the rules
    Markdown,
}

/// What was looked at, and what came of it.
#[derive(Debug, Default)]
struct Looked {
    reports: Vec<Report>,
    problems: Vec<Problem>,
    passed_over: usize,
    diff: String,
    /// Findings that have been mended, or would be.
    mended: usize,
}

pub(super) fn lint(arguments: &Lint) -> Result<u8, CliError> {
    if let Some(code) = &arguments.explain {
        let explained: Vec<String> = lint::rules()
            .into_iter()
            .filter(|rule| rule.code.starts_with(code.as_str()))
            .map(output::explain)
            .collect();
        print(explained.join("\n"))?;
        return Ok(COMPLETE);
    }
    if arguments.list_rules {
        print(match arguments.output {
            Format::Text | Format::Github => output::list(),
            Format::Markdown => output::markdown(),
            Format::Json | Format::Sarif => output::sarif(&[], &[]),
        })?;
        return Ok(COMPLETE);
    }
    check(arguments)?;
    let selection = Selection {
        strict: arguments.strict,
        select: arguments.select.clone(),
        ignore: arguments.ignore.clone(),
    };
    let old = match &arguments.baseline {
        Some(path) if !arguments.write_baseline => Some(Baseline::read(path)?),
        _ => None,
    };
    let mut looked = look(arguments, &selection);
    for problem in &looked.problems {
        say(&problem.to_string());
    }
    if let (Some(path), true) = (&arguments.baseline, arguments.write_baseline) {
        let count = Baseline::write(path, &looked.reports)?;
        say(&format!("{}: {}", path.display(), counted(count, "finding")));
        return Ok(if looked.problems.is_empty() { COMPLETE } else { UNUSABLE });
    }
    if let Some(old) = old {
        old.hold(&mut looked.reports, &selection).iter().for_each(|stale| say(stale));
    }
    print(printed(arguments, &looked))?;
    let is_for_people = matches!(arguments.output, Format::Text | Format::Github);
    if is_for_people && (!looked.reports.is_empty() || looked.problems.is_empty()) {
        shown::on_stderr(&summary(arguments, &looked));
    }
    let found = looked.reports.iter().any(|report| !report.findings.is_empty());
    Ok(match (looked.problems.is_empty(), found) {
        (false, _) => UNUSABLE,
        (true, true) => ROLLED_BACK,
        (true, false) => COMPLETE,
    })
}

/// Refuses what does not go together.
fn check(arguments: &Lint) -> Result<(), CliError> {
    let usage = |text: &str| Err(CliError::Usage(text.to_owned()));
    if arguments.output == Format::Markdown {
        return usage("--output markdown: goes with --list-rules");
    }
    if arguments.diff && arguments.output != Format::Text {
        return usage("--diff: is printed in place of findings, so it goes with --output text only");
    }
    if arguments.write_baseline && (arguments.fix || arguments.diff) {
        return usage("--write-baseline: goes without --fix and --diff");
    }
    match arguments.templates.iter().filter(|path| path.as_os_str() == "-").count() {
        0 => Ok(()),
        1 if arguments.fix && !arguments.diff => {
            usage("--fix: standard input cannot be mended; --diff prints how")
        }
        1 => Ok(()),
        _ => usage("-: standard input is read once"),
    }
}

fn look(arguments: &Lint, selection: &Selection) -> Looked {
    let inputs = Inputs::of(&arguments.templates, &arguments.stdin_name, arguments.only_templates);
    let mut looked =
        Looked { problems: inputs.problems, passed_over: inputs.passed_over, ..Looked::default() };
    for input in &inputs.all {
        match look_at(arguments, selection, input, &mut looked) {
            Ok(Some(report)) => looked.reports.push(report),
            Ok(None) => looked.passed_over += 1,
            Err(problem) => looked.problems.push(problem),
        }
    }
    looked
}

fn look_at(
    arguments: &Lint,
    selection: &Selection,
    input: &Input,
    looked: &mut Looked,
) -> Result<Option<Report>, Problem> {
    let Some(text) = input.text()? else { return Ok(None) };
    let name = input.name.as_str();
    let known = input.path.as_deref().map(Known::beside).unwrap_or_default();
    let failed = |error| Problem::of(name, &error);
    let report = || lint::lint_known(&text, name, selection, &known).map_err(failed);
    if !arguments.fix && !arguments.diff {
        return report().map(Some);
    }
    let mended = lint::mended(&text, name, selection, &known).map_err(failed)?;
    looked.mended += mended.count;
    if arguments.diff {
        if mended.count > 0 {
            looked.diff.push_str(&mend::diff(name, &text, &mended.text));
        }
        return report().map(Some);
    }
    if let Some(path) = input.path.as_deref().filter(|_| mended.count > 0) {
        mend::write(path, name, &text, &mended.text)?;
    }
    Ok(Some(mended.report))
}

fn printed(arguments: &Lint, looked: &Looked) -> String {
    let Looked { reports, problems, .. } = looked;
    match arguments.output {
        Format::Json => output::json(reports, problems),
        Format::Sarif => output::sarif(reports, problems),
        Format::Github => output::github(reports, problems),
        Format::Text | Format::Markdown if arguments.diff => looked.diff.clone(),
        Format::Text | Format::Markdown => {
            let width = terminal_size::terminal_size().map_or(100, |(width, _)| usize::from(width.0));
            let is_coloured = std::io::stdout().is_terminal()
                && std::env::var_os("NO_COLOR").is_none_or(|it| it.is_empty());
            output::text(reports, width, is_coloured)
        }
    }
}

/// A line on standard error, which is nobody's command.
fn say(line: &str) {
    shown::on_stderr(&format!("cfn-rehearse: {}", shown::line(&shown::escaped(line))));
}

fn summary(arguments: &Lint, looked: &Looked) -> String {
    let reports = &looked.reports;
    let findings: usize = reports.iter().map(|report| report.findings.len()).sum();
    let ignored: usize = reports.iter().map(|report| report.suppressed).sum();
    let accepted: usize = reports.iter().map(|report| report.accepted).sum();
    let mut said = format!("{} in {}", counted(findings, "finding"), counted(reports.len(), "template"));
    let mut add = |count: usize, what: &str| {
        if count > 0 {
            said.push_str(&format!(", {count} {what}"));
        }
    };
    add(ignored, "ignored by the template");
    add(accepted, "in the baseline");
    add(looked.mended, if arguments.diff { "mended by the diff" } else { "mended" });
    add(
        looked.passed_over,
        if looked.passed_over == 1 { "other file passed over" } else { "other files passed over" },
    );
    said
}

fn counted(count: usize, what: &str) -> String {
    match count {
        0 => format!("no {what}s"),
        1 => format!("1 {what}"),
        count => format!("{count} {what}s"),
    }
}

fn code(text: &str) -> Result<String, String> {
    let code = text.trim().to_ascii_uppercase();
    let is_known = !code.is_empty() && lint::rules().iter().any(|rule| rule.code.starts_with(code.as_str()));
    is_known.then_some(code).ok_or_else(|| "no rule has this code; --list-rules prints them".to_owned())
}

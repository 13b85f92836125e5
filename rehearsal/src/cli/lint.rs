//! `cfn-rehearse lint`.

use std::io::IsTerminal as _;
use std::path::PathBuf;

use cfn_signal_core::causes;
use clap::{Args, ValueEnum};

use super::{COMPLETE, CliError, ROLLED_BACK, UNUSABLE, print};
use crate::lint::{self, Report, Selection, output};
use crate::shown;

#[derive(Debug, Args)]
pub(super) struct Lint {
    /// The templates: YAML or JSON
    #[arg(required_unless_present_any = ["list_rules", "explain"], value_name = "TEMPLATE")]
    templates: Vec<PathBuf>,
    /// How findings are printed; markdown is for --list-rules only
    #[arg(long, value_enum, default_value = "text", value_name = "FORMAT")]
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
    /// Say what a rule means, why it matters and what to do, and look at no template
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
    /// A table of the rules
    Markdown,
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
            Format::Text => output::list(),
            Format::Markdown => output::markdown(),
            Format::Json | Format::Sarif => output::sarif(&[]),
        })?;
        return Ok(COMPLETE);
    }
    if arguments.output == Format::Markdown {
        return Err(CliError::Usage("--output markdown: goes with --list-rules".to_owned()));
    }
    let selection = Selection {
        strict: arguments.strict,
        select: arguments.select.clone(),
        ignore: arguments.ignore.clone(),
    };
    let mut reports = Vec::new();
    let mut is_unreadable = false;
    for template in &arguments.templates {
        match lint::lint_file(template, &selection) {
            Ok(report) => reports.push(report),
            Err(error) => {
                is_unreadable = true;
                eprintln!("cfn-rehearse: {}", shown::line(&shown::escaped(&causes::line(&error))));
            }
        }
    }
    print(match arguments.output {
        Format::Json => output::json(&reports),
        Format::Sarif => output::sarif(&reports),
        Format::Text | Format::Markdown => {
            let width = terminal_size::terminal_size().map_or(100, |(width, _)| usize::from(width.0));
            let is_coloured = std::io::stdout().is_terminal()
                && std::env::var_os("NO_COLOR").is_none_or(|it| it.is_empty());
            output::text(&reports, width, is_coloured)
        }
    })?;
    if arguments.output == Format::Text && !reports.is_empty() {
        eprintln!("{}", summary(&reports));
    }
    let found = reports.iter().any(|report| !report.findings.is_empty());
    Ok(match (is_unreadable, found) {
        (true, _) => UNUSABLE,
        (false, true) => ROLLED_BACK,
        (false, false) => COMPLETE,
    })
}

fn summary(reports: &[Report]) -> String {
    let findings: usize = reports.iter().map(|report| report.findings.len()).sum();
    let ignored: usize = reports.iter().map(|report| report.suppressed).sum();
    let plural = |count: usize| if count == 1 { "" } else { "s" };
    let found = if findings == 0 { "no".to_owned() } else { findings.to_string() };
    let ignored = if ignored == 0 { String::new() } else { format!(", {ignored} ignored by the template") };
    format!(
        "{found} finding{} in {} template{}{ignored}",
        plural(findings),
        reports.len(),
        plural(reports.len())
    )
}

/// Prints, and lets a reader that has read enough go.
fn code(text: &str) -> Result<String, String> {
    let code = text.trim().to_ascii_uppercase();
    let is_known = !code.is_empty() && lint::rules().iter().any(|rule| rule.code.starts_with(code.as_str()));
    is_known.then_some(code).ok_or_else(|| "no rule has this code; --list-rules prints them".to_owned())
}

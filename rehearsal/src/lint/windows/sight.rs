//! Whether something runs that the template does not show, and that may signal.

use std::collections::HashSet;

use super::inner::{Handed, handed};
use super::names::is_cmdlet;
use super::{Block, Language, Step, all, commands, is_trivial, is_understood, name, same};
use crate::lint::shell::{Command, PieceKind, Word};
use crate::lint::text::Text;

/// Commands that run what others have written.
const FOREIGN: [&str; 47] = [
    ".",
    "iex",
    "invoke-expression",
    "icm",
    "invoke-command",
    "start-process",
    "saps",
    "start",
    "start-job",
    "ii",
    "invoke-item",
    "invoke-wmimethod",
    "invoke-cimmethod",
    "start-dscconfiguration",
    "invoke-dscresource",
    "register-scheduledtask",
    "register-scheduledjob",
    "start-scheduledtask",
    "schtasks",
    "at",
    "send-ssmcommand",
    "start-ssmautomationexecution",
    "new-ssmassociation",
    "invoke-lmfunction",
    "import-module",
    "ipmo",
    "using",
    "python",
    "python3",
    "py",
    "perl",
    "ruby",
    "node",
    "java",
    "php",
    "dotnet",
    "wscript",
    "cscript",
    "mshta",
    "rundll32",
    "regsvr32",
    "wmic",
    "bash",
    "wsl",
    "chef-client",
    "puppet",
    "ansible-playbook",
];

/// Modules whose cmdlets do what they are called.
const MODULES: [&str; 12] = [
    "awspowershell",
    "aws.tools.",
    "servermanager",
    "webadministration",
    "activedirectory",
    "netsecurity",
    "bitstransfer",
    "dism",
    "iisadministration",
    "failoverclusters",
    "addsdeployment",
    "sqlps",
];

/// Endings of files that hold a script.
const SCRIPTS: [&str; 6] = [".ps1", ".psm1", ".bat", ".cmd", ".vbs", ".js"];

/// Programs that only install, set or copy what they are told to.
const KNOWN: [&str; 34] = [
    "msiexec",
    "cfn-init",
    "cfn-signal",
    "cfn-hup",
    "cfn-get-metadata",
    "powershell",
    "pwsh",
    "cmd",
    "net",
    "netsh",
    "netdom",
    "reg",
    "sc",
    "icacls",
    "aws",
    "choco",
    "w32tm",
    "tzutil",
    "dism",
    "bcdedit",
    "shutdown",
    "ipconfig",
    "diskpart",
    "fsutil",
    "robocopy",
    "xcopy",
    "curl",
    "timeout",
    "ping",
    "hostname",
    "wevtutil",
    "takeown",
    "certutil",
    "bitsadmin",
];

/// Whether a script hides something. `files` are the names, in small letters, of those that the template writes.
pub(in crate::lint) fn hides(
    language: Language,
    text: &Text,
    block: &Block,
    files: &HashSet<String>,
) -> bool {
    let functions: HashSet<String> = all(block)
        .into_iter()
        .filter_map(|statement| match &statement.step {
            Step::Function { name, .. } => Some(name.to_ascii_lowercase()),
            _ => None,
        })
        .collect();
    // What an object's method runs is not to be told.
    let lower = text.text.to_ascii_lowercase();
    let calls = [".start(", "::start(", "::load", "::create(", ".invoke(", "invokescript", ".run("];
    !is_understood(block)
        || calls.iter().any(|call| lower.contains(call))
        || commands(block).any(|command| runs_foreign(language, command, files, &functions))
}

fn runs_foreign(
    language: Language,
    command: &Command,
    files: &HashSet<String>,
    functions: &HashSet<String>,
) -> bool {
    let is_shown = |file: &str| {
        let file = file.rsplit(['/', '\\']).next().unwrap_or_default().to_ascii_lowercase();
        files.contains(file.trim_matches(['"', '\'']))
    };
    let Some(name) = name(command) else { return true };
    // What others have written to signal with.
    let is_own_name = ["signal", "quickstart", "launchwizard"].iter().any(|it| name.contains(it));
    if is_own_name && !is_tool(&name) && !KNOWN.contains(&name.as_str()) && !functions.contains(&name) {
        return true;
    }
    if is_trivial(language, command) && !matches!(name.as_str(), "import-module" | "ipmo") {
        return false;
    }
    if let Some(handed) = handed(command) {
        return match handed {
            Handed::File(word) => !word.literal().is_some_and(|file| is_shown(&file)),
            Handed::Unknown => true,
            Handed::Encoded(word) => word.literal().is_none(),
            // What is written in it is a script of its own.
            Handed::Script(..) => false,
        };
    }
    match name.as_str() {
        "start" | "start-process" | "saps" => return !starts_known(command),
        "import-module" | "ipmo" => return !imports_known(command),
        _ => {}
    }
    if SCRIPTS.iter().any(|ending| name.ends_with(ending)) {
        return !is_shown(&name);
    }
    if FOREIGN.contains(&name.as_str()) {
        return true;
    }
    let is_path = command.words.first().is_some_and(|word| word.beginning().contains(['\\', '/']));
    let is_known = KNOWN.contains(&name.as_str()) || functions.contains(&name);
    match language {
        Language::PowerShell => !is_known && (is_path || !is_cmdlet(&name)),
        _ => !is_known && is_path,
    }
}

/// The cmdlet that signals is looked at.
fn is_tool(name: &str) -> bool {
    name == "send-cfnresourcesignal"
}

/// Whether what is started is a program of Windows, or an installer.
fn starts_known(command: &Command) -> bool {
    let mut words = command.words.iter().skip(1).filter_map(Word::literal);
    words.any(|word| {
        let last = word.rsplit(['/', '\\']).next().unwrap_or_default().to_ascii_lowercase();
        ["msiexec", "msiexec.exe"].contains(&last.as_str())
    })
}

fn imports_known(command: &Command) -> bool {
    let mut words = command.arguments().iter().filter(|word| !word.beginning().starts_with('-'));
    let is_known = |word: &Word| {
        word.literal().is_some_and(|module| {
            let module = module.to_ascii_lowercase();
            MODULES.iter().any(|known| module.starts_with(known) || same(&module, known))
        })
    };
    words.clone().next().is_some()
        && words.all(|word| is_known(word) || word.pieces.iter().all(|it| it.kind == PieceKind::Other))
}

//! What is shown of each rule besides what it says itself: a template that breaks it, one that does not, and where what it
//! says is known from. The templates are those of its tests.

use crate::lint::RuleInfo;

/// The templates of a rule, and where it is known from.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Page {
    code: &'static str,
    /// A template that breaks the rule.
    pub bad: &'static str,
    /// The same, mended.
    pub good: &'static str,
    /// A document of who makes what the rule is about.
    pub source: &'static str,
}

/// What is shown of a rule.
#[must_use]
pub fn page(rule: &RuleInfo) -> Option<&'static Page> {
    PAGES.iter().find(|page| page.code == rule.code)
}

macro_rules! pages {
    ($($code:literal $source:ident),* $(,)?) => {
        [$(Page {
            code: $code,
            bad: include_str!(concat!("../../../tests/lint/", $code, "/bad.yaml")),
            good: include_str!(concat!("../../../tests/lint/", $code, "/good.yaml")),
            source: $source,
        }),*]
    };
}

const CREATION: &str = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-creationpolicy.html";
const UPDATE: &str =
    "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-updatepolicy.html";
const CONDITION: &str =
    "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-waitcondition.html";
const SIGNAL: &str = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/cfn-signal.html";
const INIT: &str = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/cfn-init.html";
const RESOURCE: &str =
    "https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_SignalResource.html";
const SUB: &str = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-sub.html";
const FUNCTIONS: &str = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html";
const REFERENCES: &str =
    "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html";
const FORMATS: &str = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html";
const LIMITS: &str =
    "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html";
const GROUP: &str = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-autoscaling-autoscalinggroup.html";
const DEPENDS: &str =
    "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-dependson.html";
const PRESIGNED: &str = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/RESTAuthentication.html";
const ROLE: &str =
    "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata-security-credentials.html";
const PARAMETERS: &str = "https://www.gnu.org/software/bash/manual/html_node/Special-Parameters.html";
const SET: &str = "https://www.gnu.org/software/bash/manual/html_node/The-Set-Builtin.html";
const PIPELINES: &str = "https://www.gnu.org/software/bash/manual/html_node/Pipelines.html";
const LISTS: &str = "https://www.gnu.org/software/bash/manual/html_node/Lists.html";
const TRAP: &str = "https://www.gnu.org/software/bash/manual/html_node/Bourne-Shell-Builtins.html";
const QUOTING: &str = "https://www.gnu.org/software/bash/manual/html_node/Quoting.html";
const REDIRECTIONS: &str = "https://www.gnu.org/software/bash/manual/html_node/Redirections.html";
const LOOPS: &str = "https://www.gnu.org/software/bash/manual/html_node/Looping-Constructs.html";
const AUTOMATIC: &str = "https://learn.microsoft.com/en-us/powershell/module/microsoft.powershell.core/about/about_automatic_variables";
const PREFERENCES: &str = "https://learn.microsoft.com/en-us/powershell/module/microsoft.powershell.core/about/about_preference_variables";
const CMD: &str = "https://learn.microsoft.com/en-us/windows-server/administration/windows-commands/cmd";
const CALL: &str = "https://learn.microsoft.com/en-us/windows-server/administration/windows-commands/call";
const AUTOMATION: &str =
    "https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-actions.html";
const FORMAT: &str = "https://docs.cloud-init.io/en/latest/explanation/format.html";
const MERGING: &str = "https://docs.cloud-init.io/en/latest/reference/merging.html";
const SHEBANG: &str = "https://man7.org/linux/man-pages/man2/execve.2.html";
const USER_DATA: &str = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html";

static PAGES: &[Page] = &pages![
    "CFS001" CREATION,
    "CFS002" UPDATE,
    "CFS003" CREATION,
    "CFS004" CREATION,
    "CFS005" RESOURCE,
    "CFS006" CREATION,
    "CFS007" CREATION,
    "CFS008" UPDATE,
    "CFS009" UPDATE,
    "CFS010" CONDITION,
    "CFS011" CONDITION,
    "CFS012" CONDITION,
    "CFS013" UPDATE,
    "CFS014" CREATION,
    "CFS015" UPDATE,
    "CFS016" UPDATE,
    "CFS017" CONDITION,
    "CFS018" CONDITION,
    "CFS019" CREATION,
    "CFS020" GROUP,
    "CFS021" UPDATE,
    "CFS022" DEPENDS,
    "CFS023" CONDITION,
    "CFS101" RESOURCE,
    "CFS102" CREATION,
    "CFS103" SIGNAL,
    "CFS104" SIGNAL,
    "CFS105" SIGNAL,
    "CFS106" SIGNAL,
    "CFS107" SIGNAL,
    "CFS108" RESOURCE,
    "CFS109" RESOURCE,
    "CFS110" LISTS,
    "CFS111" PRESIGNED,
    "CFS112" ROLE,
    "CFS113" RESOURCE,
    "CFS201" SET,
    "CFS202" PARAMETERS,
    "CFS203" PIPELINES,
    "CFS204" LISTS,
    "CFS205" TRAP,
    "CFS206" LISTS,
    "CFS207" INIT,
    "CFS208" QUOTING,
    "CFS209" LISTS,
    "CFS210" SIGNAL,
    "CFS211" SIGNAL,
    "CFS212" FORMAT,
    "CFS213" CREATION,
    "CFS214" INIT,
    "CFS215" PARAMETERS,
    "CFS216" REDIRECTIONS,
    "CFS217" LOOPS,
    "CFS218" TRAP,
    "CFS219" AUTOMATION,
    "CFS301" FORMAT,
    "CFS302" SUB,
    "CFS303" SIGNAL,
    "CFS304" SUB,
    "CFS305" SHEBANG,
    "CFS306" INIT,
    "CFS307" INIT,
    "CFS308" MERGING,
    "CFS309" USER_DATA,
    "CFS401" LIMITS,
    "CFS402" FORMATS,
    "CFS403" CREATION,
    "CFS411" AUTOMATIC,
    "CFS412" USER_DATA,
    "CFS413" CMD,
    "CFS414" AUTOMATIC,
    "CFS415" AUTOMATIC,
    "CFS416" CALL,
    "CFS417" PREFERENCES,
    "CFS430" FUNCTIONS,
    "CFS431" FORMATS,
    "CFS432" REFERENCES,
];

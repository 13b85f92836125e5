//! The rules: 0xx what waits, 1xx the command that signals, 2xx whether it is reached and with which status,
//! 3xx whether user data runs at all, 4xx what CloudFormation makes of the template, and from 411 what Windows makes of its
//! scripts.

mod automation;
mod boot;
mod by_init;
mod calls;
mod capacity;
mod clients;
mod conditions;
mod curl;
mod errexit;
mod flow;
mod foreign;
mod handles;
mod image;
mod lost_lines;
mod order;
mod outcome;
mod policies;
mod python;
mod roles;
mod routes;
mod status;
mod targets;
mod template;
mod timeouts;
mod timing;
mod traps;
mod trial;
mod tried;
mod unique_id;
mod unread;
mod updates;
mod waiting;
mod windows;

pub(super) use tried::findings as tried;

use super::finding::RuleInfo;
use super::rule::Rule;

/// Whether a rule only says that a template is refused: where another says why, it is silent.
pub(super) fn is_general(rule: &RuleInfo) -> bool {
    rule.code == template::REFUSED.info.code
}

/// Every rule, by its code.
pub(super) static ALL: &[Rule] = &[
    waiting::NOBODY_SIGNALS,
    waiting::NOBODY_SIGNALS_UPDATE,
    timeouts::TOO_LONG,
    timeouts::FORM,
    capacity::INSTANCE_COUNT,
    capacity::GROUP_COUNT,
    capacity::GROUP_DEFAULT,
    updates::PERCENT_WITHOUT_SIGNALS,
    updates::PAUSE,
    handles::UNUSED,
    handles::SHARED,
    handles::UPDATED,
    policies::NOT_UPDATES,
    policies::NOT_CREATION,
    policies::REPLACED,
    policies::SHORT_PAUSE,
    conditions::EARLY,
    conditions::OUT_OF_REACH,
    policies::ZERO,
    policies::SIZES,
    policies::LATEST,
    routes::NAT,
    conditions::FIRST_OF_SEVERAL,
    targets::RESOURCE,
    targets::NOBODY_WAITS,
    targets::STACK,
    targets::REGION,
    targets::NO_REGION,
    calls::BOTH_MODES,
    calls::INCOMPLETE,
    calls::DROPPED,
    unique_id::FOREIGN,
    curl::UNQUOTED,
    curl::REQUEST,
    roles::ARN,
    roles::PERMISSION,
    errexit::ERREXIT,
    status::STALE,
    status::PIPE,
    status::BACKGROUND,
    order::EARLY_EXPANSION,
    order::UNREACHABLE,
    order::BEFORE_INIT,
    order::LITERAL_STATUS,
    outcome::ONLY_SUCCESS,
    outcome::INIT_STATUS,
    outcome::CONSTANT,
    outcome::NOTHING,
    outcome::WORK_AFTER,
    by_init::BY_INIT,
    status::LAST_ONLY,
    timing::EARLY_STATUS_INSIDE,
    timing::ENDLESS,
    traps::ERR_ONLY,
    automation::ENDS,
    unread::NO_SHEBANG,
    unread::NOT_SUBSTITUTED,
    image::NOT_INSTALLED,
    unread::UNDEFINED,
    boot::FIRST_LINE,
    boot::INIT_NOT_RUN,
    boot::INIT_ELSEWHERE,
    boot::REPLACED,
    unread::TWICE,
    template::REFUSED,
    template::REPEATED,
    template::IGNORED,
    windows::BOOLEAN,
    windows::BATCH_FIRST,
    windows::EARLY_LEVEL,
    windows::NO_PROGRAM,
    windows::OTHERS_STATUS,
    windows::RAW_HANDLE,
    windows::STOPS,
    foreign::TAG,
    foreign::PLACEHOLDER,
    foreign::REFERENCE,
];

//! Records of what nothing is known of yet.

use std::time::Duration;

use super::super::bounded::Bounded;
use super::super::record::{ResourceRecord, Signals, StackRecord};
use super::{EVENTS, FAULTS, MARKS, SIZES, SPANS};
use crate::moment::Moment;
use crate::stack::STACK_TYPE;

pub(super) fn new_stack(name: &str) -> StackRecord {
    StackRecord {
        name: name.to_owned(),
        began: None,
        latest: Moment::from_millis(0),
        real: Duration::ZERO,
        status: None,
        operations: Bounded::new(SPANS.0, SPANS.1),
        resources: vec![ResourceRecord { is_stack: true, ..new_resource(name, STACK_TYPE) }],
        instances: Vec::new(),
        further_instances: 0,
        events: Bounded::new(EVENTS.0, EVENTS.1),
        faults: Bounded::new(FAULTS.0, FAULTS.1),
        advice: Vec::new(),
    }
}

pub(super) fn new_resource(logical_id: &str, resource_type: &str) -> ResourceRecord {
    ResourceRecord {
        is_stack: false,
        logical_id: logical_id.to_owned(),
        resource_type: resource_type.to_owned(),
        planned: None,
        handle: None,
        existed: false,
        status: None,
        reason: None,
        spans: Bounded::new(SPANS.0, SPANS.1),
        waits: Bounded::new(SPANS.0, SPANS.1),
        sizes: Bounded::new(SIZES.0, SIZES.1),
        signals: Signals { marks: Bounded::new(MARKS.0, MARKS.1), counts: Default::default() },
    }
}

use std::sync::atomic::{AtomicBool, Ordering};

use super::*;

struct Stack {
    name: String,
    id: String,
    deleted: AtomicBool,
}

impl Listed for Stack {
    fn name(&self) -> &str {
        &self.name
    }

    fn id(&self) -> &str {
        &self.id
    }

    fn is_deleted(&self) -> bool {
        self.deleted.load(Ordering::Relaxed)
    }
}

fn stack(name: &str, id: &str) -> Arc<Stack> {
    Arc::new(Stack { name: name.to_owned(), id: id.to_owned(), deleted: AtomicBool::new(false) })
}

fn found(roster: &Roster<Stack>, by: &str) -> Option<String> {
    roster.find(by).map(|it| it.id.clone())
}

#[test]
fn a_deleted_stack_leaves_its_name_and_keeps_its_arn() {
    let mut roster = Roster::default();
    let first = stack("web", "arn:1");
    assert_eq!(roster.add(Arc::clone(&first)), Ok(()));
    assert_eq!(roster.add(stack("web", "arn:2")), Err(NoPlace::Taken));
    assert_eq!(found(&roster, "web").as_deref(), Some("arn:1"));
    first.deleted.store(true, Ordering::Relaxed);
    assert_eq!(found(&roster, "web"), None);
    assert_eq!(found(&roster, "arn:1").as_deref(), Some("arn:1"));
    assert_eq!(roster.add(stack("web", "arn:2")), Ok(()));
    assert_eq!(found(&roster, "web").as_deref(), Some("arn:2"));
    let all: Vec<_> = roster.all().iter().map(|it| it.id.clone()).collect();
    assert_eq!(all, ["arn:2", "arn:1"]);
}

#[test]
fn deleted_stacks_are_forgotten_oldest_first_and_living_ones_never() {
    let mut roster = Roster::default();
    assert_eq!(roster.add(stack("kept", "arn:kept")), Ok(()));
    for number in 0..DELETED + 20 {
        let stack = stack("web", &format!("arn:{number}"));
        stack.deleted.store(true, Ordering::Relaxed);
        assert_eq!(roster.add(stack), Ok(()));
    }
    assert_eq!(roster.all().len(), DELETED + 1);
    assert_eq!(found(&roster, "arn:19"), None);
    assert_eq!(found(&roster, "arn:20").as_deref(), Some("arn:20"));
    assert_eq!(found(&roster, "kept").as_deref(), Some("arn:kept"));
    assert_eq!(roster.by_name.len(), 2);
}

#[test]
fn there_is_an_end_to_the_stacks() {
    let mut roster = Roster::default();
    for number in 0..STACKS {
        assert_eq!(roster.add(stack(&format!("s{number}"), &format!("arn:{number}"))), Ok(()));
    }
    assert_eq!(roster.check("more"), Err(NoPlace::Full));
}

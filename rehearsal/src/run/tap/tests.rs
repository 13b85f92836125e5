use super::*;

#[test]
fn of_much_output_the_beginning_and_the_end_are_shown() {
    let mut bounds = Bounds::default();
    let line = |number: usize| format!("{number:0>1023}");
    let shown =
        (0..AS_IT_COMES / 1024).filter(|number| bounds.pass(line(*number)) == Passed::Shown(line(*number)));
    assert_eq!(shown.count(), AS_IT_COMES / 1024);
    assert_eq!(bounds.pass(line(0)), Passed::FirstKept);
    for number in 1..1000 {
        assert_eq!(bounds.pass(line(number)), Passed::Kept);
    }
    let (left_out, last) = bounds.rest();
    assert_eq!(left_out.as_deref(), Some("800 lines, 819200 bytes, are left out here"));
    assert_eq!(last, (800..1000).map(line).collect::<Vec<_>>());
    assert_eq!(bounds.rest(), (None, VecDeque::new()));
}

#[test]
fn of_little_output_nothing_is_left_out() {
    let mut bounds = Bounds::default();
    assert_eq!(bounds.pass("one".to_owned()), Passed::Shown("one".to_owned()));
    assert_eq!(bounds.rest(), (None, VecDeque::new()));
}

//! The order of creation.

#[cfg(test)]
mod tests;

/// Puts `dependencies.len()` things into an order in which each comes after those it depends on, and else as they were;
/// `dependencies` holds, for each, the indices of others.
///
/// # Errors
///
/// A cycle: indices, each depending on the next, the last on the first.
pub(super) fn order(dependencies: &[Vec<usize>]) -> Result<Vec<usize>, Vec<usize>> {
    let mut ordered = Vec::with_capacity(dependencies.len());
    let mut done = vec![false; dependencies.len()];
    let is_done = |done: &[bool], index: usize| done.get(index).copied().unwrap_or(true);
    while ordered.len() < dependencies.len() {
        let ready = dependencies.iter().enumerate().find(|(index, needed)| {
            !is_done(&done, *index) && needed.iter().all(|needed| is_done(&done, *needed))
        });
        let Some((index, _)) = ready else {
            return Err(cycle(dependencies, &done));
        };
        if let Some(done) = done.get_mut(index) {
            *done = true;
        }
        ordered.push(index);
    }
    Ok(ordered)
}

/// The same where something may be no cycle after all: `opens` says which member of it waits for nobody. What is then left of
/// `dependencies` has none.
///
/// # Errors
///
/// A cycle that is one.
pub(super) fn order_but(
    dependencies: &mut [Vec<usize>],
    opens: impl Fn(&[usize]) -> Option<usize>,
) -> Result<Vec<usize>, Vec<usize>> {
    loop {
        let cycle = match order(dependencies) {
            Err(cycle) => cycle,
            ordered => return ordered,
        };
        let Some(free) = opens(&cycle) else { return Err(cycle) };
        let Some(needed) = dependencies.get_mut(free) else { return Err(cycle) };
        let before = needed.len();
        needed.retain(|it| !cycle.contains(it));
        if needed.len() == before {
            return Err(cycle);
        }
    }
}

/// Follows what is not done until something comes again.
fn cycle(dependencies: &[Vec<usize>], done: &[bool]) -> Vec<usize> {
    let is_open = |index: &usize| !done.get(*index).copied().unwrap_or(true);
    let mut way: Vec<usize> = Vec::new();
    let mut next = (0..dependencies.len()).find(is_open);
    while let Some(index) = next {
        if let Some(start) = way.iter().position(|earlier| *earlier == index) {
            return way.split_off(start);
        }
        way.push(index);
        next = dependencies.get(index).and_then(|needed| needed.iter().copied().find(is_open));
    }
    way
}

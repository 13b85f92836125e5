//! Time as a line: to scale where something happens, cut short where for long nothing does.
//!
//! A stack may wait twelve hours for a signal that a script was to send in its first second. To scale, that second would be
//! invisible. So spans in which nothing happens are drawn at a fixed width, and say how long they are, wherever they are
//! much longer than all that is between them.

use std::time::Duration;

use crate::moment::spoken;

/// A span is cut short if it is so many times as long as all the shorter ones together, …
const RATIO: u64 = 4;
/// … these being taken as at least so many milliseconds.
const FLOOR: u64 = 2000;
/// More cuts than this would leave nothing to see.
const MOST_CUTS: usize = 12;
/// Percent of the width: a cut at most, and all cuts together.
const CUT_WIDTH: f64 = 13.0;
const ALL_CUTS: f64 = 56.0;
/// Percent of the width of a stretch in which things happen at the same moment.
const LEAST_STRETCH: f64 = 5.0;
/// A cut narrower than this has no room for words.
const LABELLED: f64 = 9.0;
/// Pixels of the plot: on the narrowest screen, and on the narrowest of those that are wide in the style sheet's terms.
const SCREENS: (f64, f64) = (280.0, 380.0);
/// Pixels of a label's character, at most, and of the room between two labels.
const CHARACTER: f64 = 8.5;
const ROOM: f64 = 8.0;
/// Percent of the width between two round labels, about.
const APART: f64 = 12.0;

/// Where milliseconds since the beginning lie, in percent of the width.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Axis {
    pieces: Vec<Piece>,
}

/// A part of the axis.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Piece {
    /// Milliseconds.
    from: u64,
    to: u64,
    /// Percent.
    left: f64,
    width: f64,
    cut: bool,
}

/// A part that is cut short.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Cut {
    pub(super) left: f64,
    pub(super) width: f64,
    /// How long it really is.
    pub(super) span: Duration,
    /// Whether there is room to say so.
    pub(super) labelled: bool,
}

/// A label of the axis.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Tick {
    pub(super) left: f64,
    pub(super) text: String,
    /// Whether a narrow screen has room for it too.
    pub(super) always: bool,
}

impl Axis {
    /// For a history in which something happens at each of these.
    pub(super) fn new(mut instants: Vec<u64>) -> Self {
        instants.push(0);
        instants.sort_unstable();
        instants.dedup();
        let gaps: Vec<(u64, u64)> =
            instants.iter().zip(instants.iter().skip(1)).map(|(from, to)| (*from, *to)).collect();
        let least = least_cut(&gaps);
        let mut pieces: Vec<Piece> = Vec::new();
        let piece = |from, to, cut| Piece { from, to, left: 0.0, width: 0.0, cut };
        for (from, to) in gaps {
            let cut = least.is_some_and(|least| to - from >= least);
            match pieces.last_mut() {
                Some(last) if !cut && !last.cut => last.to = to,
                Some(last) if cut && last.cut => {
                    // What happens between two cuts is a stretch of its own, however short.
                    pieces.extend([piece(from, from, false), piece(from, to, true)]);
                }
                None if cut => pieces.extend([piece(from, from, false), piece(from, to, true)]),
                _ => pieces.push(piece(from, to, cut)),
            }
        }
        let end = instants.last().copied().unwrap_or_default();
        if pieces.last().is_none_or(|last| last.cut) {
            pieces.push(piece(end, end, false));
        }
        lay_out(&mut pieces);
        Self { pieces }
    }

    /// Where this is.
    pub(super) fn place(&self, at: u64) -> f64 {
        let last = self.pieces.last();
        let Some(piece) = self.pieces.iter().find(|it| at < it.to || (at == it.to && !it.cut)).or(last)
        else {
            return 0.0;
        };
        if piece.to == piece.from {
            return piece.left;
        }
        let share =
            at.saturating_sub(piece.from).min(piece.to - piece.from) as f64 / (piece.to - piece.from) as f64;
        piece.left + piece.width * share
    }

    /// The parts that are cut short.
    pub(super) fn cuts(&self) -> Vec<Cut> {
        self.pieces
            .iter()
            .filter(|it| it.cut)
            .map(|it| Cut {
                left: it.left,
                width: it.width,
                span: Duration::from_millis(it.to - it.from),
                labelled: it.width >= LABELLED,
            })
            .collect()
    }

    /// The labels, from left to right, none too close to another.
    pub(super) fn ticks(&self) -> Vec<Tick> {
        let stretches = || self.pieces.iter().filter(|it| !it.cut);
        let mut wanted: Vec<u64> = stretches().map(|it| it.from).collect();
        wanted.extend(self.pieces.last().map(|it| it.to));
        for stretch in stretches() {
            let step = step(stretch);
            let first = stretch.from.div_ceil(step) * step;
            wanted.extend((0..40).map(|n| first + n * step).take_while(|it| *it < stretch.to));
        }
        let mut ticks: Vec<Tick> = Vec::new();
        for (screen, always) in [(SCREENS.0, true), (SCREENS.1, false)] {
            for &at in &wanted {
                let tick = Tick { left: self.place(at), text: label(at), always };
                if ticks.iter().all(|it| it.text != tick.text && it.is_clear_of(&tick, screen)) {
                    ticks.push(tick);
                }
            }
        }
        ticks.sort_by(|a, b| a.left.total_cmp(&b.left));
        ticks
    }
}

/// How a label lies to its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// It begins there: nothing is before it.
    Right,
    /// It is centred.
    Middle,
    /// It ends there.
    Left,
}

impl Tick {
    /// How it lies, lest it leave the plot.
    pub(super) fn side(&self) -> Side {
        // Half of a long label is a seventh of the narrowest plot.
        match self.left {
            left if left < 14.0 && left < self.half(SCREENS.0) => Side::Right,
            left if left > 86.0 && 100.0 - left < self.half(SCREENS.0) => Side::Left,
            _ => Side::Middle,
        }
    }

    /// Half of its width, in percent of a plot of so many pixels.
    fn half(&self, screen: f64) -> f64 {
        self.text.chars().count() as f64 * CHARACTER / screen * 50.0
    }

    /// From where to where it reaches, in percent of a plot of so many pixels.
    fn reach(&self, screen: f64) -> (f64, f64) {
        let half = self.half(screen);
        match self.side() {
            Side::Right => (self.left, self.left + 2.0 * half),
            Side::Middle => (self.left - half, self.left + half),
            Side::Left => (self.left - 2.0 * half, self.left),
        }
    }

    fn is_clear_of(&self, other: &Self, screen: f64) -> bool {
        let room = ROOM / screen * 100.0;
        let ((from, to), (other_from, other_to)) = (self.reach(screen), other.reach(screen));
        to + room <= other_from || other_to + room <= from
    }
}

/// The length from which spans are cut short, if any are.
fn least_cut(gaps: &[(u64, u64)]) -> Option<u64> {
    let mut lengths: Vec<u64> = gaps.iter().map(|(from, to)| to - from).collect();
    lengths.sort_unstable();
    let mut shorter = 0;
    for (index, &length) in lengths.iter().enumerate() {
        if length > RATIO * shorter.max(FLOOR) && lengths.len() - index <= MOST_CUTS {
            return Some(length);
        }
        shorter += length;
    }
    None
}

/// Cuts have one width, stretches share the rest by their length.
fn lay_out(pieces: &mut [Piece]) {
    let cuts = pieces.iter().filter(|it| it.cut).count() as f64;
    let stretches = pieces.len() as f64 - cuts;
    let cut_width = if cuts > 0.0 { CUT_WIDTH.min(ALL_CUTS / cuts) } else { 0.0 };
    let rest = 100.0 - cuts * cut_width;
    let length = |it: &Piece| (it.to - it.from) as f64;
    let total: f64 = pieces.iter().filter(|it| !it.cut).map(length).sum();
    let least = LEAST_STRETCH.min(rest / stretches.max(1.0) / 2.0);
    let shared = rest - least * stretches;
    let mut left = 0.0;
    for piece in pieces {
        piece.left = left;
        piece.width = match (piece.cut, total > 0.0) {
            (true, _) => cut_width,
            (false, true) => least + shared * length(piece) / total,
            (false, false) => rest / stretches,
        };
        left += piece.width;
    }
}

/// A round span, about so long that labels have room.
fn step(stretch: &Piece) -> u64 {
    const ROUND: [u64; 24] = [
        1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 30_000, 60_000, 300_000, 600_000,
        900_000, 1_800_000, 3_600_000, 7_200_000, 14_400_000, 43_200_000, 86_400_000,
    ];
    let wanted = (stretch.to - stretch.from) as f64 * APART / stretch.width.max(APART);
    ROUND.into_iter().find(|it| *it as f64 >= wanted).unwrap_or(86_400_000)
}

/// `0 s`, `250 ms`, `5 min`: since the beginning. Breaks between its parts only.
fn label(at: u64) -> String {
    if at > 0 && at < 1000 { format!("{at}\u{a0}ms") } else { unbroken(&spoken(Duration::from_millis(at))) }
}

/// `4 min 58 s`, which breaks before `58` and nowhere else.
pub(super) fn unbroken(spoken: &str) -> String {
    let mut out = String::with_capacity(spoken.len());
    for (index, word) in spoken.split(' ').enumerate() {
        if index > 0 {
            out.push(if index % 2 == 1 { '\u{a0}' } else { ' ' });
        }
        out.push_str(word);
    }
    out
}

#[cfg(test)]
mod tests;

//! How many of a group's instances serve, drawn beneath the time line and on the same axis.

use maud::{Markup, html};

use super::super::record::{ResourceRecord, StackRecord};
use super::super::service::{Need, shortfalls, sizes, words};
use super::axis::Axis;
use super::parts::{bdi, table, time};
use super::plot::{background, percent, scale};
use crate::moment::Moment;
use crate::stack::Capacity;

/// Units of the drawing's width and height.
const WIDTH: f64 = 1000.0;
const HEIGHT: f64 = 100.0;
/// Of that, what is left free above the most.
const ABOVE: f64 = 12.0;
/// Rows of the table.
const ROWS: usize = 200;

/// The groups of a stack that have had instances; nothing where there are none.
pub(super) fn figure(stack: &StackRecord, axis: &Axis, anchor: &str) -> Markup {
    let groups: Vec<_> = stack.own_resources().filter(|it| !it.sizes.is_empty()).collect();
    let caption = format!("{anchor}-service");
    html! {
        @if !groups.is_empty() {
            h3 id=(caption) { "Instances in service" }
            figure aria-labelledby=(caption) style={ "--plot:" (background(axis)) } {
                (scale(axis))
                ol.rows { @for group in &groups { (row(stack, group, axis)) } }
                figcaption {
                    ul.legend {
                        li { span.sample.serving {} " in service" }
                        li { (sample("wanted")) " wanted" }
                        li { (sample("least")) " MinInstancesInService" }
                        li { (sample("running")) " running, in service or not" }
                        li { span.sample.short {} " too few" }
                    }
                }
            }
            @for group in &groups { (numbers(stack, group)) }
        }
    }
}

fn sample(class: &str) -> Markup {
    html! {
        svg.sample.stroke viewBox="0 0 24 8" aria-hidden="true" { path class={ "step " (class) } d="M0 4H24" {} }
    }
}

fn row(stack: &StackRecord, group: &ResourceRecord, axis: &Axis) -> Markup {
    let began = stack.began.unwrap_or(Moment::from_millis(0));
    let sizes = sizes(group, stack.latest);
    let words = words(&sizes, began);
    let short = !shortfalls(&sizes, Need::Least).is_empty();
    let draw = Draw { axis, began, most: most(&sizes), sizes: &sizes };
    let label = format!("Instances in service of {}: {} A table follows.", group.logical_id, words.join(" "));
    html! {
        li.row {
            div.who {
                strong { (bdi(&group.logical_id)) }
                @for (index, text) in words.iter().enumerate() {
                    div class=(if short && index == 0 { "bad" } else { "said" }) { (text) }
                }
            }
            div.plot.tall role="img" aria-label=(label) {
                div.scale.service {
                    svg viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } preserveAspectRatio="none" aria-hidden="true" {
                        @for level in draw.levels() { path.level d={ "M0 " (draw.height(level)) "H" (WIDTH) } {} }
                        path.serving d=(draw.area()) {}
                        @for area in draw.short() { path.short d=(area) {} }
                        path.step.running d=(draw.steps(|it| Some(it.instances))) {}
                        path.step.in-service d=(draw.steps(|it| Some(it.in_service))) {}
                        path.step.wanted d=(draw.steps(|it| Some(it.wanted))) {}
                        path.step.least d=(draw.steps(|it| it.kept)) {}
                    }
                    @for level in draw.levels() {
                        span.level style={ "top:" (percent(draw.height(level))) } { (level) }
                    }
                }
            }
        }
    }
}

fn most(sizes: &[(&Capacity, Moment)]) -> u32 {
    let each = |it: &Capacity| it.instances.max(it.wanted).max(it.kept.unwrap_or_default());
    sizes.iter().map(|(it, _)| each(it)).max().unwrap_or_default().max(1)
}

struct Draw<'a> {
    axis: &'a Axis,
    began: Moment,
    most: u32,
    sizes: &'a [(&'a Capacity, Moment)],
}

impl Draw<'_> {
    fn across(&self, at: Moment) -> f64 {
        let millis = u64::try_from(at.since(self.began).as_millis()).unwrap_or(u64::MAX);
        round(self.axis.place(millis) / 100.0 * WIDTH)
    }

    fn height(&self, count: u32) -> f64 {
        round(HEIGHT - f64::from(count) / f64::from(self.most) * (HEIGHT - ABOVE))
    }

    /// Numbers that have a line: none, the most, and a few between.
    fn levels(&self) -> Vec<u32> {
        let step = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].into_iter().find(|it| self.most / it <= 4);
        let step = step.unwrap_or(self.most.div_ceil(4)).max(1);
        (0..=self.most / step).map(|it| it * step).collect()
    }

    /// A line from step to step; where there is no value it has a gap.
    fn steps(&self, value: impl Fn(&Capacity) -> Option<u32>) -> String {
        let mut path = String::new();
        let mut drawn = false;
        for (size, until) in self.sizes {
            let Some(value) = value(size) else {
                drawn = false;
                continue;
            };
            let (from, to, height) = (self.across(size.at), self.across(*until), self.height(value));
            let head = if drawn { format!("V{height}") } else { format!("M{from} {height}") };
            path.push_str(&format!("{head}H{to}"));
            drawn = true;
        }
        path
    }

    fn area(&self) -> String {
        self.sizes.iter().map(|(it, until)| self.block(it.at, *until, 0, it.in_service)).collect()
    }

    /// Where there are fewer than have to be.
    fn short(&self) -> Vec<String> {
        let short = |it: &&(&Capacity, Moment)| it.0.kept.is_some_and(|least| it.0.in_service < least);
        let block = |(it, until): &(&Capacity, Moment)| {
            self.block(it.at, *until, it.in_service, it.kept.unwrap_or_default())
        };
        self.sizes.iter().filter(short).map(block).collect()
    }

    fn block(&self, since: Moment, until: Moment, low: u32, high: u32) -> String {
        let (left, right) = (self.across(since), self.across(until));
        format!("M{left} {}V{}H{right}V{}z", self.height(low), self.height(high), self.height(low))
    }
}

fn round(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

/// The same in numbers.
fn numbers(stack: &StackRecord, group: &ResourceRecord) -> Markup {
    let began = stack.began.unwrap_or(Moment::from_millis(0));
    let sizes = sizes(group, stack.latest);
    let rows = html! {
        @for (size, _) in sizes.iter().take(ROWS) {
            tr role="row" {
                (time(size.at.max(began), began))
                td role="cell" { span.unwide { "in service " } (size.in_service) }
                td role="cell" { span.unwide { "running " } (size.instances) }
                td role="cell" { span.unwide { "wanted " } (size.wanted) }
                td role="cell" { span.unwide { "at least " } (size.kept.map_or("–".to_owned(), |it| it.to_string())) }
            }
        }
    };
    let caption = format!("Instances in service of {}", group.logical_id);
    let columns = ["Time (UTC)", "In service", "Running", "Wanted", "MinInstancesInService"];
    let left = sizes.len().saturating_sub(ROWS) as u64 + group.sizes.dropped();
    html! {
        details {
            summary { "In numbers: " (bdi(&group.logical_id)) }
            div.numbers { (table(&caption, &columns, &rows, left)) }
        }
    }
}

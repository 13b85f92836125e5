//! `cfn-rehearse serve`: requests a second, and what stacks, events and signals cost as they become many.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use cfn_signal_benches::figures::{count, size, time};
use cfn_signal_benches::page::Table;
use cfn_signal_benches::spread::Spread;
use cfn_signal_tests::rehearsal::Served;
use rustix::process::Pid;
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

use crate::Run;
use crate::connection::Connection;
use crate::report::Report;

/// Connections that are kept, one request on its way on each.
const CONNECTIONS: usize = 32;
/// How many signals there are when it is looked at.
const SIGNALS: [usize; 5] = [10, 100, 1000, 10_000, 100_000];
/// How many stacks: an account has no more than the last.
const STACKS: [usize; 4] = [10, 100, 1000, 2000];
/// A stack that waits for a signal, as a query has it.
const TEMPLATE: &str = "Resources%3A%0A%20%20Server%3A%0A%20%20%20%20Type%3A%20AWS%3A%3AEC2%3A%3AInstance%0A%20%20%20%20\
    CreationPolicy%3A%20%7BResourceSignal%3A%20%7BTimeout%3A%20PT12H%7D%7D%0A";

pub fn measure(run: &Run, report: &mut Report) {
    let before = sched_getaffinity(None);
    signals(run, report);
    stacks(run, report);
    if let Ok(all) = before {
        let _ = sched_setaffinity(None, &all);
    }
}

fn signals(run: &Run, report: &mut Report) {
    let server = Watched::new(Served::start("wide-group.yaml", &[]).unwrap());
    report.section(
        "Rehearsal: signals and events",
        &format!(
            "`SignalResource` to one stack over {CONNECTIONS} kept connections, each request signed, verified and counted. The server has \
             {}; the clients have the rest. A second is one of the server's processor. Each signal is an event of the stack.\n",
            server.place
        ),
    );
    let empty = server.resident();
    let mut table = Table::new(&[
        "signals and events",
        "counted, a second of a core",
        "by the wall",
        "first page of the events",
        "resident",
        "for each",
    ]);
    let (mut before, mut last) = (0, (0.0, 0.0));
    for milestone in &SIGNALS[..run.times(SIGNALS.len(), 3)] {
        let rate = load(&server, milestone - before, |connection, number| {
            let number = before + number;
            let parameters =
                format!("LogicalResourceId=Web&StackName=web&Status=SUCCESS&UniqueId=i-{number:017x}");
            connection.call("SignalResource", &parameters);
        });
        before = *milestone;
        let page = latency(run, &server, "DescribeStackEvents", "StackName=web");
        let resident = server.resident();
        last = (rate.by_core, for_each(empty, resident, *milestone));
        table.row(&[
            count(number(*milestone)),
            told_rate(rate.by_core, *milestone),
            told_rate(rate.by_wall, *milestone),
            page.told(time),
            size(resident),
            told_each(last.1, *milestone),
        ]);
    }
    report.add(table.text());
    report.row(
        "signals that a rehearsal verifies (SigV4) and counts, on one core",
        &format!("{} a second", count(last.0)),
        "",
        "",
    );
    report.say(format!(
        "A rehearsal holds {}, and {} more for each signal that counts.",
        size(empty),
        size(last.1)
    ));

    // Ids that are none of an instance: accepted, never counted, and not kept.
    let (before, many) = (server.resident(), run.times(100_000, 1000));
    let rate = load(&server, many, |connection, number| {
        let parameters =
            format!("LogicalResourceId=Web&StackName=web&Status=SUCCESS&UniqueId=nobody-{number}");
        connection.call("SignalResource", &parameters);
    });
    report.add(&format!(
        "With ids of no instance, which do not count: {} a second of a core; {} more resident after {} of them.\n",
        count(rate.by_core),
        size((server.resident() - before).max(0.0)),
        count(number(many))
    ));
}

fn stacks(run: &Run, report: &mut Report) {
    let server = Watched::new(Served::account(&[]).unwrap());
    report.section(
        "Rehearsal: stacks",
        "Stacks of one instance each, all of which wait for a signal, created over as many connections. The most is what an account may \
         have.\n",
    );
    let empty = server.resident();
    let mut table = Table::new(&[
        "stacks",
        "created, a second of a core",
        "by the wall",
        "`DescribeStacks` of one",
        "first page of `ListStacks`",
        "resident",
        "for each",
    ]);
    let mut before = 0;
    for milestone in &STACKS[..run.times(STACKS.len(), 3)] {
        let rate = load(&server, milestone - before, |connection, number| {
            let parameters = format!("StackName=stack-{}&TemplateBody={TEMPLATE}", before + number);
            connection.call("CreateStack", &parameters);
        });
        before = *milestone;
        let one = latency(run, &server, "DescribeStacks", "StackName=stack-5");
        let page = latency(run, &server, "ListStacks", "StackStatusFilter.member.1=CREATE_IN_PROGRESS");
        let resident = server.resident();
        table.row(&[
            count(number(*milestone)),
            told_rate(rate.by_core, *milestone),
            told_rate(rate.by_wall, *milestone),
            one.told(time),
            page.told(time),
            size(resident),
            told_each(for_each(empty, resident, *milestone), *milestone),
        ]);
    }
    report.add(table.text());
}

fn number(of: usize) -> f64 {
    f64::from(u32::try_from(of).unwrap())
}

fn for_each(empty: f64, resident: f64, of: usize) -> f64 {
    (resident - empty).max(0.0) / number(of)
}

/// Of few it is the pages of memory that are told, and ticks of a clock.
fn told_each(each: f64, of: usize) -> String {
    if of < 1000 { String::new() } else { size(each) }
}

fn told_rate(rate: f64, of: usize) -> String {
    if of < 1000 { String::new() } else { count(rate) }
}

/// Of a call on a connection of its own.
fn latency(run: &Run, server: &Watched, action: &str, parameters: &str) -> Spread {
    let mut connection = Connection::open(&server.served);
    let mut sample = || {
        let begun = Instant::now();
        connection.call(action, parameters);
        begun.elapsed().as_secs_f64()
    };
    sample();
    Spread::of(&(0..run.times(200, 20)).map(|_| sample()).collect::<Vec<_>>())
}

/// A second.
struct Rate {
    /// By the clock on the wall, which other programs slow down.
    by_wall: f64,
    /// By the time that the server had the core.
    by_core: f64,
}

/// Does something so often, over all connections.
fn load(server: &Watched, times: usize, one: impl Fn(&mut Connection, usize) + Sync) -> Rate {
    let next = AtomicUsize::new(0);
    let (begun, used) = (Instant::now(), server.core_time());
    std::thread::scope(|scope| {
        for _ in 0..CONNECTIONS.min(times) {
            scope.spawn(|| {
                let mut connection = Connection::open(&server.served);
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= times {
                        return;
                    }
                    one(&mut connection, number);
                }
            });
        }
    });
    let times = number(times);
    Rate {
        by_wall: times / begun.elapsed().as_secs_f64(),
        by_core: times / (server.core_time() - used).max(1e-9),
    }
}

/// A rehearsal, and its process.
struct Watched {
    served: Served,
    process: Pid,
    place: &'static str,
}

impl Watched {
    /// Gives the server the first core and us the rest, where there are several and the system lets us.
    fn new(served: Served) -> Self {
        let process = Pid::from_raw(i32::try_from(served.id()).unwrap()).unwrap();
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get);
        let (mut first, mut rest) = (CpuSet::new(), CpuSet::new());
        first.set(0);
        (1..cores.max(2)).for_each(|core| rest.set(core));
        let pinned =
            sched_setaffinity(Some(process), &first).is_ok() && sched_setaffinity(None, &rest).is_ok();
        Self { served, process, place: if pinned { "a core of its own" } else { "whatever core it gets" } }
    }

    /// Seconds of a core that it has used, the system's for it included.
    fn core_time(&self) -> f64 {
        let stat = self.read("stat");
        // The name, in brackets, may hold anything; user and system time are the 14th and 15th fields of all.
        let (_, fields) = stat.rsplit_once(')').unwrap();
        let ticks: f64 =
            fields.split_whitespace().skip(11).take(2).map(|it| it.parse::<f64>().unwrap()).sum();
        ticks / f64::from(u32::try_from(rustix::param::clock_ticks_per_second()).unwrap())
    }

    /// Resident memory, in bytes.
    fn resident(&self) -> f64 {
        let status = self.read("status");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.split_whitespace().next().unwrap().parse::<f64>().unwrap() * 1024.0
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(format!("/proc/{}/{name}", self.process.as_raw_nonzero())).unwrap()
    }
}

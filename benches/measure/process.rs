//! One signal as a whole process, from before it is started to its end.

use std::path::Path;

use cfn_signal_benches::cells::{Contender, Run as Took, Runs};
use cfn_signal_benches::figures::{ratio, size, time};
use cfn_signal_benches::page::Table;
use cfn_signal_benches::spread::{Spread, mean};
use cfn_signal_tests::binaries;

use crate::Run;
use crate::launcher::launch;
use crate::report::Report;
use crate::server::{Server, text};

const ID: &str = "i-0123456789abcdef0";
const HANDLE: &str = "a wait condition's handle";
const INSTALLED: &str = "`cfn-signal`, static";
const BUILT: &str = "`cfn-signal`, as cargo builds it";

pub fn measure(run: &Run, report: &mut Report) {
    let server = Server::start();
    report.section("One signal, whole process", INTRODUCTION);
    for (scheme, url) in [("HTTP", &server.http), ("HTTPS", &server.https)] {
        let case = Case { run, server: &server, url };
        if scheme == "HTTPS" {
            report.add(&format!(
                "HTTPS: the server's certificate is signed by one of {} that are trusted: the system's, and its own.\n",
                server.trusted
            ));
        }
        // What README has is the nearest to what instances do.
        let plain = scheme == "HTTP";
        compare(report, &case, &format!("{HANDLE} over {scheme}"), &case.handle(), true);
        compare(
            report,
            &case,
            &format!("SignalResource, Signature Version 4, over {scheme}"),
            &case.signed(),
            !plain,
        );
        compare(report, &case, &format!("SignalResource, CFN_V1, over {scheme}"), &case.instance(), !plain);
    }
    report.section("From the start", STARTS);
    let case = Case { run, server: &server, url: &server.http };
    let contenders = case.starts();
    let runs = launch(&contenders);
    report.add(table(&contenders, &runs).text());
}

const INTRODUCTION: &str = "Medians, and the quartiles in brackets; user and system time are means, because the system counts them in ticks. \
    Every command runs in turn with the others, against a server on loopback in the measuring process, which counts the signals: \
    all of them arrived. The first of each table is what the others are beside: a ratio below 1 is in its favour. It is the static \
    command, which packages, archives and images have; what cargo builds, beside it, needs this machine's C library.\n";
const STARTS: &str = "What takes no network: what a process takes to begin and to end, and with `--dry-run` all but the sending: the \
    command line, the component loaded and instantiated, the request signed.\n";

struct Case<'a> {
    run: &'a Run,
    server: &'a Server,
    url: &'a str,
}

impl Case<'_> {
    fn handle(&self) -> Vec<Contender> {
        let handle = format!("{}/handle?Signature=abc", self.url);
        let mut all = self.ours(&["-i", ID, &handle]);
        let body = format!(r#"{{"Status": "SUCCESS", "Reason": "", "Data": "", "UniqueId": "{ID}"}}"#);
        let put = ["-sSf", "-X", "PUT", "-H", "Content-Type:", "--data-binary", &body, &handle];
        all.extend(self.curl("`curl`, the same PUT", &put));
        all
    }

    fn signed(&self) -> Vec<Contender> {
        let resource = ["--stack", "S", "--resource", "R", "--region", "eu-west-1", "--id", ID];
        let mut all = self.ours(&[&["--auth", "sigv4", "--url", self.url][..], &resource].concat());
        let request = format!(
            "{}/?Action=SignalResource&ContentType=JSON&LogicalResourceId=R&StackName=S&Status=SUCCESS&UniqueId={ID}&Version=2010-05-15",
            self.url
        );
        let key = "AKIDEXAMPLEEXAMPLE00:wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
        let get = ["-sSf", "--aws-sigv4", "aws:amz:eu-west-1:cloudformation", "--user", key, &request];
        all.extend(self.curl("`curl --aws-sigv4`", &get));
        let signal =
            ["--stack-name", "S", "--logical-resource-id", "R", "--unique-id", ID, "--status", "SUCCESS"];
        if let Some(aws) = self.run.peers.script("aws") {
            let to = [&*text(&aws), "cloudformation", "signal-resource", "--endpoint-url", self.url];
            let command = [&to[..], &["--region", "eu-west-1"], &signal].concat();
            all.push(self.slow("`aws cloudformation signal-resource`", &command));
        }
        if let Some(python) = &self.run.peers.python {
            let program = format!(
                "import boto3; boto3.client('cloudformation', region_name='eu-west-1', endpoint_url='{}').signal_resource(\
                 StackName='S', LogicalResourceId='R', UniqueId='{ID}', Status='SUCCESS')",
                self.url
            );
            all.push(self.slow("boto3, one line of Python", &[&text(python), "-c", &program]));
        }
        all
    }

    fn instance(&self) -> Vec<Contender> {
        let metadata = [
            "--stack",
            "S",
            "--resource",
            "R",
            "--region",
            "eu-west-1",
            "--auth",
            "instance",
            "--url",
            self.url,
        ];
        let mut all = self.ours(&metadata);
        if self.run.peers.curl.is_some() {
            let script = format!(
                "set -e; token=$(curl -sSf -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' {metadata}/latest/api/token)\n\
                 get() {{ curl -sSf -H \"X-aws-ec2-metadata-token: $token\" {metadata}/latest/$1; }}\n\
                 id=$(get meta-data/instance-id)\n\
                 document=$(get dynamic/instance-identity/document | base64 -w 0)\n\
                 signature=$(get dynamic/instance-identity/signature | tr -d '\\n')\n\
                 curl -sSf -H \"Authorization: CFN_V1 $document:$signature\" '{}/?Action=SignalResource&ContentType=JSON\
                 &LogicalResourceId=R&StackName=S&Status=SUCCESS&Version=2010-05-15&UniqueId='$id",
                self.url,
                metadata = self.server.http
            );
            all.push(self.contender("a shell and five times `curl`", &["sh", "-c", &script], (60, 4)));
        }
        all
    }

    fn starts(&self) -> Vec<Contender> {
        let resource = ["--stack", "S", "--resource", "R", "--region", "eu-west-1", "--id", ID];
        let dry = [&["--dry-run", "--auth", "sigv4", "--url", self.url][..], &resource].concat();
        let mut all = Vec::new();
        for (what, arguments) in
            [("`--version`", &["--version"][..]), ("`--dry-run`, Signature Version 4", &dry)]
        {
            all.extend(self.ours(arguments).into_iter().map(|mut it| {
                it.who = format!("{}, {what}", it.who);
                it
            }));
        }
        all.extend(self.curl("`curl --version`", &["--version"]));
        if let Some(python) = &self.run.peers.python {
            let python = text(python);
            all.push(self.slow("Python, nothing", &[&python, "-c", "pass"]));
            all.push(self.slow("Python, `import boto3`", &[&python, "-c", "import boto3"]));
        }
        if let Some(aws) = self.run.peers.script("aws") {
            all.push(self.slow("`aws --version`", &[&text(&aws), "--version"]));
        }
        all
    }

    /// What people install first, where `make bench` could build it.
    fn ours(&self, arguments: &[&str]) -> Vec<Contender> {
        let built = binaries::command("cfn-signal");
        let installed = self.run.peers.installed.as_deref().map(|it| (INSTALLED, it));
        let both = installed.into_iter().chain([(BUILT, &*built)]);
        both.map(|(who, program)| {
            let program = text(program);
            self.contender(who, &[&[&*program][..], arguments].concat(), (300, 10))
        })
        .collect()
    }

    fn curl(&self, who: &str, arguments: &[&str]) -> Option<Contender> {
        let program = text(Path::new(self.run.peers.curl.as_ref()?));
        Some(self.contender(who, &[&[&*program][..], arguments].concat(), (300, 10)))
    }

    fn slow(&self, who: &str, command: &[&str]) -> Contender {
        self.contender(who, command, (15, 2))
    }

    /// It runs so often, or in a quick run as often as the second number says.
    fn contender(&self, who: &str, command: &[&str], (whole, quick): (usize, usize)) -> Contender {
        let bundle = text(&self.server.bundle);
        let environment = [
            ("PATH", &*std::env::var("PATH").unwrap()),
            ("HOME", "/nonexistent"),
            ("AWS_EC2_METADATA_SERVICE_ENDPOINT", &self.server.http),
            ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLEEXAMPLE00"),
            ("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
            // What OpenSSL takes in place of the system's file, and what botocore does.
            ("SSL_CERT_FILE", &bundle),
        ];
        let mut environment: Vec<_> =
            environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        if self
            .run
            .peers
            .python
            .as_deref()
            .is_some_and(|it| command[0].starts_with(&*text(it.parent().unwrap())))
        {
            environment.push(("AWS_CA_BUNDLE".to_owned(), bundle));
        }
        Contender {
            who: who.to_owned(),
            command: command.iter().map(|it| (*it).to_owned()).collect(),
            environment,
            runs: self.run.times(whole, quick),
            may_fail: false,
        }
    }
}

fn compare(report: &mut Report, case: &Case<'_>, what: &str, contenders: &[Contender], is_told: bool) {
    let before = case.server.signals();
    let runs = launch(contenders);
    // Each ran once more, before.
    let sent: usize = contenders.iter().map(|contender| contender.runs + 1).sum();
    assert_eq!(case.server.signals() - before, sent, "{what}: signals that did not arrive, or arrived twice");
    report.add(&format!("### {what}\n"));
    report.add(table(contenders, &runs).text());
    report
        .add(&format!("No peak can be told that is lower than {}, the launcher's own.\n", size(runs.floor)));
    if !is_told {
        return;
    }
    let median =
        |runs: &[Took], of: fn(&Took) -> f64| Spread::of(&runs.iter().map(of).collect::<Vec<_>>()).median;
    let ours = &runs.runs[0];
    for (contender, peer) in contenders.iter().zip(&runs.runs).skip(1) {
        if contender.who == BUILT {
            report.say(format!(
                "Over {what} cargo's own build takes {} in place of {}, and {} of memory.",
                time(median(peer, |it| it.wall)),
                time(median(ours, |it| it.wall)),
                size(median(peer, |it| it.peak))
            ));
            continue;
        }
        let mut row = |what: &str, figure: fn(f64) -> String, of: fn(&Took) -> f64| {
            let (here, there) = (median(ours, of), median(peer, of));
            let beside = format!("{}: {}", figure(there), contender.who);
            report.row(what, &figure(here), &beside, &ratio(here, there));
        };
        row(&format!("one signal as a whole process, {what}"), time, |it| it.wall);
        if contender.who.starts_with("`curl") {
            row("its processor time", time, processor);
            row("its peak memory", size, |it| it.peak);
        }
    }
}

fn processor(run: &Took) -> f64 {
    run.user + run.system
}

/// The first is what the others are beside.
pub fn table(contenders: &[Contender], runs: &Runs) -> Table {
    let heads =
        ["", "runs", "wall", "processor", "user", "system", "peak memory", "wall, ratio", "processor, ratio"];
    let mut table = Table::new(&heads);
    let mut first = None;
    for (contender, runs) in contenders.iter().zip(&runs.runs) {
        let all = |of: fn(&Took) -> f64| runs.iter().map(of).collect::<Vec<_>>();
        let (wall, used) = (Spread::of(&all(|it| it.wall)), Spread::of(&all(processor)));
        let (first_wall, first_used) = *first.get_or_insert((wall.median, used.median));
        table.row(&[
            contender.who.clone(),
            runs.len().to_string(),
            wall.told(time),
            used.told(time),
            time(mean(&all(|it| it.user))),
            time(mean(&all(|it| it.system))),
            size(Spread::of(&all(|it| it.peak)).median),
            ratio(first_wall, wall.median),
            ratio(first_used, used.median),
        ]);
    }
    table
}

use super::*;
use crate::happening::Launch;
use crate::report::recorder::tests::{SILENCE, failed};

fn notes() -> Notes {
    let made = |name: &str, value: &str| {
        vec![crate::report::Made { stack: None, name: name.to_owned(), value: value.to_owned() }]
    };
    Notes {
        faults: Some("503 came true once; replay with --seed 7".to_owned()),
        untold: 3,
        made_up: made("Ip.AllocationId", "eipalloc-1"),
        filled: made("Vpc", "<vpc>"),
        ..Notes::default()
    }
}

fn page() -> String {
    let recorder = failed();
    render(&Page {
        title: "<b>.yaml",
        stacks: recorder.stacks(),
        beyond: 0,
        ending: Ending { exit_code: 1, interrupted: false },
        virtual_time: true,
        notes: &notes(),
        made: Moment::from_millis(0),
    })
}

#[test]
fn the_page_says_why_and_what_to_do() {
    let page = page();
    let body = page.split_once("</style>").map_or("", |(_, body)| body);
    let place = |text: &str| body.find(text);
    // The verdict, then its reason and the advice, then the time line, the events and the output.
    let places = [
        "<h1",
        SILENCE,
        "replay with --seed 7",
        "mend &lt;it&gt;",
        "Time line</h3>",
        "Signals without effect",
        "Faults on demand",
        "Events</h3>",
        "User data</h3>",
    ]
    .map(place);
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{places:?}");
    for kind in ["uncounted", "refused", "fault"] {
        assert!(body.contains(&format!("class=\"mark {kind}\"")), "{kind}");
    }
    assert!(body.contains("5 min in virtual time; 0.8 s on this machine"));
}

#[test]
fn whatever_is_hostile_is_text() {
    let page = page();
    assert!(page.contains("&lt;b&gt;.yaml") && !page.contains("<b>.yaml"));
    assert!(page.contains("&lt;i&gt;&amp;") && !page.contains("<i>"));
    assert!(page.contains("&lt;/pre&gt;red ]]&gt; Signature=(hidden)") && !page.contains("s3cr3t"));
    for forbidden in ["<script", " src=", "http://", "https://", "@import", "url("] {
        assert!(!page.contains(forbidden), "{forbidden}");
    }
}

#[test]
fn nothing_hides_anywhere_on_the_page() {
    let mut recorder = failed();
    let from = Launch { logical_id: "Server".to_owned(), instance_id: "i-1".to_owned() };
    let text = "colour\u{1b}[31m \u{202e}turned\u{200b}\u{e0041}";
    recorder.output("web", &from, text, false, Moment::from_millis(0), Duration::ZERO);
    let page = render(&Page {
        title: "a\u{1b}[31m\u{202e}\u{9b}.yaml",
        stacks: recorder.stacks(),
        beyond: 0,
        ending: Ending { exit_code: 1, interrupted: false },
        virtual_time: true,
        notes: &Notes { faults: None, untold: 0, ..Notes::default() },
        made: Moment::from_millis(0),
    });
    assert!(page.contains("turned") && page.contains("[31m"));
    let hidden =
        |it: char| (it.is_control() && !"\n\t".contains(it)) || "\u{202e}\u{200b}\u{e0041}".contains(it);
    assert_eq!(page.find(hidden), None);
}

#[test]
fn the_page_says_what_is_made_up() {
    let page = page();
    assert!(page.contains("<li><bdi>Ip.AllocationId = eipalloc-1</bdi></li>"), "{page}");
    assert!(page.contains("<li><bdi>Vpc = &lt;vpc&gt;</bdi></li>"), "{page}");
}

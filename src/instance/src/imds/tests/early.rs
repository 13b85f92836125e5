//! What is waited for, and for how long.

use super::*;

/// A service that has only just begun may say of tokens what it soon says no more.
#[test]
fn what_was_known_of_tokens_is_found_out_anew() {
    for first in [400, 403, 404, 405] {
        let began = Arc::new(Mutex::new(false));
        let switch = Arc::clone(&began);
        let imds = imds(&[], move |line, token| match (*switch.lock().unwrap(), line, token) {
            (false, PUT, _) => Reply::Answer(first, ""),
            (false, ..) => Reply::Answer(200, "i-1"),
            (true, PUT, _) => Reply::Token("t", "21600"),
            (true, _, Some("t")) => Reply::Answer(200, "i-2"),
            (true, ..) => Reply::Answer(401, ""),
        });
        assert_eq!(imds.instance_id().as_deref(), Ok("i-1"));
        *began.lock().unwrap() = true;
        assert_eq!(imds.instance_id().as_deref(), Ok("i-2"), "{first}");
        assert_eq!(asked(&imds), [PUT, ID, ID, PUT, &format!("{ID} t")]);
    }
    let given = Mutex::new(0);
    let backwards = imds(&[], move |line, token| {
        let mut given = given.lock().unwrap();
        match (line, token) {
            (PUT, _) if *given == 0 => {
                *given = 1;
                Reply::Token("t", "21600")
            }
            (PUT, _) => Reply::Answer(404, ""),
            (_, Some("t")) if *given == 1 => {
                *given = 2;
                Reply::Answer(200, "i-1")
            }
            (_, Some(_)) => Reply::Answer(401, ""),
            (_, None) => Reply::Answer(200, "i-2"),
        }
    });
    assert_eq!(backwards.instance_id().as_deref(), Ok("i-1"));
    assert_eq!(backwards.instance_id().as_deref(), Ok("i-2"));
}

#[test]
fn while_it_is_early_all_may_yet_come_but_what_is_switched_off() {
    let status = |status| ImdsError::Status { status, path: "x".to_owned() };
    for error in [
        ImdsError::HopLimited,
        ImdsError::VersionOneDisabled,
        ImdsError::Unauthorized,
        ImdsError::TokenRefused,
        ImdsError::NotFound("x".to_owned()),
        status(302),
        status(400),
        status(403),
        status(418),
    ] {
        let imds = imds(&[], |_, _| Reply::Silence);
        for (seconds, may_come) in [(0, true), (29, true), (1, false)] {
            pass(Duration::from_secs(seconds));
            assert_eq!(imds.may_yet_come(&error), may_come, "{error} {seconds}");
        }
        assert!(!imds.may_yet_come(&ImdsError::Disabled));
    }
    let clear = "instance metadata answers 302 for x (something else answers at its address)";
    assert_eq!(status(302).to_string(), clear);
    assert!(status(403).to_string().contains("switched off for this instance"));
    assert_eq!(status(503).to_string(), "instance metadata answers 503 for x");
}

#[test]
fn where_no_time_is_left_what_was_in_the_way_before_is_said() {
    let imds = imds(&[], |line, _| if line == PUT { Reply::Silence } else { Reply::Answer(401, "") });
    assert_eq!(imds.instance_id(), Err(ImdsError::HopLimited));
    imds.within(Duration::from_millis(300));
    assert_eq!(imds.instance_id(), Err(ImdsError::HopLimited));
    // Of what was not asked for before nothing is known.
    imds.within(Duration::from_millis(300));
    assert_eq!(imds.region(), Err(ImdsError::OutOfTime));
}

/// A role is attached to an instance that runs already, and a name that is mistyped stays so.
#[test]
fn what_is_not_there_yet_may_come_within_half_a_minute() {
    let imds = imds(&[], |_, _| Reply::Silence);
    let lack = ImdsError::NotFound("x".to_owned());
    assert!(!lack.is_temporary());
    for (seconds, may_come) in [(0, true), (29, true), (1, false), (600, false)] {
        pass(Duration::from_secs(seconds));
        assert_eq!(imds.may_yet_come(&lack), may_come, "{seconds}");
        assert!(imds.may_yet_come(&ImdsError::OutOfTime));
        assert!(!imds.may_yet_come(&ImdsError::Disabled));
    }
}

#[test]
fn with_little_time_a_service_that_was_not_there_is_asked_at_once() {
    let imds = imds(&[], |_, _| Reply::Silence);
    imds.within(Duration::from_secs(60));
    assert!(imds.instance_id().is_err() && imds.is_gone());
    imds.within(Duration::from_secs(10));
    assert!(imds.is_gone(), "that is more than it is left alone for");
    imds.within(Duration::from_millis(9_999));
    assert!(!imds.is_gone());
}

#[test]
fn who_insists_asks_until_it_comes_or_is_not_worth_it() {
    let count = Mutex::new(0);
    let late = imds(&[], move |line, _| {
        let mut count = count.lock().unwrap();
        *count += 1;
        match line {
            _ if *count < 20 => Reply::Answer(503, ""),
            PUT => Reply::Token("t", "600"),
            _ => Reply::Answer(200, "i-1"),
        }
    });
    let insist = |imds: &Imds<Service>, patience, worth: fn(&ImdsError) -> bool| {
        imds.insist(Duration::from_secs(patience), worth, Imds::instance_id)
    };
    let status = ImdsError::Status { status: 503, path: "api/token".to_owned() };
    assert_eq!(insist(&late, 60, |_| false), Err(status.clone()), "once");
    assert_eq!(asked(&late).len(), 3);
    assert_eq!(insist(&late, 1, ImdsError::is_temporary), Err(status));
    assert_eq!(insist(&late, 60, ImdsError::is_temporary).as_deref(), Ok("i-1"));
}

#[test]
fn who_insists_does_not_leave_a_silent_service_alone() {
    let began = now();
    let imds = imds(&[], move |line, _| match line {
        _ if now() - began < Duration::from_secs(3) => Reply::Silence,
        PUT => Reply::Token("t", "600"),
        _ => Reply::Answer(200, "i-1"),
    });
    let came = imds.insist(Duration::from_secs(60), ImdsError::is_temporary, Imds::instance_id);
    assert_eq!(came.as_deref(), Ok("i-1"));
    assert!(now() - began < Duration::from_secs(5), "{:?}", now() - began);
}

#[test]
fn nobody_waits_longer_than_who_asks() {
    let imds = imds(&[], |_, _| Reply::Silence);
    let started = now();
    imds.within(Duration::from_millis(300));
    assert_eq!(imds.instance_id(), Err(ImdsError::OutOfTime));
    assert_eq!(now() - started, Duration::from_millis(300));
    assert!(!imds.is_gone(), "it was not the service's fault");
    assert_eq!(asked(&imds), [PUT]);
}

//! What is asked of this process by signals.

use std::io;
use std::sync::mpsc::Sender;
#[cfg(unix)]
use std::thread;

#[cfg(unix)]
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
#[cfg(unix)]
use signal_hook::iterator::Signals;

/// Those that ask for an end.
#[cfg(unix)]
const ASK: [i32; 4] = [SIGHUP, SIGINT, SIGQUIT, SIGTERM];

/// Hears signals that ask for an end, from now until the process ends: none of them ends it before its own signal is sent.
pub(super) struct Heard {
    #[cfg(unix)]
    signals: std::cell::RefCell<Option<Signals>>,
}

impl Heard {
    /// Begins to listen. A signal that whoever began this process has it ignore stays ignored, as `nohup` wants it.
    pub(super) fn begin() -> io::Result<Self> {
        #[cfg(unix)]
        {
            let ignored = ignored();
            let wanted = ASK.into_iter().filter(|signal| !is_in(ignored, *signal));
            Ok(Self { signals: std::cell::RefCell::new(Some(Signals::new(wanted)?)) })
        }
        #[cfg(not(unix))]
        Ok(Self {})
    }

    /// Hands each on.
    pub(super) fn forward<E: Send + 'static>(&self, to: Sender<E>, event: fn(i32) -> E) -> io::Result<()> {
        #[cfg(unix)]
        if let Some(mut signals) = self.signals.take() {
            let forward = move || {
                for signal in signals.forever() {
                    // Nobody listens while the signal of this command is sent: it has a deadline.
                    let _unheard = to.send(event(signal));
                }
            };
            thread::Builder::new().name("signals".to_owned()).spawn(forward)?;
        }
        #[cfg(not(unix))]
        let _ = (to, event);
        Ok(())
    }
}

/// Whether it asks for an end.
pub(super) fn may_ask(signal: i32) -> bool {
    #[cfg(unix)]
    return ASK.contains(&signal);
    #[cfg(not(unix))]
    return signal < 0;
}

/// A signal's name, such as `SIGKILL`.
pub(super) fn name(signal: i32) -> String {
    known(signal).map_or_else(|| format!("signal {signal}"), str::to_owned)
}

/// The same, if it has one.
pub(super) fn known(signal: i32) -> Option<&'static str> {
    #[cfg(unix)]
    return signal_hook::low_level::signal_name(signal);
    #[cfg(not(unix))]
    return Some("").filter(|_| signal < 0);
}

/// The signals that this process ignores, a bit each, as Linux tells; elsewhere none is known to be.
#[cfg(unix)]
fn ignored() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
}

#[cfg(unix)]
fn is_in(mask: u64, signal: i32) -> bool {
    let bit = u32::try_from(signal).ok().and_then(|signal| signal.checked_sub(1));
    bit.and_then(|bit| mask.checked_shr(bit)).is_some_and(|shifted| shifted & 1 == 1)
}

#[cfg(all(test, unix))]
mod tests {
    use super::{is_in, name};

    #[test]
    fn a_mask_has_a_bit_for_each_signal() {
        assert!(is_in(0b1, 1));
        assert!(is_in(1 << 14, 15));
        assert!(!is_in(1 << 14, 14));
        assert!(!is_in(u64::MAX, 0));
    }

    #[test]
    fn signals_have_names() {
        assert_eq!(name(9), "SIGKILL");
        assert_eq!(name(64), "signal 64");
    }
}

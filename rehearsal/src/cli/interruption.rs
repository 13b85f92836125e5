//! Whoever wants a rehearsal to end is heard while nested stacks are made, too: that keeps the loop from listening.

use std::sync::Arc;
use std::thread;

use tokio::runtime::Builder;
use tokio::signal::unix::{SignalKind, signal};

use crate::account::Account;

/// Makes no more nested stacks once a signal asks for an end. The loop hears of the same signal when it listens again.
pub(super) fn watch(account: &Arc<Account>) -> std::io::Result<()> {
    let account = Arc::downgrade(account);
    let runtime = Builder::new_current_thread().enable_io().build()?;
    let within = runtime.enter();
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hang_up = signal(SignalKind::hangup())?;
    let mut quit = signal(SignalKind::quit())?;
    drop(within);
    let asked = async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hang_up.recv() => {}
            _ = quit.recv() => {}
        }
        if let Some(account) = account.upgrade() {
            account.stop_nesting();
        }
    };
    thread::Builder::new().name("interruption".to_owned()).spawn(move || runtime.block_on(asked))?;
    Ok(())
}

//! An instance in a box, over its boots.

use std::collections::VecDeque;
use std::fs::File;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::machine::After;
use super::user_data::WrittenFile;
use crate::enclosure::{self, Enclosure, EnclosureError, Order, Over, Placed, Writing};

/// An instance in a box.
pub(super) struct Inside {
    enclosure: Arc<Mutex<Option<Enclosure>>>,
    boot: Mutex<Arc<enclosure::Boot>>,
    /// What runs at every boot after the first.
    later: Vec<Later>,
    /// Whether the image's systemd is the first process of each.
    systemd: bool,
    boots: Mutex<usize>,
    /// Whether it boots no more.
    ended: AtomicBool,
    boots_once_more: AtomicBool,
    calls: Mutex<VecDeque<File>>,
}

/// Something that runs at later boots.
pub(super) struct Later {
    pub(super) name: String,
    pub(super) order: Order,
    pub(super) runs: bool,
    /// Whether its failure is user data's.
    pub(super) counts: bool,
    /// What is written before.
    pub(super) file: Option<WrittenFile>,
}

/// Boots of an instance; one that boots again at every boot does so for good.
const BOOTS: usize = 20;

impl Inside {
    pub(super) fn new(
        enclosure: Enclosure,
        boot: Arc<enclosure::Boot>,
        later: Vec<Later>,
        systemd: bool,
    ) -> Self {
        Self {
            enclosure: Arc::new(Mutex::new(Some(enclosure))),
            boot: Mutex::new(boot),
            later,
            systemd,
            boots: Mutex::new(1),
            ended: AtomicBool::new(false),
            boots_once_more: AtomicBool::new(false),
            calls: Mutex::default(),
        }
    }

    /// The present boot.
    pub(super) fn boot(&self) -> Arc<enclosure::Boot> {
        Arc::clone(&self.boot.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Where the stand-ins of the present boot note how they are called, once for each boot after the first.
    pub(super) fn next_calls(&self) -> Option<File> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
    }

    /// Ends all that is in the box.
    pub(super) fn end(&self) {
        self.boot().end();
        let enclosure = self.enclosure.lock().unwrap_or_else(PoisonError::into_inner).take();
        drop(enclosure);
    }

    pub(super) async fn put(&self, file: &WrittenFile) -> io::Result<()> {
        put(&self.boot(), file).await
    }

    /// Whether the image's systemd is the first process of its boots.
    pub(super) fn is_by_systemd(&self) -> bool {
        self.systemd
    }

    /// Whether it is between two boots, or boots once more.
    pub(super) fn boots_again(&self) -> bool {
        !self.ended.load(Ordering::Relaxed)
            && (self.boots_once_more.load(Ordering::Relaxed) || self.boot().goes_down())
    }

    /// What runs at a later boot has run.
    pub(super) fn has_booted(&self) {
        self.boots_once_more.store(false, Ordering::Relaxed);
    }

    /// What comes after the system went down.
    pub(super) async fn after(&self) -> io::Result<After> {
        self.boots_once_more.store(true, Ordering::Relaxed);
        let after = self.boot_after().await;
        if !matches!(after, Ok(After::Boots(_))) {
            self.ended.store(true, Ordering::Relaxed);
        }
        after
    }

    async fn boot_after(&self) -> io::Result<After> {
        match self.boot().over().await {
            Over::Halt => return Ok(After::Ends("the instance has shut down, and nothing starts it again")),
            Over::Died => return Ok(After::Ends("")),
            Over::Reboot => {}
        }
        let boots = {
            let mut boots = self.boots.lock().unwrap_or_else(PoisonError::into_inner);
            *boots += 1;
            *boots
        };
        if boots > BOOTS {
            return Ok(After::Ends("the instance has booted 20 times, and does not again"));
        }
        let enclosure = Arc::clone(&self.enclosure);
        let booted = tokio::task::spawn_blocking(move || {
            let enclosure = enclosure.lock().unwrap_or_else(PoisonError::into_inner);
            enclosure.as_ref().map_or(Err(EnclosureError::Gone), Enclosure::boot)
        });
        match booted.await.map_err(io::Error::other)? {
            Ok(boot) => {
                if self.systemd {
                    boot.hand_over().await?;
                }
                let calls = boot.calls.try_clone()?;
                self.calls.lock().unwrap_or_else(PoisonError::into_inner).push_back(calls);
                *self.boot.lock().unwrap_or_else(PoisonError::into_inner) = boot;
                Ok(After::Boots(self.later.iter().map(Into::into).collect()))
            }
            Err(EnclosureError::Gone) => Ok(After::Ends("")),
            Err(error) => Err(io::Error::other(error)),
        }
    }
}

/// Writes a file of the instance.
pub(super) async fn put(boot: &enclosure::Boot, file: &WrittenFile) -> io::Result<()> {
    let writing = if file.append { Writing::Onto } else { Writing::Over };
    let placed = Placed { path: file.path.clone(), mode: file.mode, writing };
    boot.put(placed, &file.content).await
}

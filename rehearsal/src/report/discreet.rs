//! What happens, without what is not to be shown of it.

use crate::happening::Happening;
use crate::secrets::Secrets;

/// A happening whose texts have no secrets. Names from the template stay as they are.
pub(super) fn discreet(mut happening: Happening, secrets: &Secrets) -> Happening {
    let hide = |text: &mut String| *text = secrets.without(text).into_owned();
    match &mut happening {
        Happening::Event(it) => it.reason.iter_mut().chain(&mut it.physical_id).for_each(hide),
        Happening::Signal(it) => hide(&mut it.unique_id),
        Happening::Document(it) => hide(&mut it.unique_id),
        Happening::Fault(it) => hide(&mut it.request),
        Happening::Note(it) => hide(&mut it.text),
        Happening::Launched(_) | Happening::Terminated(_) | Happening::Scaled(_) | Happening::Capacity(_) => {
        }
    }
    happening
}

//! What the standard library would bring into a component, smaller.

use core::arch::wasm32;
use core::panic::PanicInfo;

use talc::wasm::{WasmDynamicTalc, new_wasm_dynamic_allocator};

/// Five kilobytes less than the standard library's own, and it frees memory as well.
#[global_allocator]
static ALLOCATOR: WasmDynamicTalc = new_wasm_dynamic_allocator();

/// A trap, which is how a component ends that cannot go on. There is nobody to read a message: the component has no
/// imports to write one to, and without its text the formatting machinery is not linked.
#[panic_handler]
fn trap(_: &PanicInfo<'_>) -> ! {
    wasm32::unreachable()
}

//! Hostile guests.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| cfn_signal_fuzz_bodies::guest::run(input));

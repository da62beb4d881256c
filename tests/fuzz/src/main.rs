//! One binary for libFuzzer: `STEPWELL_FUZZ_TARGET` names the target.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::sync::OnceLock;
use stepwell_fuzz::{TARGETS, Target};

fn target() -> &'static Target {
    static TARGET: OnceLock<&'static Target> = OnceLock::new();
    TARGET.get_or_init(|| {
        let name = std::env::var("STEPWELL_FUZZ_TARGET").unwrap_or_default();
        TARGETS.iter().find(|target| target.name == name).unwrap_or_else(|| {
            let names: Vec<_> = TARGETS.iter().map(|target| target.name).collect();
            panic!("STEPWELL_FUZZ_TARGET is '{name}': one of {}", names.join(", "))
        })
    })
}

fuzz_target!(|input: &[u8]| (target().run)(input));

# Part of the Makefile: fuzzing, on the same compiler as everything else.

# For each target; `make fuzz FUZZ_SECONDS=600` is what runs every night, `FUZZ_TARGETS='sigv4 answers'` some of them.
FUZZ_SECONDS := 60
FUZZ_TARGETS := $(basename $(notdir $(wildcard fuzz/targets/src/bin/*.rs)))
FUZZ := $(CARGO_TARGET_DIR)/fuzz
FUZZ_TRIPLE = $(shell rustc -vV | sed -n 's/^host: //p')
# What cargo-fuzz passes, without the sanitizer, which is what would need another compiler.
FUZZ_FLAGS := -Cpasses=sancov-module $(addprefix -Cllvm-args=-sanitizer-coverage-,level=4 inline-8bit-counters pc-table trace-compares) --cfg fuzzing

.PHONY: fuzz fuzz-build

fuzz: fuzz-build ## Every fuzz target for a minute each: FUZZ_SECONDS=600 for longer, FUZZ_TARGETS='sigv4' for one
	@fuzz/run $(FUZZ) $(FUZZ)/$(FUZZ_TRIPLE)/release $(FUZZ_SECONDS) $(FUZZ_TARGETS)

# With a target named, build scripts and macros are not instrumented.
fuzz-build: fuzz/targets/Cargo.lock $(COMPONENT) | prerequisites
	@command -v c++ >/dev/null || host/install-debian-packages 'a C++ compiler (c++)' g++
	$(call say,building the fuzzers (the first time takes some minutes))
	@RUSTFLAGS='$(FUZZ_FLAGS)' $(cargo) build --locked --quiet --release --manifest-path fuzz/targets/Cargo.toml \
	    --target $(FUZZ_TRIPLE) --target-dir $(FUZZ)

# The versions of the main workspace, and libFuzzer, which its manifest names exactly.
fuzz/targets/Cargo.lock: Cargo.lock fuzz/targets/Cargo.toml | prerequisites
	@cp Cargo.lock $@ && cargo metadata --quiet --format-version 1 --manifest-path fuzz/targets/Cargo.toml >/dev/null

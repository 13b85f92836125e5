# Part of the Makefile: the components in hosts that are not ours.

# The version that the examples embed, which is also the one that ships.
WASMTIME := $(shell grep -A1 '^name = "wasmtime"$$' tests/hosts/rust/Cargo.lock | sed -n 's/^version = "\(.*\)"/\1/p')
WASMTIME_COMMAND := $(TOOLS)/bin/wasmtime-cli-$(WASMTIME)

.PHONY: test-hosts

test-hosts: prerequisites $(COMPONENTS) $(WASMTIME_COMMAND) ## The components in other hosts: Rust programs with wasmtime, the wasmtime command
	$(call say,building cfn-rehearse (the first time takes some minutes))
	@$(cargo) build --locked --package cfn-rehearse
	$(call say,building the Rust examples (the first time takes some minutes: wasmtime with a compiler and wasi:http) and testing)
	@GOLDEN_COMMAND='$(TOOLS)/bin/wasmtime run -S http,inherit-env $(CARGO_TARGET_DIR)/component/command.wasm' \
	    cargo test --locked --manifest-path tests/hosts/rust/Cargo.toml --no-fail-fast --test '*'

# What `wasmtime run -S http` takes of it, and less optimised than its releases: each run is a short one.
$(WASMTIME_COMMAND): export CARGO_PROFILE_RELEASE_OPT_LEVEL = 1
$(WASMTIME_COMMAND): WASMTIME_FEATURES := --no-default-features --features run,component-model,cranelift,wasi-http
$(WASMTIME_COMMAND): | prerequisites
	$(call install-tool,wasmtime-cli,$(WASMTIME),$(WASMTIME_FEATURES))

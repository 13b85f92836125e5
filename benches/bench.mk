# Part of the Makefile: what is measured, beside its peers, and how large what is built may be.

BENCH := $(CARGO_TARGET_DIR)/bench
BENCH_VENV := $(BENCH)/venv
# The same once more, with the names of their functions: whose those are cannot be read from what ships.
NAMED := $(BENCH)/named
COMMANDS := cfn-signal cfn-rehearse
with-names = $(foreach command,$(COMMANDS),--config 'profile.release.package.$(command).strip="debuginfo"')
NAMED_COMPONENTS := $(addprefix $(NAMED)/,signer.wasm client.wasm client-p3.wasm command.wasm)

# What people install: it is measured first. Without Python there is no compiler for it, and the results say so.
BENCH_SYSTEM := $(filter $(shell uname -m)-linux,$(DIST_SYSTEMS))
BENCH_INSTALLED := $(BENCH)/cfn-signal-$(BENCH_SYSTEM)

.PHONY: bench check-sizes record-sizes

bench: prerequisites $(COMPONENTS) $(NAMED_COMPONENTS) $(BENCH_VENV)/installed ## Measures everything beside its peers, anew in benches/RESULTS.md and README.md (ten minutes; CFN_BENCH_QUICK=1 tries it)
	$(call say,building the commands three times and the benchmarks (the first time takes some minutes))
	@$(build-commands) $(with-names)
	@cp $(addprefix $(CARGO_TARGET_DIR)/release/,$(COMMANDS)) $(NAMED)/
	@$(build-commands)
	@$(cargo) bench --locked --package cfn-signal-benches --no-run
	@rm -f $(BENCH_INSTALLED)
	@[ -z '$(BENCH_SYSTEM)' ] || ! command -v python3 >/dev/null || { \
	    $(MAKE) --no-print-directory $(ZIG) \
	    && ZIG=$(ZIG) CARGO_TARGET_DIR=$(DIST_BUILD) host/packaging/build-for $(BENCH_SYSTEM) $(BENCH) cfn-signal; }
	$(call say,measuring)
	@BENCH_INSTALLED=$(BENCH_INSTALLED) BENCH_PYTHON=$(BENCH_VENV)/bin/python $(cargo) bench --locked --package cfn-signal-benches --bench measure

check-sizes: prerequisites ## What is built is not much larger than what benches/sizes.json has
	@$(cargo) run --locked --quiet --package cfn-signal-tests --bin check-sizes $(CARGO_TARGET_DIR)

record-sizes: build ## Records the sizes of what is built in benches/sizes.json; those of other machines after `make dist`
	@$(cargo) run --locked --quiet --package cfn-signal-tests --bin check-sizes -- --record $(CARGO_TARGET_DIR)

$(NAMED)/signer.wasm: build-component = $(call component,signer,$(WASM))
$(NAMED_COMPONENTS): COMPONENT_BUILD := $(BENCH)/named-build
$(NAMED_COMPONENTS): export CARGO_PROFILE_COMPONENT_STRIP := debuginfo
$(NAMED_COMPONENTS): export CARGO_PROFILE_RELEASE_STRIP := debuginfo
$(NAMED_COMPONENTS): $(COMPONENT_SOURCES) | prerequisites
	@mkdir -p $(@D)
	@$(build-component)

# Beside what is measured; without Python it is measured without them, and the results say so.
$(BENCH_VENV)/installed: benches/requirements.txt
	@if command -v python3 >/dev/null; then \
	    echo '==> installing the Python peers of the benchmarks'; \
	    $(call venv,$(BENCH_VENV),$<); \
	    touch $@; \
	else echo 'no python3 here: its programs are not measured (Debian: apt-get install python3 python3-venv)'; fi

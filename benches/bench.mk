# Part of the Makefile: what is measured, beside its peers, and how large what is built may be.

BENCH := $(CARGO_TARGET_DIR)/bench
BENCH_VENV := $(BENCH)/venv
# The same once more, with the names of their functions.
NAMED := $(BENCH)/named
NAMED_COMPONENTS := $(addprefix $(NAMED)/,signer.wasm client.wasm client-p3.wasm command.wasm)

.PHONY: bench check-sizes record-sizes

bench: prerequisites $(COMPONENTS) $(NAMED_COMPONENTS) $(BENCH_VENV)/installed ## Measures everything beside its peers, anew in benches/RESULTS.md and README.md (ten minutes; CFN_BENCH_QUICK=1 tries it)
	$(call say,building the commands and the benchmarks (the first time takes some minutes))
	@mkdir -p $(NAMED)
	@for command in cfn-signal cfn-rehearse; do \
	    built=$(CARGO_TARGET_DIR)/release/$$command; \
	    if [ -f $$built ] && [ ! $(NAMED)/$$command -nt $$built ]; then rm -f $$built $$(find $(CARGO_TARGET_DIR)/release/deps -name "$$(echo $$command | tr - _)-*" ! -name '*.*'); fi; \
	done
	@CFN_BENCH_CC="$$(command -v cc)" CFN_BENCH_NAMED=$(NAMED) PATH="$(CURDIR)/benches/linker:$$PATH" $(cargo) build --locked --release --workspace --bin cfn-signal --bin cfn-rehearse
	@$(cargo) bench --locked --package cfn-signal-benches --no-run
	$(call say,measuring)
	@BENCH_PYTHON=$(BENCH_VENV)/bin/python $(cargo) bench --locked --package cfn-signal-benches --bench measure

check-sizes: prerequisites ## What is built is not much larger than what benches/sizes.json has
	@$(cargo) run --locked --quiet --package cfn-signal-tests --bin check-sizes $(CARGO_TARGET_DIR)

record-sizes: build ## Records the sizes of what is built in benches/sizes.json; those of other machines after `make dist`
	@$(cargo) run --locked --quiet --package cfn-signal-tests --bin check-sizes -- --record $(CARGO_TARGET_DIR)

$(NAMED_COMPONENTS): $(COMPONENT_SOURCES) | prerequisites
	@mkdir -p $(NAMED)
	@world=$(basename $(@F)); case $$world in command) target=wasm32-wasip2 features='--features exit-with-code' ;; *) target=$(WASM) features= ;; esac; \
	if [ -d "$$(rustc --print target-libdir --target $$target)" ]; then \
	    env -u RUSTFLAGS -u CARGO_ENCODED_RUSTFLAGS -u RUSTC_WRAPPER -u RUSTC_WORKSPACE_WRAPPER \
	        cargo rustc --locked --package cfn-signal-$$world-world $$features --profile component --target $$target \
	        --target-dir $(BENCH)/named-build -- -C strip=debuginfo; \
	    cp $(BENCH)/named-build/$$target/component/$$(echo $$world | tr - _).wasm $@; \
	fi

# Beside what is measured; without Python it is measured without them, and the results say so.
$(BENCH_VENV)/installed: benches/requirements.txt
	@if command -v python3 >/dev/null; then \
	    echo '==> installing the Python peers of the benchmarks'; \
	    python3 -m venv --clear $(BENCH_VENV) || { host/install-debian-packages 'Python venv' python3-venv && python3 -m venv --clear $(BENCH_VENV); }; \
	    $(BENCH_VENV)/bin/python -m pip install --quiet --disable-pip-version-check --requirement benches/requirements.txt; \
	    touch $@; \
	else echo 'no python3 here: its programs are not measured (Debian: apt-get install python3 python3-venv)'; fi

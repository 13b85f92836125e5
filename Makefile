# The entry points: demo · build · test · bench · check. Each installs what it lacks and is quick the second time.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

ifneq ($(words $(CURDIR) $(CARGO_TARGET_DIR)),$(if $(CARGO_TARGET_DIR),2,1))
$(error make cannot build in a folder whose name has a space)
endif

# What is remembered between runs lives in the target folder, whichever that is.
TARGET := $(or $(CARGO_TARGET_DIR),target)
export CARGO_TARGET_DIR := $(abspath $(TARGET))
WASM := wasm32-unknown-unknown
COMPONENT := $(CARGO_TARGET_DIR)/component/signer.wasm
# The other worlds. The portable command runs on hosts from before WASI 0.2.12, which know no exit codes.
COMPONENTS := $(COMPONENT) $(addprefix $(CARGO_TARGET_DIR)/component/,client.wasm client-p3.wasm command.wasm command-portable.wasm)
COMPONENT_BUILD := $(CARGO_TARGET_DIR)/component-build
COMPONENT_SOURCES := Cargo.toml Cargo.lock .cargo/config.toml $(shell find src wit -type f)
VENV := $(CARGO_TARGET_DIR)/venv
HEAT := $(CARGO_TARGET_DIR)/heat-cfntools
PROXIES := $(CARGO_TARGET_DIR)/proxies
QEMU := $(CARGO_TARGET_DIR)/qemu
INSTANCE_ROOT := $(CARGO_TARGET_DIR)/instance-root/root.tar
CDK := $(CARGO_TARGET_DIR)/cdk
CDK_PYTHON := $(CARGO_TARGET_DIR)/cdk-python
HOSTS_NODE := $(CARGO_TARGET_DIR)/hosts-node
NODE_SDK := $(CARGO_TARGET_DIR)/node-sdk
CLIENTS := $(CARGO_TARGET_DIR)/clients
say = @printf '\033[1m==> %s\033[0m\n' '$(1)'

# Set where the machine's rustc has no WebAssembly target and Debian's toolchain made the component instead.
FALLBACK := $(CARGO_TARGET_DIR)/component-from-debian.wasm
component_env = $$( [ -f $(FALLBACK) ] && echo CFN_SIGNAL_COMPONENT=$(FALLBACK) )
cargo = env $(component_env) cargo
# Most tests wait for something.
TEST_THREADS := $(shell echo $$(( 2 * $$(getconf _NPROCESSORS_ONLN) )))
build-commands = $(cargo) build --locked --release --workspace --bin cfn-signal --bin cfn-rehearse

.PHONY: help demo demo-cdk commands build test test-clients test-faults compare check prerequisites component lint-tools python heat proxies processors qemu browser node node-sdk cdk-python hosts-node cdk instance instance-root clean

help: ## This list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 22

demo: commands ## The main job: five rehearsals of one template, each signalled by the component through the host
	@rehearsal/demo/run $(CARGO_TARGET_DIR)/release

demo-cdk: commands node cdk-python ## The same with the CDK: one Python app, deployed four times to `cfn-rehearse serve --run` (needs node and python3)
	@for command in node npm python3; do command -v $$command >/dev/null || { echo "missing: $$command (Debian: apt-get install nodejs npm python3 python3-venv)" >&2; exit 1; }; done
	@rehearsal/demo/cdk/run $(CARGO_TARGET_DIR)/release $(CDK_PYTHON)/bin/python $(CDK)/node_modules/.bin/cdk

# Of the components they carry the first alone.
commands: prerequisites $(COMPONENT)
	$(call say,building cfn-signal and cfn-rehearse (the first time takes some minutes: wasmtime is large))
	@$(build-commands)

build: commands $(COMPONENTS) ## target/component/*.wasm, target/release/cfn-signal and cfn-rehearse
	@ls -l $(wildcard $(COMPONENTS)) $(CARGO_TARGET_DIR)/release/cfn-signal $(CARGO_TARGET_DIR)/release/cfn-rehearse | awk '{ print $$5 " bytes\t" $$NF }'

test: prerequisites $(COMPONENTS) python heat proxies processors instance browser node node-sdk cdk-python hosts-node ## Every test
	$(call say,building the commands and the tests (the first time takes some minutes), then testing)
	@PYTHON=$(VENV)/bin/python HEAT_CFNTOOLS=$(HEAT) PROXIES=$(PROXIES) QEMU=$(QEMU) INSTANCE_ROOT=$(INSTANCE_ROOT) CDK=$(CDK) CDK_PYTHON=$(CDK_PYTHON)/bin/python NODE_SDK=$(NODE_SDK) HOSTS_NODE=$(HOSTS_NODE) RUST_TEST_THREADS=$${RUST_TEST_THREADS:-$(TEST_THREADS)} $(cargo) test --locked --workspace --no-fail-fast

# In a network of their own: what the clients are told is all that they need, and they reach nothing else.
client-tests = --locked --package cfn-signal-tests --test outside
test-clients: prerequisites python node node-sdk $(CLIENTS)/installed ## Deploy tools that are large to install (SAM, Ansible, Sceptre) and all the others
	@$(cargo) build --locked --package cfn-signal --package cfn-rehearse --bins
	@$(cargo) test $(client-tests) --no-run
	@PYTHON=$(VENV)/bin/python CDK=$(CDK) NODE_SDK=$(NODE_SDK) CLIENTS=$(CLIENTS) tests/in-a-network-of-its-own $(cargo) test --offline $(client-tests) -- $(addsuffix ::,clients clients_commands clients_stacks clients_deploy clients_node clients_cdk clients_large)

test-faults: prerequisites $(COMPONENTS) ## The command against a server that misbehaves by seed, 2,000 times (six minutes)
	@$(cargo) build --locked --workspace --bins
	@CFN_SIGNAL_FAULT_RUNS=$${CFN_SIGNAL_FAULT_RUNS:-2000} $(cargo) test --locked --package cfn-signal-tests --test hostile -- --nocapture

compare: build python ## The command, the AWS CLI and boto3 past 23 faults: a table of who delivered (two minutes)
	@$(VENV)/bin/python tests/peers/compare $(CARGO_TARGET_DIR)/release/cfn-signal

check: prerequisites lint-tools $(COMPONENTS) python ## rustfmt, clippy with warnings denied, WIT validation, dependency audit
	$(call say,rustfmt)
	@cargo fmt --all --check
	@cargo fmt --manifest-path tests/hosts/rust/Cargo.toml --check
	@cargo fmt --manifest-path fuzz/targets/Cargo.toml --check
	$(call say,clippy)
	@$(cargo) clippy --locked --workspace --all-targets -- -D warnings
	@if [ ! -f $(FALLBACK) ]; then \
	    for world in signer client client-p3; do cargo clippy --locked --package cfn-signal-$$world-world --target $(WASM) -- -D warnings; done; \
	    cargo clippy --locked --package cfn-signal-command-world --all-features --target wasm32-wasip2 -- -D warnings; \
	fi
	$(call say,features: all of them, and none)
	@for crate in core instance command-line; do $(cargo) check --locked --quiet --package cfn-signal-$$crate --all-features; done
	@for features in --all-features --no-default-features; do $(cargo) check --locked --quiet --package cfn-signal --lib $$features; done
	@$(cargo) check --locked --quiet --package cfn-signal-fuzz-bodies --features guests
	$(call say,rustdoc)
	@RUSTDOCFLAGS='-D warnings' $(cargo) doc --locked --workspace --no-deps --quiet
	$(call say,WIT)
	@$(cargo) run --locked --quiet --package cfn-signal-tests --bin check-wit
	$(call say,workflows)
	@if [ -x $(VENV)/bin/zizmor ]; then $(VENV)/bin/zizmor --offline --quiet --no-progress .github/workflows; else echo 'skipped: no python3 here'; fi
	$(call say,dependencies)
	@cargo update --workspace --locked --quiet --manifest-path tests/hosts/rust/Cargo.toml \
	    || { echo 'tests/hosts/rust/Cargo.lock: run cargo update --workspace --manifest-path tests/hosts/rust/Cargo.toml' >&2; exit 1; }
	@$(cargo) run --locked --quiet --package cfn-signal-tests --bin check-dependencies
	$(call say,sizes)
	@$(cargo) run --locked --quiet --package cfn-signal-tests --bin check-sizes $(CARGO_TARGET_DIR)

cdk: node ## Synthesises tests/cdk/app.mjs anew: tests/cdk/synthesised (needs node and npm)
	@command -v npm >/dev/null || { echo 'missing: npm (Debian: apt-get install nodejs npm)' >&2; exit 1; }
	@cp tests/cdk/app.mjs $(CDK)/ && node $(CDK)/app.mjs tests/cdk/synthesised
	@ls -l tests/cdk/synthesised | awk 'NR > 1 { print $$5 " bytes\ttests/cdk/synthesised/" $$NF }'

include host/packaging/packages.mk
include host/packaging/dist.mk
include tests/hosts/hosts.mk
include fuzz/fuzz.mk
include benches/bench.mk

clean: ## Removes everything that was built
	cargo clean

# -- what the entry points need ----------------------------------------------------------------------------------------

prerequisites:
	@command -v cargo >/dev/null || { echo 'missing: cargo. Install Rust by the instructions at https://rustup.rs, then run make again.' >&2; exit 1; }
	@command -v cc >/dev/null || host/install-debian-packages 'a C compiler (cc)' gcc libc6-dev

lint-tools:
	@cargo fmt --version >/dev/null 2>&1 && cargo clippy --version >/dev/null 2>&1 || rustup component add rustfmt clippy \
	    || { echo 'missing: rustfmt and clippy. Install them (rustup component add rustfmt clippy), then run make again.' >&2; exit 1; }

component: $(COMPONENTS) ## target/component/*.wasm alone: a component of each world

# One after the other: both builds of the command leave it under one name, from which it is copied.
$(CARGO_TARGET_DIR)/component/command-portable.wasm: | $(CARGO_TARGET_DIR)/component/command.wasm

# The first is the build that the host's build script makes, in the same folder: whichever comes second finds it done.
$(COMPONENT): build-component = $(call component,signer,$(WASM))
%/client.wasm: build-component = $(call component,client,$(WASM))
%/client-p3.wasm: build-component = $(call component,client-p3,$(WASM))
%/command.wasm: build-component = $(call component,command,wasm32-wasip2,--features exit-with-code)
%/command-portable.wasm: build-component = $(call component,command,wasm32-wasip2)
$(COMPONENTS): $(COMPONENT_SOURCES) | prerequisites
	@mkdir -p $(@D)
	@$(build-component)

# The signer is built for speed, the others for size.
component-profile = $(if $(filter signer,$(1)),component,release)

# $(1) is the world, $(2) the target, $(3) what else cargo is told. The registry's place on this machine is nobody's business.
define component
if [ -d "$$(rustc --print target-libdir --target $(2))" ] || { echo '==> adding the target $(2) with rustup'; host/patiently rustup target add $(2); }; then \
    $(if $(filter $(COMPONENT),$@),rm -f $(FALLBACK);) \
    remap="--remap-path-prefix=$${CARGO_HOME:-$$HOME/.cargo}/registry/src="; \
    env -u RUSTFLAGS -u CARGO_ENCODED_RUSTFLAGS -u RUSTC_WRAPPER -u RUSTC_WORKSPACE_WRAPPER \
        $(if $(filter %-wasip2,$(2)),CARGO_TARGET_WASM32_WASIP2_RUSTFLAGS="$$remap") \
        cargo build --locked --package cfn-signal-$(1)-world $(3) \
        --profile $(call component-profile,$(1)) --target $(2) --target-dir $(COMPONENT_BUILD); \
    cp $(COMPONENT_BUILD)/$(2)/$(call component-profile,$(1))/$(subst -,_,$(1)).wasm $@; \
elif [ $(2) = $(WASM) ]; then \
    host/build-component-with-debian $(CARGO_TARGET_DIR)/component-debian $(1) $@; \
    $(if $(filter $(COMPONENT),$@),cp $@ $(FALLBACK);) \
else \
    echo 'skipped: $(@F) needs the target $(2), which rustup cannot add here'; \
fi
endef

# A Python in the folder $(1), with the packages that the file $(2) names.
define venv
python3 -m venv --clear $(1) || { host/install-debian-packages 'Python venv' python3-venv && python3 -m venv --clear $(1); }; \
host/patiently $(1)/bin/python -m pip install --quiet --disable-pip-version-check --requirement $(2)
endef

# The tests' Python clients, in a folder of their own. Without Python those tests say that they were skipped.
python: $(VENV)/installed
$(VENV)/installed: tests/requirements.txt
	@if command -v python3 >/dev/null; then \
	    echo '==> installing the Python clients that the tests use'; \
	    $(call venv,$(VENV),$<); \
	    touch $@; \
	else echo 'no python3 here: the tests that need it are skipped (Debian: apt-get install python3 python3-venv)'; fi

# Debian's own cfn-signal, unpacked without being installed. Without apt-get its test says that it was skipped.
heat: $(HEAT)/usr/bin/cfn-signal
$(HEAT)/usr/bin/cfn-signal:
	@tests/fetch-heat-cfntools $(HEAT)

# Debian's own proxies, unpacked without being installed. Without apt-get their tests say that they were skipped.
proxies: $(PROXIES)/fetched
$(PROXIES)/fetched:
	@tests/fetch-debian-packages $(PROXIES) 'through which signals go' squid tinyproxy

# Debian's QEMU, in which the command runs on older processors; unpacked likewise. It is large, so people are only told; CI has to have it.
processors:
	@[ -f $(QEMU)/fetched ] || command -v qemu-$$(uname -m) >/dev/null \
	    || if [ "$${CI:-}" = true ]; then $(MAKE) --no-print-directory qemu; \
	    else echo 'no QEMU here: the test that needs it is skipped (make qemu unpacks it)'; fi
qemu: $(QEMU)/fetched
$(QEMU)/fetched:
	@tests/fetch-debian-packages $(QEMU) 'of older processors' qemu-user

# An image for instances in boxes, by debootstrap. It takes minutes and root, so people are only told; CI has to have it.
instance:
	@[ -f $(INSTANCE_ROOT) ] \
	    || if [ "$${CI:-}" = true ]; then \
	        command -v debootstrap >/dev/null || host/install-debian-packages 'debootstrap' debootstrap debian-archive-keyring; \
	        $(MAKE) --no-print-directory instance-root; \
	    else echo 'no image of an instance here: the tests that need it are skipped (make instance-root makes it)'; fi
instance-root: $(INSTANCE_ROOT)
$(INSTANCE_ROOT): tests/make-instance-root
	@tests/make-instance-root $@

# The page of `cfn-rehearse --html` is looked at in it. It is large, so people are only told; CI has to have it.
browser:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null \
	    || if [ "$${CI:-}" = true ]; then host/install-debian-packages 'a browser (chromium)' chromium fonts-dejavu-core; \
	    else echo 'no chromium here: the tests that need it are skipped (Debian: apt-get install chromium)'; fi

# The CDK and its command line, in a folder of their own. Without Node the tests say that they were skipped.
node: $(CDK)/installed
$(CDK)/installed: tests/cdk/package.json tests/cdk/package-lock.json tests/cdk/.npmrc
	@if command -v npm >/dev/null; then \
	    echo '==> installing the CDK that the tests use'; \
	    mkdir -p $(CDK) && cp $^ $(CDK)/ && host/patiently npm ci --prefix $(CDK) --no-audit --no-fund --loglevel error; \
	    touch $@; \
	else echo 'no npm here: the test that needs it is skipped (Debian: apt-get install nodejs npm)'; fi

# The CDK for Python, which is large, in a folder of its own. Without Python or Node the walk-through says that it was skipped.
cdk-python: $(CDK_PYTHON)/installed
$(CDK_PYTHON)/installed: rehearsal/demo/cdk/requirements.txt
	@if command -v python3 >/dev/null && command -v node >/dev/null; then \
	    echo '==> installing the CDK for Python (460 MB)'; \
	    $(call venv,$(CDK_PYTHON),$<); \
	    touch $@; \
	else echo 'no python3 or no node here: the walk-through with the CDK is skipped (Debian: apt-get install python3 python3-venv nodejs npm)'; fi

# The AWS SDK for JavaScript, likewise.
node-sdk: $(NODE_SDK)/installed
$(NODE_SDK)/installed: tests/node/sdk/package.json tests/node/sdk/package-lock.json
	@if command -v npm >/dev/null; then \
	    echo '==> installing the AWS SDK for JavaScript that the tests use'; \
	    mkdir -p $(NODE_SDK) && cp $^ $(NODE_SDK)/ && host/patiently npm ci --prefix $(NODE_SDK) --no-audit --no-fund --loglevel error; \
	    touch $@; \
	else echo 'no npm here: the test that needs it is skipped (Debian: apt-get install nodejs npm)'; fi

# Deploy tools in folders of their own: about a gigabyte, so only `make test-clients` installs them.
$(CLIENTS)/installed: tests/clients/sam.txt tests/clients/python.txt
	@echo '==> installing SAM, Ansible and Sceptre (a gigabyte)'
	@for venv in sam python; do $(call venv,$(CLIENTS)/$$venv,tests/clients/$$venv.txt); done
	@touch $@

# jco, which makes JavaScript of components, in a folder of its own. Without Node the tests of it say that they were skipped.
hosts-node: $(HOSTS_NODE)/installed
$(HOSTS_NODE)/installed: tests/hosts/node/package.json tests/hosts/node/package-lock.json tests/hosts/node/.npmrc
	@if command -v npm >/dev/null; then \
	    echo '==> installing the jco that the tests use'; \
	    mkdir -p $(HOSTS_NODE) && cp $^ $(HOSTS_NODE)/ && host/patiently npm ci --prefix $(HOSTS_NODE) --ignore-scripts --no-audit --no-fund --loglevel error; \
	    touch $@; \
	else echo 'no npm here: the tests that need it are skipped (Debian: apt-get install nodejs npm)'; fi

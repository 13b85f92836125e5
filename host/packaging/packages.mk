# Part of the Makefile: what is handed to people who build nothing.

CARGO_DEB := 3.8.0
CARGO_GENERATE_RPM := 0.21.1
TOOLS := $(CARGO_TARGET_DIR)/tools
PACKAGES := $(CARGO_TARGET_DIR)/packages

# Of this machine's kind, for upgrades to be tried with.
LATER_PACKAGES := $(CARGO_TARGET_DIR)/packages-later

CRATES := $(CARGO_TARGET_DIR)/package

.PHONY: packages later-packages crates test-packages package-tools

# Of the static commands: a package installs on every release of its distribution.
packages: dist-papers package-tools ## target/packages: .deb and .rpm of both commands, for x86_64 and aarch64
	$(call say,packages)
	@rm -rf $(PACKAGES)
	@mkdir -p $(PACKAGES)
	@for triple in $(addsuffix -unknown-linux-musl,$(DIST_ARCHITECTURES)); do \
	    rm -rf $(DIST_BUILD)/$$triple/release/packaging; cp -R $(PACKAGING) $(DIST_BUILD)/$$triple/release/packaging; \
	    for package in cfn-signal cfn-rehearse; do \
	        PATH="$(TOOLS)/bin:$$PATH" CARGO_TARGET_DIR=$(DIST_BUILD) cargo deb --quiet --no-build --no-strip --locked --target $$triple --package $$package --output $(PACKAGES)/; \
	        case $$package in cfn-signal) folder=host ;; *) folder=rehearsal ;; esac; \
	        PATH="$(TOOLS)/bin:$$PATH" cargo generate-rpm --package $$folder --target-dir $(DIST_BUILD) --target $$triple --output $(PACKAGES)/; \
	    done; \
	done
	@ls -l $(PACKAGES) | awk 'NR > 1 { print $$5 " bytes\t$(PACKAGES)/" $$NF }'

# The same in all but the version.
later-packages: packages
	@rm -rf $(LATER_PACKAGES) && mkdir -p $(LATER_PACKAGES)
	@triple=$$(uname -m)-unknown-linux-musl PATH="$(TOOLS)/bin:$$PATH"; \
	    CARGO_TARGET_DIR=$(DIST_BUILD) cargo deb --quiet --no-build --no-strip --locked --target $$triple --package cfn-signal --deb-version 99.0.0 --output $(LATER_PACKAGES)/; \
	    cargo generate-rpm --package host --target-dir $(DIST_BUILD) --target $$triple --set-metadata 'version = "99.0.0"' --output $(LATER_PACKAGES)/

# The component goes into the crate from a folder that git does not know, and does not stay there.
crates: $(COMPONENT) ## target/package: the crates, as they would be published; cfn-signal's with the component in it
	@mkdir -p host/component && cp $(COMPONENT) host/component/signer.wasm
	@rm -f $(CRATES)/*.crate
	@trap 'rm -rf host/component' EXIT; cargo package --quiet --locked --allow-dirty --no-verify \
	    --package cfn-signal-core --package cfn-signal-instance --package cfn-signal-command-line --package cfn-signal --package cfn-rehearse 2>&1 | { grep -v 'is not included in the published package' || true; }
	@ls -l $(CRATES)/*.crate | awk '{ print $$5 " bytes\t" $$NF }'

test-packages: packages later-packages crates ## Installs, uses and removes the packages where nothing lasts (as root); builds from the crates
	@command -v rpm >/dev/null || host/install-debian-packages 'rpm, to try the .rpm with' rpm
	$(call say,installing the packages where nothing lasts)
	@tests/packages/run $(PACKAGES) $(LATER_PACKAGES)
	$(call say,building from the crates)
	@tests/packages/crates $(CRATES)

# Exact versions, built once; their build folder is of no further use.
package-tools: $(TOOLS)/bin/cargo-deb-$(CARGO_DEB) $(TOOLS)/bin/cargo-generate-rpm-$(CARGO_GENERATE_RPM)
$(TOOLS)/bin/cargo-deb-$(CARGO_DEB): | prerequisites
	$(call install-tool,cargo-deb,$(CARGO_DEB))
$(TOOLS)/bin/cargo-generate-rpm-$(CARGO_GENERATE_RPM): | prerequisites
	$(call install-tool,cargo-generate-rpm,$(CARGO_GENERATE_RPM))

define install-tool
	@echo '==> building $(1) $(2)'
	@cargo install --locked --quiet --force --root $(TOOLS) --target-dir $(TOOLS)/build $(3) $(1)@$(2)
	@rm -rf $(TOOLS)/build
	@touch $(TOOLS)/bin/$(1)-$(2)
endef

# Part of the Makefile: the commands for machines that are not like this one, without a C library to be found there.

DIST := $(CARGO_TARGET_DIR)/dist
DIST_BUILD := $(CARGO_TARGET_DIR)/dist-build
DIST_TEST := $(CARGO_TARGET_DIR)/dist-test
# Another list makes less: make dist DIST_ARCHITECTURES=x86_64
DIST_ARCHITECTURES ?= x86_64 aarch64
DIST_SYSTEMS := $(addsuffix -linux,$(DIST_ARCHITECTURES))
# The archives' names have it, and the images.
VERSION := $(shell sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
ZIG := $(TOOLS)/zig/zig
PACKAGING := $(DIST_BUILD)/packaging

.PHONY: dist dist-commands dist-windows dist-papers test-dist

dist: dist-commands dist-papers ## target/dist: static commands for Linux on x86_64 and aarch64, archives, images, install.sh, SHA256SUMS
	$(call say,archives and images)
	@for system in $(DIST_SYSTEMS); do host/packaging/archive $(DIST) $(VERSION) $$system $(PACKAGING); done
	@for command in cfn-signal cfn-rehearse; do \
	    host/packaging/oci-image $(DIST)/$$command-$(VERSION)-image.tar $(VERSION) $$command $(addprefix $(DIST)/$$command-,$(DIST_SYSTEMS)); \
	done
	@cp host/packaging/install.sh $(DIST)/
	@cd $(DIST) && rm -f SHA256SUMS && sha256sum -- * > SHA256SUMS
	@ls -l $(DIST) | awk 'NR > 1 { print $$5 " bytes\t$(DIST)/" $$NF }'

dist-commands: prerequisites $(ZIG)
	@rm -rf $(DIST)
	@for system in $(DIST_SYSTEMS); do \
	    printf '\033[1m==> building for %s (the first time takes some minutes)\033[0m\n' $$system; \
	    ZIG=$(ZIG) CARGO_TARGET_DIR=$(DIST_BUILD) host/packaging/build-for $$system $(DIST); \
	done

# The same on every machine: what a command of this one's kind says.
dist-papers: dist-commands
	@rm -rf $(PACKAGING)
	@mkdir -p $(PACKAGING)
	@cd $(PACKAGING); signal=$(DIST)/cfn-signal-$$(uname -m)-linux rehearse=$(DIST)/cfn-rehearse-$$(uname -m)-linux; \
	    $$signal --man > cfn-signal.1; $$rehearse man .; gzip --best --no-name *.1; \
	    for shell in bash zsh fish; do \
	        case $$shell in zsh) before=_ after= ;; *) before= after=.$$shell ;; esac; \
	        $$signal --completions $$shell > $${before}cfn-signal$$after; \
	        $$rehearse completions $$shell > $${before}cfn-rehearse$$after; \
	    done

# Zig's releases for Python hold the whole of it; nothing of Python's is used but the downloader that checks their sums.
$(ZIG): host/packaging/zig.txt
	$(call say,downloading the C compiler (90 MB))
	@command -v python3 >/dev/null && python3 -m venv --clear $(TOOLS)/zig-download || host/install-debian-packages 'Python venv' python3-venv
	@[ -x $(TOOLS)/zig-download/bin/pip ] || python3 -m venv --clear $(TOOLS)/zig-download
	@rm -rf $(@D)
	@$(TOOLS)/zig-download/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-cache-dir --target $(TOOLS)/zig-wheel --requirement host/packaging/zig.txt
	@mv $(TOOLS)/zig-wheel/ziglang $(@D) && rm -rf $(TOOLS)/zig-download $(TOOLS)/zig-wheel
	@touch $@

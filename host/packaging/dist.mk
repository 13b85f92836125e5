# Part of the Makefile: the commands for machines that are not like this one, without a C library to be found there.

DIST := $(CARGO_TARGET_DIR)/dist
DIST_BUILD := $(CARGO_TARGET_DIR)/dist-build
DIST_TEST := $(CARGO_TARGET_DIR)/dist-test
# Another list makes less: make dist DIST_ARCHITECTURES=x86_64
DIST_ARCHITECTURES ?= x86_64 aarch64
DIST_SYSTEMS := $(addsuffix -linux,$(DIST_ARCHITECTURES))
# The archives' names have it, and the images.
VERSION := $(shell sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
ZIG := $(TOOLS)/zig-$(shell sed -n 's/^ziglang==\([^ ]*\).*/\1/p' host/packaging/zig.txt)/zig
PACKAGING := $(DIST_BUILD)/packaging
TRANSPILED := $(DIST_BUILD)/transpiled
JCO := $(HOSTS_NODE)/node_modules/.bin/jco

.PHONY: dist dist-commands dist-windows dist-papers test-dist test-windows test-reproducible

dist: dist-commands dist-papers $(COMPONENTS) hosts-node ## target/dist: static commands for Linux on x86_64 and aarch64, archives, images, wheels, npm packages, install.sh
	$(call say,archives and images)
	@rm -f $(DIST)/*.tar $(DIST)/*.tar.gz $(DIST)/*.zip $(DIST)/*.whl $(DIST)/*.tgz
	@[ -z "$$(find Cargo.lock Cargo.toml host/src host/Cargo.toml host/build.rs src wit -type f -newer $(DIST)/cfn-signal-x86_64-windows.exe 2>/dev/null | head -n 1)" ] || rm -f $(DIST)/*.exe
	@for system in $(DIST_SYSTEMS); do host/packaging/archive $(DIST) $(VERSION) $$system $(PACKAGING); done
	@for command in cfn-signal cfn-rehearse; do \
	    host/packaging/oci-image $(DIST)/$$command-$(VERSION)-image.tar $(VERSION) $$command $(addprefix $(DIST)/$$command-,$(DIST_SYSTEMS)); \
	done
	@for kind in zip wheels npm; do host/packaging/bundle $$kind $(DIST) $(VERSION); done
	$(bundle-components)
	@cp host/packaging/install.sh $(DIST)/
	@cd $(DIST) && rm -f SHA256SUMS && sha256sum -- * > SHA256SUMS
	@ls -l $(DIST) | awk 'NR > 1 { print $$5 " bytes\t$(DIST)/" $$NF }'

# The packages of the components: Python's holds them, npm's what jco makes of them, too.
define bundle-components
	@rm -rf $(TRANSPILED)
	@if [ -x $(JCO) ]; then \
	    $(JCO) transpile --quiet --name signer --out-dir $(TRANSPILED)/signer $(COMPONENT); \
	    $(JCO) transpile --quiet --name client --instantiation async --out-dir $(TRANSPILED)/client $(dir $(COMPONENT))client.wasm; \
	    host/packaging/bundle components $(DIST) $(VERSION) $(dir $(COMPONENT)) $(TRANSPILED); \
	else \
	    echo 'no npm here: the components are packed for pip alone'; host/packaging/bundle components $(DIST) $(VERSION) $(dir $(COMPONENT)); \
	fi
endef

dist-commands: prerequisites $(ZIG)
	@rm -f $(DIST)/cfn-*-linux
	@for system in $(DIST_SYSTEMS); do \
	    printf '\033[1m==> building for %s (the first time takes some minutes)\033[0m\n' $$system; \
	    ZIG=$(ZIG) CARGO_TARGET_DIR=$(DIST_BUILD) host/packaging/build-for $$system $(DIST) cfn-signal cfn-rehearse; \
	done

# What Rust and its own libraries link to comes from Debian's mingw-w64.
dist-windows: prerequisites ## target/dist/cfn-signal-x86_64-windows.exe and a .zip of it
	@command -v x86_64-w64-mingw32-gcc >/dev/null || host/install-debian-packages 'a compiler for Windows' gcc-mingw-w64-x86-64-win32
	@CARGO_TARGET_DIR=$(DIST_BUILD) host/packaging/build-for x86_64-windows $(DIST) cfn-signal
	@for kind in zip wheels npm; do host/packaging/bundle $$kind $(DIST) $(VERSION); done
	@cd $(DIST) && rm -f SHA256SUMS && sha256sum -- * > SHA256SUMS
	@ls -l $(DIST)/*windows* | awk '{ print $$5 " bytes\t" $$NF }'

# The same on every machine: what a command of this one's kind says.
dist-papers: dist-commands
	@rm -rf $(PACKAGING)
	@mkdir -p $(PACKAGING)
	@cd $(PACKAGING); signal=$(DIST)/cfn-signal-$$(uname -m)-linux rehearse=$(DIST)/cfn-rehearse-$$(uname -m)-linux; \
	    $$signal --man > cfn-signal.1; for part in arm check disarm resume run; do $$signal $$part --man > cfn-signal-$$part.1; done; $$rehearse man .; gzip --best --no-name *.1; \
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
	@host/patiently $(TOOLS)/zig-download/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-cache-dir --target $(TOOLS)/zig-wheel --requirement host/packaging/zig.txt
	@mv $(TOOLS)/zig-wheel/ziglang $(@D) && rm -rf $(TOOLS)/zig-download $(TOOLS)/zig-wheel
	@touch $@

# -- tried ---------------------------------------------------------------------------------------------------------------

EMULATORS := $(DIST_TEST)/qemu/usr/bin
# An older one, whose C library is that of Ubuntu 20.04, the one that most have, and a newer one.
DEBIANS := 11 12 13
DEBIAN_11 := bullseye
DEBIAN_12 := bookworm
DEBIAN_13 := trixie
WINE := $(DIST_TEST)/wine
# The least that each is: of AWS's own processors the first had no instructions for atomics.
PROCESSOR_x86_64 := qemu64
PROCESSOR_aarch64 := cortex-a72
# Of the command's tests those that no slower machine disturbs. The rest are about what is the same on every one.
DIST_TESTS := $(addsuffix ::,bare tls network metadata credentials chain discovery proxies bodies output command_line)
LINUX_TESTS := confined:: old_kernels::
END_TO_END := --package cfn-signal-tests --test outside -- golden:: groups:: --skip delivery_machine::
# $(1) is the architecture: how its commands are run here, on the least of its processors, and where none is needed.
emulated = $(EMULATORS)/qemu-$(1)-static -cpu $(PROCESSOR_$(1))
plain =

test-dist: dist packages proxies $(EMULATORS)/fetched $(DEBIANS:%=$(DIST_TEST)/debian-%/tried) $(DIST_TEST)/wheels/fetched ## Those, tried: in emulators, roots of nothing else, of Debian 11 to 13, images, packages (as root; 15 minutes)
	$(call say,what they are made of)
	@tests/dist/static $(foreach system,$(DIST_SYSTEMS),$(DIST)/cfn-signal-$(system) $(DIST)/cfn-rehearse-$(system))
	$(call say,images and install.sh)
	@if command -v python3 >/dev/null; then tests/dist/images $(DIST); else echo 'images: skipped: no python3 here'; fi
	$(call say,wheels and npm packages)
	@tests/dist/indexes $(DIST) $(VERSION)
	@tests/dist/components $(DIST) $(VERSION) $(DIST_TEST)/wheels $(HOSTS_NODE)
	@BUSYBOX=$(wildcard $(DIST_TEST)/roots/bin/busybox) tests/dist/install $(DIST)
	$(call say,building the tests)
	@$(cargo) test --locked --quiet --no-run --package cfn-signal --test outside
	@$(cargo) build --locked --quiet --package cfn-signal --package cfn-rehearse --bins
	@$(cargo) test --locked --quiet --no-run --package cfn-signal-tests --test outside
	$(foreach architecture,$(DIST_ARCHITECTURES),$(call try-dist,$(architecture),emulated))
	$(if $(filter $(shell uname -m),$(DIST_ARCHITECTURES)),$(call try-dist,$(shell uname -m),plain,$(LINUX_TESTS)))
	$(call say,other systems)
	@tests/dist/systems $(DIST) $(PACKAGES) $(DIST_TEST) $(EMULATORS)

# As a command that everybody can build again has to be.
test-reproducible: dist-commands ## Builds cfn-signal once more, in another folder: the same bytes (as long as the first time)
	@ZIG=$(ZIG) tests/dist/reproducible $(DIST) $(firstword $(DIST_SYSTEMS))

# $(1) is the architecture, $(2) how it is run, $(3) more of the command's tests. A rehearsal runs the cfn-signal that is beside it.
define try-dist
$(call say,the tests with $(2) commands of $(1))
@rm -rf $(DIST_TEST)/$(2)-$(1) && mkdir -p $(DIST_TEST)/$(2)-$(1)
@cp $(DIST)/cfn-rehearse-$(1)-linux $(DIST_TEST)/$(2)-$(1)/cfn-rehearse
@printf '#!/bin/sh\nexec %s "$$@"\n' '$(call $(2),$(1)) $(DIST)/cfn-signal-$(1)-linux' > $(DIST_TEST)/$(2)-$(1)/cfn-signal
@chmod +x $(DIST_TEST)/$(2)-$(1)/cfn-signal
@export PROXIES=$(PROXIES) CFN_SIGNAL_COMMAND='$(call $(2),$(1)) $(DIST)/cfn-signal-$(1)-linux' CFN_REHEARSE_COMMAND='$(call $(2),$(1)) $(DIST_TEST)/$(2)-$(1)/cfn-rehearse'; \
    $(cargo) test --locked --quiet --package cfn-signal --test outside -- $(DIST_TESTS) $(3); \
    $(cargo) test --locked --quiet $(END_TO_END)

endef

# Of the command's tests those whose subject is on Windows too: certificates where OpenSSL has them are not, nor arguments that
# are no text or longer than any command line there. wine does not start ten at once in time for the test of bodies.
WINDOWS_TESTS := $(addsuffix ::,tls network metadata output command_line)
NOT_ON_WINDOWS := --skip openssls_folders_and_file --skip what_is_not_utf_8 --skip an_address_that_no_client_takes

test-windows: dist-commands dist-windows $(WINE)/fetched ## The command for Windows, tried in Debian's wine, of which 700 MB are unpacked
	@tests/dist/wine $(WINE) $(WINE)/run
	$(call say,the tests with the command for Windows)
	@export CFN_SIGNAL_COMMAND='$(WINE)/run $(DIST)/cfn-signal-x86_64-windows.exe'; \
	    $(cargo) build --locked --quiet --package cfn-signal --package cfn-rehearse --bins; \
	    $(cargo) test --locked --quiet --package cfn-signal --test outside -- $(WINDOWS_TESTS) $(NOT_ON_WINDOWS); \
	    $(cargo) test --locked --quiet --package cfn-signal-tests --test outside -- golden:: --skip delivery_machine::
	@tests/dist/windows $(DIST) $(WINE)

# What the package for pip depends on, and what checks its types: it is installed without an index.
$(DIST_TEST)/wheels/fetched: tests/dist/wheels.txt
	@rm -rf $(@D) && mkdir -p $(@D)
	@if command -v python3 >/dev/null && python3 -m venv $(DIST_TEST)/wheels-venv; then \
	    $(DIST_TEST)/wheels-venv/bin/python -m pip download --quiet --disable-pip-version-check --dest $(@D) --requirement $<; \
	    touch $@; \
	else echo 'no python3 with venv here: the Python package of the components is not tried'; fi

$(WINE)/fetched:
	@tests/fetch-debian-packages $(WINE) 'of Windows' wine64
	@[ -x $(WINE)/usr/lib/wine/wine64 ] || { echo 'make test-windows needs wine64 of Debian' >&2; exit 1; }

$(EMULATORS)/fetched:
	@tests/fetch-debian-packages $(DIST_TEST)/qemu 'of other processors' qemu-user-static
	@[ -x $(@D)/qemu-$$(uname -m)-static ] || { echo 'make test-dist needs qemu-user-static of Debian' >&2; exit 1; }
	@find $(@D) -type f ! -name qemu-aarch64-static ! -name qemu-x86_64-static -delete
	@touch $@

$(DIST_TEST)/debian-%/tried: | $(DIST_TEST)/roots/fetched
	@tests/dist/debian-root $(@D) $(DEBIAN_$*) $(DIST_TEST)/roots
	@mkdir -p $(@D) && touch $@
$(DIST_TEST)/roots/fetched:
	@tests/fetch-debian-packages $(DIST_TEST)/roots 'in other systems' debootstrap busybox-static
	@mkdir -p $(@D) && touch $@

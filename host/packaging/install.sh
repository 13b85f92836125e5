#!/bin/sh
# Installs the commands, once their checksums are verified: see usage.
# All of it is in functions that the last line calls: a download that breaks off does nothing.
set -eu

say() { echo "install.sh: $*"; }
fail() { say "$*" >&2; exit 1; }

usage() {
    cat <<'USAGE'
Installs cfn-signal and cfn-rehearse, or one of them, from a folder of releases: sh install.sh [OPTION...] [COMMAND...]

  --from URL     where the files and SHA256SUMS are: https://..., file:///... or a folder; CFN_SIGNAL_RELEASES by default
  --sums SHA256  the checksum of SHA256SUMS itself, known from elsewhere: then nobody in between is trusted
  --to FOLDER    where the commands go; /usr/local/bin for root, ~/.local/bin for others by default

Nothing is installed that does not have its checksum. It needs a shell, sha256sum (or shasum), and curl or wget for URLs.
USAGE
}

# What the files of this machine are called.
system() {
    [ "$(uname -s)" = Linux ] || fail "there is nothing for $(uname -s) here; for Windows there is a .zip"
    case $(uname -m) in
    x86_64 | amd64) echo x86_64-linux ;;
    aarch64 | arm64) echo aarch64-linux ;;
    *) fail "there is nothing for the processor $(uname -m): only for x86_64 and aarch64" ;;
    esac
}

# fetch NAME FILE
fetch() {
    case $from in
    http://* | https://*)
        if command -v curl >/dev/null; then
            curl --fail --silent --show-error --location --retry 5 --output "$2" "$from/$1" || return 1
        elif command -v wget >/dev/null; then
            wget -q -O "$2" "$from/$1" || return 1
        else
            return 1
        fi
        ;;
    file://*) cp "${from#file://}/$1" "$2" ;;
    *) cp "$from/$1" "$2" ;;
    esac
}

sum() {
    if command -v sha256sum >/dev/null; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -d ' ' -f 1
}

# verified NAME: the file in the folder of downloads, once it has the checksum that SHA256SUMS says.
verified() {
    expected=$(sed -n "s/^\([0-9a-f]\{64\}\) [ *]$1\$/\1/p" "$work/SHA256SUMS")
    [ -n "$expected" ] || fail "SHA256SUMS does not name $1: nothing was installed"
    fetch "$1" "$work/$1" || fail "cannot fetch $from/$1: nothing was installed"
    actual=$(sum "$work/$1")
    [ "$actual" = "$expected" ] || fail "$1 is not what SHA256SUMS says ($actual, not $expected): nothing was installed"
}

main() {
    from=${CFN_SIGNAL_RELEASES:-} sums='' to='' commands=''
    while [ $# -gt 0 ]; do
        case $1 in
        --from) from=${2:?--from needs a URL or a folder}; shift ;;
        --sums) sums=${2:?--sums needs a SHA-256}; shift ;;
        --to) to=${2:?--to needs a folder}; shift ;;
        -h | --help) usage; exit 0 ;;
        cfn-signal | cfn-rehearse) commands="$commands $1" ;;
        *) fail "unknown: $1 (see --help)" ;;
        esac
        shift
    done
    [ -n "$from" ] || fail 'where are the files? --from URL'
    from=${from%/}
    if [ -z "$to" ]; then
        if [ "$(id -u)" = 0 ]; then to=/usr/local/bin; else to=${HOME:?there is no HOME: --to FOLDER}/.local/bin; fi
    fi
    commands=${commands:-cfn-signal cfn-rehearse}
    system=$(system)
    command -v sha256sum >/dev/null || command -v shasum >/dev/null || fail 'needs sha256sum or shasum: nothing was installed'
    case $from in http*://*)
        command -v curl >/dev/null || command -v wget >/dev/null || fail 'needs curl or wget: nothing was installed'
    esac
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    trap 'exit 1' HUP INT TERM

    fetch SHA256SUMS "$work/SHA256SUMS" || fail "cannot fetch $from/SHA256SUMS: nothing was installed"
    if [ -n "$sums" ] && [ "$(sum "$work/SHA256SUMS")" != "$sums" ]; then
        fail "SHA256SUMS is not the one that --sums names: nothing was installed"
    fi
    for command in $commands; do verified "$command-$system"; done
    mkdir -p "$to"
    for command in $commands; do
        # Beside its place first: whoever runs it meanwhile runs the old one or the new one.
        if ! cp "$work/$command-$system" "$to/.$command.new" || ! chmod 755 "$to/.$command.new"; then
            rm -f "$to/.$command.new"
            fail "$command cannot be written to $to"
        fi
        if ! version=$("$to/.$command.new" --version); then
            rm -f "$to/.$command.new"
            fail "$command does not start from $to: may nothing be executed there?"
        fi
        mv -f "$to/.$command.new" "$to/$command"
        say "$to/$command is $version, its checksum verified"
    done
    case :$PATH: in *:"$to":*) ;; *) say "$to is not in PATH" ;; esac
}

main "$@"

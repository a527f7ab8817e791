#!/bin/sh
# Checks what the build needs and installs what is missing, telling what it does. Safe to run again.
# With the argument `tests`, also what the tests need beyond that; with `browser`, only the browser of these.
set -eu

say() { echo "==> $*"; }
fail() { echo "setup: $*" >&2; exit 1; }

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; elif command -v sudo >/dev/null 2>&1; then sudo "$@"; else return 1; fi
}

# Debian's packages, where there is apt and a way to be root.
install() {
    what=$1
    shift
    command -v apt-get >/dev/null 2>&1 || fail "$what is missing: install $* (or what your system calls it)"
    as_root true || fail "$what is missing: run apt-get install $* as root"
    say "installing $*"
    as_root apt-get update -qq
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null ||
        fail "$what could not be installed: install $* by hand"
}

# A browser for the tests: named by CHROMIUM, or one of these.
browser() {
    [ -n "${CHROMIUM:-}" ] && return 0
    for name in chromium chromium-browser google-chrome google-chrome-stable; do
        command -v "$name" >/dev/null 2>&1 && return 0
    done
    install "Chromium" chromium
}
if [ "${1:-}" = browser ]; then
    browser
    exit 0
fi

command -v cargo >/dev/null 2>&1 || fail "Rust is missing: install it with rustup"

# Node.js: what some distributions have is too old, and installing that would only hide it until the last step.
needed=20
how="install it from https://nodejs.org or with a version manager such as nvm, and put it first in PATH"
if ! command -v node >/dev/null 2>&1; then
    as_root apt-get update -qq 2>/dev/null || true
    offered=$(apt-cache policy nodejs 2>/dev/null | sed -n 's/^ *Candidate: \([0-9][0-9]*\)\..*/\1/p')
    [ "${offered:-0}" -ge $needed ] || fail "Node.js $needed or newer is missing, and this system has none in its packages: $how"
    install "Node.js" nodejs npm
fi
[ "$(node -p 'parseInt(process.versions.node)')" -ge $needed ] ||
    fail "Node.js $needed or newer is needed, this is $(node --version): $how"
command -v npm >/dev/null 2>&1 || install "npm" npm

command -v cc >/dev/null 2>&1 || install "a C compiler" build-essential

# A clang that knows wasm32, for the sandbox's C code, and its archiver. Their names go to the build of the sandbox.
find_clang() {
    for suffix in -14 '' -15 -16 -17 -18 -19 -20 -21; do
        if command -v "llvm-ar$suffix" >/dev/null 2>&1 && command -v "clang$suffix" >/dev/null 2>&1 &&
            "clang$suffix" --print-targets 2>/dev/null | grep -q wasm32; then
            printf '%s\n' "clang$suffix" "llvm-ar$suffix"
            return 0
        fi
    done
    return 1
}
if ! found=$(find_clang); then
    install "clang with wasm32" clang llvm
    found=$(find_clang) || fail "the installed clang does not know wasm32"
fi
tools=${CARGO_TARGET_DIR:-target}/xtask
mkdir -p "$tools"
echo "$found" >"$tools/clang"

# The wasm32 target: proved by building something, not by an exit code.
target=wasm32-unknown-unknown
cache=${CARGO_TARGET_DIR:-target}
mkdir -p "$cache"
probe="$cache/wasm-probe-$(rustc --version | tr -c 'a-zA-Z0-9\n' '-')"
if [ ! -f "$probe" ]; then
    if command -v rustup >/dev/null 2>&1; then
        say "Rust target $target"
        rustup target add $target >/dev/null 2>&1 || true
    fi
    folder=$(mktemp -d)
    echo '#[unsafe(no_mangle)] pub extern "C" fn probe() -> i32 { 1 }' >"$folder/probe.rs"
    rustc --edition 2024 --crate-type cdylib --target $target -o "$folder/probe.wasm" "$folder/probe.rs" 2>"$folder/log" || {
        cat "$folder/log" >&2
        rm -rf "$folder"
        fail "Rust cannot build for $target: run \`rustup target add $target\` for the toolchain of rust-toolchain.toml"
    }
    rm -rf "$folder"
    touch "$probe"
fi

[ "${1:-}" = tests ] || exit 0
browser
# A PostgreSQL server for the tests to start.
if ! command -v initdb >/dev/null 2>&1 &&
    ! ls /usr/lib/postgresql/*/bin/initdb /usr/local/pgsql/bin/initdb /opt/homebrew/opt/postgresql*/bin/initdb >/dev/null 2>&1; then
    install "PostgreSQL" postgresql
fi

#!/bin/sh
# Checks what the build needs and installs what is missing, telling what it does. Safe to run again.
# With the argument `tests`, also what the tests need beyond that.
set -eu

say() { echo "==> $*"; }
fail() { echo "setup: $*" >&2; exit 1; }

# Debian's packages, where there is apt and a way to be root.
install() {
    what=$1
    shift
    command -v apt-get >/dev/null 2>&1 || fail "$what is missing: install $* (or what your system calls it)"
    if [ "$(id -u)" = 0 ]; then as_root=''; elif command -v sudo >/dev/null 2>&1; then as_root=sudo; else
        fail "$what is missing: run apt-get install $* as root"
    fi
    say "installing $*"
    $as_root apt-get update -qq
    DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends "$@" >/dev/null ||
        fail "$what could not be installed: install $* by hand"
}

command -v cargo >/dev/null 2>&1 || fail "Rust is missing: install it with rustup"
command -v cc >/dev/null 2>&1 || install "a C compiler" build-essential
command -v node >/dev/null 2>&1 && command -v npm >/dev/null 2>&1 || install "Node.js" nodejs npm
[ "$(node -p 'Number(process.versions.node.split(".")[0]) >= 18')" = true ] || fail "Node.js 18 or newer is needed"

# A clang that knows wasm32, for the sandbox's C code.
if ! command -v clang-14 >/dev/null 2>&1 || ! command -v llvm-ar-14 >/dev/null 2>&1; then
    if ! { command -v clang >/dev/null 2>&1 && command -v llvm-ar >/dev/null 2>&1 &&
        clang --print-targets 2>/dev/null | grep -q wasm32; }; then
        install "clang with wasm32" clang-14 llvm-14
    fi
fi

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

# A PostgreSQL server for the tests to start.
if [ "${1:-}" = tests ] && ! command -v initdb >/dev/null 2>&1 &&
    ! ls /usr/lib/postgresql/*/bin/initdb /usr/local/pgsql/bin/initdb /opt/homebrew/opt/postgresql*/bin/initdb >/dev/null 2>&1; then
    install "PostgreSQL" postgresql
fi

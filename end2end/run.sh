#!/bin/sh
# Browser tests against the built server: `run.sh`, or `run.sh screenshots` for the README's pictures.
# Further arguments go to Playwright. The tests start and stop the servers they need by themselves.
set -eu
cd "$(dirname "$0")"
root=$(cd .. && pwd)

say() { echo "==> $*"; }
fail() { echo "end2end: $*" >&2; exit 1; }

# The binary, where Cargo has put it.
target=${CARGO_TARGET_DIR:-target}
case $target in /*) ;; *) target=$root/$target ;; esac
E2E_BIN=${E2E_BIN:-$target/debug/hookwright}
[ -x "$E2E_BIN" ] || fail "$E2E_BIN is missing: run cargo build -p hookwright"
export E2E_BIN

find_chromium() {
    for name in chromium chromium-browser google-chrome google-chrome-stable; do
        command -v "$name" && return 0
    done
    return 1
}
if [ -z "${CHROMIUM:-}" ] && ! CHROMIUM=$(find_chromium); then
    (cd "$root" && sh server/setup.sh browser)
    CHROMIUM=$(find_chromium) || fail "Chromium is missing although its package is installed"
fi
export CHROMIUM

# Node packages, unless they are those of the lock file.
stamp=node_modules/.package-lock.stamp
if ! cmp -s package-lock.json "$stamp"; then
    say "Node packages of the browser tests"
    npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
    cp package-lock.json "$stamp"
fi

# Data and logs of the servers; gone afterwards.
E2E_DIR=$(mktemp -d)
export E2E_DIR
trap 'rm -rf "$E2E_DIR"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

project=console
if [ "${1:-}" = screenshots ]; then
    project=screenshots
    shift
fi
if node node_modules/@playwright/test/cli.js test --project="$project" "$@"; then
    exit 0
fi
mkdir -p test-results
for log in "$E2E_DIR"/*.log; do
    [ -f "$log" ] || continue
    cp "$log" test-results/
    say "last lines of the server's log, $(basename "$log")"
    tail -n 40 "$log"
done
exit 1

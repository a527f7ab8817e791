#!/bin/sh
# Every benchmark, one after the other. Figures are for comparing within one run: machines differ and are noisy.
set -eu
echo "==> sandbox: one call, beside native QuickJS"
cargo bench --quiet -p script
echo "==> server: over HTTP on this machine"
cargo bench --quiet -p hookwright --bench load
site=${HOOKWRIGHT_ARTIFACTS:-.build}/site/assets
if ls "$site"/*/hookwright_bg.wasm.br >/dev/null 2>&1; then
    echo "==> browser bundle, compressed"
    wc -c "$site"/*/hookwright_bg.wasm.br | head -n 1
fi

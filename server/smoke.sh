#!/bin/sh
# Starts the server the way a newcomer does, with `make run`, and asks it whether it is well.
set -eu
cd "$(dirname "$0")/.."
folder=$(mktemp -d)
port=$(node -e 'const s = require("net").createServer(); s.listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close() })')
base=http://127.0.0.1:$port

# A session of its own, so that make and all it started can be ended together.
HOOKWRIGHT_DATA_DIR=$folder/data HOOKWRIGHT_LISTEN=127.0.0.1:$port HOOKWRIGHT_BASE_URL=$base \
    setsid make --no-print-directory run >"$folder/log" 2>&1 &
server=$!
trap 'kill -- -$server 2>/dev/null || true; wait $server 2>/dev/null || true; rm -rf "$folder"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

if node - "$base" <<'SCRIPT'
const base = process.argv[2];
const deadline = Date.now() + 600_000;
for (;;) {
  const answer = await fetch(`${base}/readyz`).catch(() => undefined);
  if (answer?.ok) break;
  if (Date.now() > deadline) process.exit(1);
  await new Promise((again) => setTimeout(again, 200));
}
const body = JSON.stringify({ email: "dana@example.com", password: "correct horse battery" });
const headers = { "content-type": "application/json" };
const registered = await fetch(`${base}/auth/register`, { method: "POST", headers, body });
const page = await fetch(`${base}/console`);
if (registered.status !== 201 || !page.ok) process.exit(1);
SCRIPT
then
    grep -q "/console/setup?token=" "$folder/log" && exit 0
    echo "smoke: the server did not print where to sign in" >&2
else
    echo "smoke: the server that \`make run\` started does not answer as it should" >&2
fi
tail -n 40 "$folder/log" >&2
exit 1

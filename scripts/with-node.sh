#!/usr/bin/env bash
# Runs a command with a Node.js that is new enough for the tools of the page (20.19): the system's, or where that is older,
# as Debian 12's is, one from npm.
set -euo pipefail
if node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' 2>/dev/null; then
  exec "$@"
fi
if ! command -v npx >/dev/null; then
  echo "Node.js 20.19 or newer is needed, or npm to get one: https://nodejs.org" >&2
  exit 1
fi
exec npx --yes --package node@22 -- "$@"

#!/usr/bin/env bash
# Builds the TypeScript example, as examples/README.md says. npm installs exactly what the lock file names.
set -euo pipefail
cd "$(dirname "$0")/.."
run() { scripts/with-node.sh "$@"; }
if ! [ examples/typescript/node_modules/.package-lock.json -nt examples/typescript/package-lock.json ]; then
  run npm ci --prefix examples/typescript --ignore-scripts --no-audit --no-fund --loglevel=error
fi
run npm run --prefix examples/typescript --silent build

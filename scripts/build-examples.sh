#!/usr/bin/env bash
# Installs and compiles examples/typescript, as its readers do: npm installs exactly what the lock file names, and runs no
# script of any package. The other examples need no build.
set -euo pipefail
cd "$(dirname "$0")/.."
run() { scripts/with-node.sh "$@"; }
if ! [ examples/typescript/node_modules/.package-lock.json -nt examples/typescript/package-lock.json ]; then
  echo "installing what the TypeScript example is built with (npm, once) …"
  run npm ci --prefix examples/typescript --ignore-scripts --no-audit --no-fund --loglevel=error
fi
echo "building the TypeScript example …"
run npm run --prefix examples/typescript --silent build

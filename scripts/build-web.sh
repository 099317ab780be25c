#!/usr/bin/env bash
# Builds the map client and GraphiQL into web/dist, from where the next `go build` or `go run` embeds them. npm installs
# exactly what the lock file names, and runs no script of any package.
set -euo pipefail
cd "$(dirname "$0")/.."
run() { scripts/with-node.sh "$@"; }
if ! [ web/node_modules/.package-lock.json -nt web/package-lock.json ]; then
  echo "installing what the map client is built with (npm, once) …"
  run npm ci --prefix web --ignore-scripts --no-audit --no-fund --loglevel=error
fi
echo "building the map client …"
run npm run --prefix web --silent build

#!/usr/bin/env bash
# Runs every fuzz target for a while (FUZZTIME each, a minute by default).
set -euo pipefail
grep -rl --include='*_test.go' '^func Fuzz' . | while read -r file; do
  for target in $(grep -oP '^func \KFuzz\w+' "$file"); do
    echo "== $target in $(dirname "$file")"
    go test -run '^$' -fuzz "^$target\$" -fuzztime "${FUZZTIME:-60s}" -fuzzminimizetime 100x "./$(dirname "$file")"
  done
done

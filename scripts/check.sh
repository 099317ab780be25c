#!/usr/bin/env bash
# Everything about the code that needs no test: it builds without C, is formatted, vetted and free of known faults, and
# what is generated is current.
set -euo pipefail
step() { printf '== %s\n' "$*"; }

step build without cgo
CGO_ENABLED=0 go build -o /dev/null .

step gofmt
unformatted=$(gofmt -l $(git ls-files '*.go' | grep -v '/generated/'))
[ -z "$unformatted" ] || { echo "not formatted: $unformatted" >&2; exit 1; }

step go vet
go vet ./...

step staticcheck
go tool staticcheck ./...

step generated code is current
generated=(graph/generated/*.go graph/model/models_gen.go graph/fast/corner/generated/*.go graph/fast/corner/models_gen.go geodata/schematic.geojson)
before=$(cat "${generated[@]}" | sha256sum)
go generate ./...
after=$(cat "${generated[@]}" | sha256sum)
[ "$before" = "$after" ] || { echo "generated code was not current: commit what 'make generate' makes" >&2; exit 1; }

step govulncheck
if out=$(go tool govulncheck ./... 2>&1); then
  echo "no known vulnerability is reached"
elif grep -qE 'dial tcp|no such host|connection refused|fetching vulnerabilities|Forbidden' <<<"$out"; then
  echo "SKIPPED: the vulnerability database can't be reached from here"
else
  echo "$out" >&2
  exit 1
fi

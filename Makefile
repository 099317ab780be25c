# make test      what every change must pass; installs what it needs
# make test-long the same with the long campaigns (kills, fuzzing, random filters, large editions)
# make bench     benchmarks, benchstat-readable; KANTONG_LARGE=1 adds 500 000 and 5 000 000 households
# make run       the demonstration city at http://127.0.0.1:8080, with the map client and GraphiQL (needs Node.js and npm)
# make web       builds these into web/dist, from where go build embeds them
# make examples  installs and compiles what of examples/ needs it (Node.js and npm)
# make generate  generated code anew: GraphQL, schematic boundaries

.PHONY: test test-long check bench run web examples generate tools

# The race detector watches this program, not SQLite: that is C made into Go, for one goroutine a connection, and watched it would
# take two thirds of the time.
RACE = -race -gcflags='modernc.org/...=-d=checkptr=0' -gcflags='modernc.org/sqlite/lib=-race=false -d=checkptr=0'
GOTESTFLAGS ?= $(RACE) -timeout 45m

test: tools web examples check
	KANTONG_CI=1 scripts/with-postgres.sh go test $(GOTESTFLAGS) ./...

test-long: tools web examples check
	KANTONG_CI=1 KANTONG_LONG=1 scripts/with-postgres.sh go test $(RACE) -timeout 85m ./...
	scripts/fuzz.sh

check:
	scripts/check.sh

tools:
	scripts/install-test-tools.sh

bench:
	POSTGRES_OPTIONS="-c shared_buffers=2GB -c work_mem=64MB" scripts/with-postgres.sh \
	  go test -run '^$$' -bench . -benchmem -count $${COUNT:-6} -timeout 3h ./internal/columnar ./internal/disclosure ./internal/server ./internal/postgis ./internal/cli

run: web
	go run . demo

web:
	scripts/build-web.sh

examples:
	scripts/build-examples.sh

generate:
	go generate ./...

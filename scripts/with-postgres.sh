#!/bin/sh
# Runs a command with KANTONG_TEST_DATABASE set to an empty PostgreSQL database that has PostGIS.
#
#   scripts/with-postgres.sh go test ./internal/postgis/
#
# Where the variable is set already, the command gets that database. Otherwise a cluster is made in a temporary
# directory, by an unprivileged user, on a free port, and is gone when the command ends: its exit code is this one's.
# POSTGRES_BIN says where initdb and pg_ctl are, if not in /usr/lib/postgresql/*/bin or the path. POSTGRES_OPTIONS are
# given to the server, e.g. "-c shared_buffers=2GB". A test that breaks its own cluster finds in KANTONG_TEST_RESTART the
# command that stops the server at once, as a crash would, and starts it again.
set -eu

[ $# -gt 0 ] || { echo "usage: $0 COMMAND [ARGUMENT…]" >&2; exit 2; }
[ -z "${KANTONG_TEST_DATABASE:-}" ] || exec "$@"

bin=${POSTGRES_BIN:-}
if [ -z "$bin" ]; then
  for candidate in /usr/lib/postgresql/*/bin; do
    [ ! -x "$candidate/initdb" ] || bin=$candidate # the last is the newest
  done
fi
if [ -z "$bin" ]; then
  found=$(command -v initdb) || { echo "$0: no PostgreSQL server here; on Debian: apt-get install postgresql-15 postgresql-15-postgis-3" >&2; exit 1; }
  bin=$(dirname "$found")
fi

# PostgreSQL refuses to run as root.
as_user() { "$@"; }
if [ "$(id -u)" = 0 ]; then
  as_user() { runuser -u postgres -- "$@"; }
fi

dir=$(mktemp -d "${TMPDIR:-/tmp}/kantong-postgres.XXXXXX")
command=
stop() {
  trap '' HUP INT TERM
  as_user "$bin/pg_ctl" -D "$dir/data" -m immediate -w stop >/dev/null 2>&1 || :
  rm -rf "$dir"
}
trap stop EXIT
for signal in HUP INT TERM; do
  trap '[ -z "$command" ] || kill -'$signal' "$command" 2>/dev/null || :; exit 130' $signal
done
[ "$(id -u)" != 0 ] || chown postgres "$dir"
chmod 755 "$dir" # the socket is for the command's user
cd_back=$PWD
cd "$dir" # where its user may be

as_user "$bin/initdb" -D "$dir/data" -U postgres -A trust -E UTF8 --no-locale --no-sync >"$dir/initdb.log" 2>&1 ||
  { cat "$dir/initdb.log" >&2; exit 1; }

# A port that is taken between looking and starting shows in the exit code of pg_ctl: try another.
started=
for attempt in 1 2 3 4 5 6 7 8 9 10; do
  port=$((20000 + ($$ * 7 + attempt * 1310) % 30000))
  if as_user "$bin/pg_ctl" -D "$dir/data" -l "$dir/data/server.log" -w -t 60 -o "-p $port -k $dir -c listen_addresses=127.0.0.1 \
    -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c shared_buffers=256MB -c max_wal_size=4GB -c jit=off \
    -c max_connections=200 ${POSTGRES_OPTIONS:-}" start >/dev/null 2>&1; then
    started=yes
    break
  fi
done
[ -n "$started" ] || { tail -n 20 "$dir/data/server.log" >&2; exit 1; }

"$bin/psql" -q -X -h "$dir" -p "$port" -U postgres -d postgres -v ON_ERROR_STOP=1 -c 'CREATE DATABASE kantong' >&2
"$bin/psql" -q -X -h "$dir" -p "$port" -U postgres -d kantong -v ON_ERROR_STOP=1 -c 'CREATE EXTENSION postgis' >&2

cd "$cd_back"
export KANTONG_TEST_DATABASE="postgres://postgres@127.0.0.1:$port/kantong?sslmode=disable"

as=
[ "$(id -u)" != 0 ] || as="runuser -u postgres --"
export KANTONG_TEST_RESTART="cd '$dir' && $as '$bin/pg_ctl' -D '$dir/data' -l '$dir/data/server.log' -m immediate -w restart"

# In the background, so that a signal to this script reaches it at once; its standard input stays.
exec 3<&0
"$@" <&3 3<&- &
command=$!
code=0
wait "$command" || code=$?
exit "$code"

#!/usr/bin/env bash
# Starts a throw-away PostgreSQL cluster for tests on a free port of the loopback and prints its folder and address; `stop DIR` ends it,
# `halt DIR` and `again DIR` take it away and bring it back.
# PostgreSQL refuses to run as root, so root hands it to the user postgres.
set -euo pipefail

bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
[ -n "$bin" ] || bin=$(dirname "$(command -v initdb 2>/dev/null || echo /nowhere/initdb)")
[ -x "$bin/initdb" ] || { echo "PostgreSQL's programs are missing: install the package postgresql-15" >&2; exit 1; }

as_postgres() { if [ "$(id -u)" = 0 ]; then setpriv --reuid=postgres --regid=postgres --clear-groups "$@"; else "$@"; fi; }

case "${1:-start}" in
start)
	dir=$(mktemp -d "${TMPDIR:-/tmp}/xiangyun-postgres.XXXXXX")
	[ "$(id -u)" = 0 ] && chown postgres "$dir"
	port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])' 2>/dev/null || node -e 's=require("net").createServer().listen(0,"127.0.0.1",()=>{console.log(s.address().port);s.close()})')
	cd "$dir"
	options="-p $port -k $dir -c listen_addresses=127.0.0.1 -c max_connections=300 -c max_locks_per_transaction=512 ${POSTGRES_OPTIONS:-}"
	echo "$options" >options
	as_postgres "$bin/initdb" -D "$dir/data" -U postgres -A trust --locale=C -E UTF8 >"$dir/init.log" 2>&1
	# max_locks: dropping many test schemas at once takes many locks.
	as_postgres "$bin/pg_ctl" -D "$dir/data" -w -l "$dir/log" -o "$options" start >/dev/null
	echo "$dir postgres://postgres@127.0.0.1:$port/postgres?sslmode=disable"
	;;
halt) # as a power cut would; `again` brings it back
	cd "$2"
	as_postgres "$bin/pg_ctl" -D "$2/data" -m immediate stop >/dev/null
	;;
again)
	cd "$2"
	as_postgres "$bin/pg_ctl" -D "$2/data" -w -l "$2/log" -o "$(cat options)" start >/dev/null
	;;
stop)
	as_postgres "$bin/pg_ctl" -D "$2/data" -m immediate stop >/dev/null || true
	rm -rf "$2"
	;;
esac

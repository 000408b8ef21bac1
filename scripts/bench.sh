#!/usr/bin/env bash
# Prints the benchmarks, one JSON object a line, on SQLite and, where PostgreSQL's programs are installed, on a throw-away PostgreSQL cluster
# that writes to the disk as a real one does. What it does meanwhile is said on standard error.
#
#	scripts/bench.sh [-only submit,pages,start,lists,catalogue,engine,issue,verify,size,inbox,certload] [-engine sqlite|postgres] [-live N] [-tasks N] [-certs N]
#
# The suites inbox and certload run only when they are asked for: ten million tasks take some 15 GB of the disk and some minutes, a million certificates
# in three stores some 12 GB and some minutes.
set -euo pipefail
cd "$(dirname "$0")/.."
export CGO_ENABLED=0

make --no-print-directory build >&2
go build -trimpath -ldflags "-s -w" -o bin/bench-bare ./internal/bench/bare
go build -o bin/bench ./internal/bench/cmd

postgres=""
trap '[ -z "$postgres" ] || bash scripts/postgres.sh stop "${postgres%% *}"' EXIT
if [[ " $* " != *"-engine sqlite "* && " $* " != *"-engine=sqlite "* ]]; then
	# POSTGRES_OPTIONS may turn fsync off for tests: here the disk is part of what is measured.
	postgres=$(POSTGRES_OPTIONS= bash scripts/postgres.sh start) || postgres=""
fi
address=${postgres#* }
bin/bench -binary bin/xiangyun -bare bin/bench-bare ${postgres:+-postgres "$address"} "$@"

#!/usr/bin/env bash
# Installs what the tests need where it can, says what is missing where it can't, and runs the whole suite on both engines.
set -euo pipefail
cd "$(dirname "$0")/.."

missing=()
have() { command -v "$1" >/dev/null 2>&1; }
need() { # need PROGRAM PACKAGE
	have "$1" && return
	missing+=("$2")
}
need chromium chromium
need jq jq
need curl curl
need pdftotext poppler-utils
need openssl openssl
fc-list 2>/dev/null | grep -qi 'noto.*cjk' || missing+=(fonts-noto-cjk)
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || have initdb || missing+=(postgresql-15)
if [ ${#missing[@]} -gt 0 ]; then
	if [ "$(id -u)" = 0 ] && have apt-get; then
		echo "installing ${missing[*]}" >&2
		apt-get update -qq
		DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
	elif [ "${CI:-}" = true ]; then
		echo "missing: ${missing[*]}; install them as root and run again" >&2
		exit 1
	else
		echo "missing: ${missing[*]}; the tests that need them will be skipped" >&2
	fi
fi

# The race detector watches our code and every library that our goroutines share something with. It does not watch the text of SQLite, which is C turned
# into Go by a program and keeps its own locks, nor what only computes on bytes it was handed, packing, drawing, encrypting: watching each of their steps was
# four fifths of the time of a test that draws. A package that instantiates sync.Map, atomic.Pointer or another type whose methods order what goroutines do
# must be watched: its unwatched copies of those methods would serve everybody, and races would be seen where there are none.
race=(-race "-gcflags=modernc.org/sqlite/lib=-race=false -d=checkptr=0")
for library in compress/flate compress/zlib hash/crc32 hash/adler32 image image/color image/draw image/png image/jpeg image/internal/imageutil math/big \
	crypto/internal/fips140/{bigmod,sha256,sha512,aes,nistec/fiat} golang.org/x/crypto/{argon2,blake2b} golang.org/x/image/{vector,font/sfnt,math/fixed} \
	github.com/golang/freetype/{raster,truetype} github.com/skip2/go-qrcode/... github.com/tdewolff/font github.com/tdewolff/parse/v2 \
	github.com/emmansun/gmsm/internal/{bigmod,sm2ec,sm3,sm4}; do
	race+=("-gcflags=$library=-race=false")
done
have gcc || race=() # the race detector needs a C compiler

echo "== vet" >&2
CGO_ENABLED=0 go vet ./... # as the program itself is built: the journeys find it compiled

postgres=""
trap '[ -z "$postgres" ] || bash scripts/postgres.sh stop "${postgres%% *}"' EXIT
if [ -n "${XIANGYUN_TEST_POSTGRES:-}" ]; then
	address=$XIANGYUN_TEST_POSTGRES
else
	# A test's data need not survive the machine: without fsync the suite is not about the disk.
	postgres=$(POSTGRES_OPTIONS="-c fsync=off" bash scripts/postgres.sh start)
	address=${postgres#* }
fi

# One package more than there are processors: the tests wait for the disk and for a browser a third of the time.
beside="-p $(($(getconf _NPROCESSORS_ONLN) + 1))"

status=0
echo "== SQLite" >&2
XIANGYUN_TEST_POSTGRES= CGO_ENABLED=${race:+1} go test "${race[@]}" $beside -timeout 15m ./... || status=1
echo "== PostgreSQL" >&2
# A cluster of our own has a new address each time, so whatever asks a database runs again; what asks none has no second engine to be tried on and
# counts as it came out above. Somebody else's database may have changed under the same address.
XIANGYUN_TEST_POSTGRES=$address CGO_ENABLED=${race:+1} go test "${race[@]}" $beside ${XIANGYUN_TEST_POSTGRES:+-count=1} -timeout 15m ./... || status=1
exit $status

#!/usr/bin/env bash
# Checks a table of five gigabytes, or of as many bytes as the first argument says, in a dry run. The table is made while it is read and is never on a
# disk. It prints what the import answered, rows a second, and the most memory it held: that must not grow with the file.
set -euo pipefail
cd "$(dirname "$0")/.."
XIANGYUN_BIG_BYTES="${1:-5000000000}" go test ./internal/module/item -run '^$' -bench BigTable -benchtime 1x -timeout 60m -v

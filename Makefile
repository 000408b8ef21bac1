# Xiangyun. `make help` lists the targets; README.md tells the story.

.DEFAULT_GOAL := help
SHELL := /bin/bash
export CGO_ENABLED = 0
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)

.PHONY: help run build assets generate test test-sqlite test-postgres bench crash archtest clean verify

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 16

assets: web/dist/app.css ## bundle styles, scripts and fonts into web/dist

web/dist/app.css: web/package-lock.json web/build.sh $(shell find web/js internal/design/css -type f 2>/dev/null)
	bash web/build.sh

build: assets ## build the one static binary, bin/xiangyun
	go build -trimpath -ldflags "-s -w -X xiangyun/internal/assembly/cli.version=$(VERSION)" -o bin/xiangyun ./cmd/xiangyun

run: build ## fetch, build, load the demo province into ./var and serve http://127.0.0.1:8080
	bin/xiangyun serve --demo

generate: ## write the Go of the templates anew
	go tool templ generate -path internal

verify: generate ## fail when generated files are stale
	git diff --exit-code -- '*_templ.go'

test: assets ## install what the tests need, then run everything on both engines
	bash scripts/test.sh

bench: build ## print the benchmarks: one JSON object a line, each with the bare operation beside it
	bash scripts/bench.sh

crash: build ## kill the server at random points under load and check that nothing acknowledged is lost
	go run ./internal/crash/cmd -binary bin/xiangyun

clean: ## remove what was built; data in ./var stays
	rm -rf bin web/dist/app.* web/dist/fonts

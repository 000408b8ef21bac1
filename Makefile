# Xiangyun. `make help` lists the targets; README.md tells the story.

.DEFAULT_GOAL := help
SHELL := /bin/bash
export CGO_ENABLED = 0
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)

.PHONY: help run build assets generate test test-sqlite test-postgres bench crash archtest clean verify pictures

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
	@test -z "$$(git status --porcelain -- '*_templ.go')" || { git --no-pager diff --stat -- '*_templ.go'; echo "generated files are stale: run make generate and commit them" >&2; exit 1; }

test: assets ## install what the tests need, then run everything on both engines
	bash scripts/test.sh

bench: ## print the benchmarks: one JSON object a line, each with the bare operation beside it
	@bash scripts/bench.sh

pictures: assets ## draw the pictures of README anew into docs/pictures
	mkdir -p docs/pictures
	XIANGYUN_PICTURES=$(CURDIR)/docs/pictures go test ./internal/assembly/demo ./internal/journey -count=1 -run TestPictures

KILLS ?= 20

crash: assets ## kill the server at random points under load (KILLS times) and check that nothing acknowledged is lost
	go test ./internal/journey -count=1 -run TestKill -v -kills $(KILLS)

clean: ## remove what was built; data in ./var stays
	rm -rf bin web/dist/app.* web/dist/fonts

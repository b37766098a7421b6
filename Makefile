# make test    everything a change must pass, from a fresh Debian on
# make bench   figures, each beside its floor or bound of the same run
# make faults  the simulation with many seeds, and kill -9 at many points
# make long    sweeps that take minutes
# make corpus  the desk's readers on real data, where there is any
# make build   the program, stripped, as ./meridian
# make shots   pictures of the web desk from the browser tests, in tmp/

SHELL       := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := test

LINT   := go run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
RACE   := . ./bot/engine/... ./storage/... ./adapters/...
OTHERS  = $$(comm -23 <(go list ./... | sort) <(go list $(RACE) | sort))
CORPUS ?= ../shared/data
SEEDS  ?= 300
KILLS  ?= 200

.PHONY: test prepare vet lint unit race bench faults long corpus build shots

test: prepare vet lint unit race
	@echo "make test: all of it passed"

# What the tests need beside Go: a browser, its emoji, PostgreSQL, a C compiler.
prepare:
	@.ci/prepare

vet:
	@unformatted=$$(gofmt -l .); if [ -n "$$unformatted" ]; then echo "gofmt these: $$unformatted"; exit 1; fi
	go vet ./...

lint:
	$(LINT) run ./...

# Without the race detector: what starts no goroutines. Seeds of fuzz targets
# run as tests.
unit:
	go test -timeout 10m $(OTHERS)

race:
	go test -race -timeout 15m $(RACE)

bench:
	go test -run '^$$' -bench . -benchtime 2s ./...

faults:
	go test -timeout 60m -count=1 -run 'Simulation' -v ./bot/engine/... -sim.seeds=$(SEEDS)
	go test -timeout 60m -count=1 -run 'Kill' -v . -kills=$(KILLS)

long:
	CALENDAR_SWEEP=1 go test -timeout 60m -count=1 ./bot/calendar/...
	for t in FuzzConfig; do go test -run '^$$' -fuzz "^$$t$$" -fuzztime 60s .; done
	for t in FuzzDecode; do go test -run '^$$' -fuzz "^$$t$$" -fuzztime 60s ./cli/yamlfile; done

corpus:
	@if [ ! -d "$(CORPUS)" ]; then echo "make corpus: there is no data at $(CORPUS); set CORPUS=FOLDER"; exit 0; fi; \
	MERIDIAN_CORPUS="$$(cd "$(CORPUS)" && pwd)" go test -timeout 30m -count=1 -run 'Corpus' -v ./...

build:
	CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o meridian .

shots:
	MERIDIAN_SHOTS="$$(mkdir -p tmp && cd tmp && pwd)" go test -count=1 -run 'Browser' ./adapters/web/... .

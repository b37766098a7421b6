# make test    everything a change must pass, from a fresh Debian on
# make bench   figures, each beside its floor or bound of the same run
# make bench-slack  the app of Slack beside Bolt and slack-go; needs node and npm
# make bench-mail  the intake of mail beside its floor and beside npm
# make faults  the simulation of faults with many seeds, and the built program
#              killed and paused many times
# make long    fuzzing that takes many minutes
# make corpus  the desk's readers on real data, where there is any
# make build   the program, stripped, as ./meridian; it speaks HTTP/1.1, and TLS
#              and HTTP/2 are its reverse proxy's

SHELL       := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := test

LINT   := go run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
RACE   := . ./storage/...
FAKED  := ./bot/engine/... ./adapters/...
OTHERS  = $$(comm -23 <(go list ./... | sort) <(go list $(RACE) $(FAKED) | sort))
CORPUS ?= ../shared/data
SEEDS  ?= 300
KILLS  ?= 200
PAUSES ?= 12
FUZZ   ?= 60s

.PHONY: test prepare vet lint unit race bench bench-mail bench-slack faults long corpus build

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
	go test -timeout 20m $(OTHERS)

# What runs in fake time has one processor: the race detector keeps one context
# for all timers of a synctest bubble, and threads that set off two of them at
# once break it (golang/go#78156). It finds races by what is ordered before what,
# so it needs no second processor to see them.
race:
	go test -race -timeout 25m -cpu 1 $(FAKED)
	go test -race -timeout 25m $(RACE)

bench:
	go test -run '^$$' -bench . -benchtime 2s ./...

# Modules of others stay below tmp, in the versions that package.json names.
bench-slack:
	@for tool in node npm; do command -v $$tool > /dev/null || { \
		echo "make bench-slack: there is no $$tool, which runs what the desk is measured beside; on Debian: apt-get install nodejs npm"; exit 1; }; done
	@mkdir -p tmp/bench-slack && cp bench/slack/testdata/package.json bench/slack/testdata/bolt.mjs tmp/bench-slack/
	cd tmp/bench-slack && npm install --no-audit --no-fund --no-package-lock
	go test -run '^$$' -bench . -benchtime 1x -timeout 30m ./bench/slack -peers "$(CURDIR)/tmp/bench-slack"
	SLACK_SOAK=1 go test -count=1 -v -timeout 30m ./adapters/slack \
		-run 'TestNothingIsLostWhileConnectionsAreRenewedAllTheTime|TestTwoThousandPostsKeepToTheLimitsAndAnUrgentOneGoesFirst'
# The peer is what one builds with npm: smtp-server, mailparser and a sync.
bench-mail:
	@command -v node >/dev/null && command -v npm >/dev/null || { echo "make bench-mail: the peer needs node and npm: apt-get install nodejs npm"; exit 1; }
	@mkdir -p tmp/mail-peer && cp bench/testdata/mail-peer/* tmp/mail-peer/
	@cd tmp/mail-peer && npm install --no-audit --no-fund --ignore-scripts --loglevel=error
	MERIDIAN_MAIL_PEER="$(CURDIR)/tmp/mail-peer" go test -run '^$$' -bench '^BenchmarkMail$$' -benchtime 1x -timeout 15m ./bench

faults:
	go test -timeout 60m -count=1 -run 'SimulatedFaults' -v ./bot/engine -sim.seeds=$(SEEDS)
	go test -timeout 60m -count=1 -v ./faults -faults.kills=$(KILLS) -faults.pauses=$(PAUSES)

long:
	for dir in $$(go list -f '{{.Dir}}' ./...); do \
		for target in $$(cd $$dir && go test -list '^Fuzz' . | grep '^Fuzz' || true); do \
			(cd $$dir && go test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZ) .); \
		done; \
	done

corpus:
	@if [ ! -d "$(CORPUS)" ]; then echo "make corpus: there is no data at $(CORPUS); name its folder with CORPUS="; exit 0; fi; \
	MERIDIAN_CORPUS="$$(cd "$(CORPUS)" && pwd)" go test -tags corpus -timeout 30m -count=1 -run 'Corpus' -v .

build:
	CGO_ENABLED=0 go build -trimpath -tags nethttpomithttp2 -ldflags '-s -w' -o meridian .

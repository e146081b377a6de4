# `make help` explains every target. Nothing here needs more than Go, a shell and the module cache; the tests on real
# stores fetch those themselves (test/services) and are left out, with a word, where a store cannot be had.

SHELL       := /bin/bash
GO          ?= go
TOOLS       := $(CURDIR)/.tools
BIN         := $(CURDIR)/bin
VERSION     ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS     := -s -w -X main.version=$(VERSION)
# A CPU profile of the archive pipeline at full load: the compiler lays the hot paths out for it, a fifth of their CPU.
# The same file for both binaries, so that what they share is compiled once. docs/benchmarks.md says how it is made.
PROFILE     := $(CURDIR)/cmd/otelcol-byoc/default.pgo
PACKAGES    ?= ./...
TEST_FLAGS  ?= -race -timeout 25m
FUZZ_TIME   ?= 30s
# Packages whose tests move gigabytes, drive a server, or read naively for minutes under the race detector. What runs in parallel
# there is tested for races in its own packages.
LARGE       := -e /test/hostile -e /test/planted -e /test/hotstores
# Packages that ask fewer random questions under the race detector: all of them are asked without it, too.
THOROUGH    := ./internal/federate
COMPONENTS  := receiver/rrpairreceiver processor/redactprocessor processor/dimensionprocessor exporter/archiveexporter exporter/hotstoreexporter \
               extension/archiveextension extension/hotstoreextension

export BYOC_COLLECTOR := $(BIN)/otelcol-byoc
export BYOC_TOOL      := $(BIN)/byoc
export BYOC_BUILDER   := $(TOOLS)/builder

.DEFAULT_GOAL := help

.PHONY: help
help: ## what each target does
	@echo "otelcol-byoc: a collector distribution for captured API traffic"; echo
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'
	@echo; echo "Variables: TRAFFIC=file.jsonl (demo), PACKAGES=./internal/... (test), BENCH=regexp (bench-go), FUZZ_TIME=30s (fuzz)"

.PHONY: build
build: collector byoc ## bin/otelcol-byoc (the collector, through ocb) and bin/byoc (the command-line tool)

.PHONY: collector
collector: $(TOOLS)/builder
	@mkdir -p $(BIN)
	$(GO) -C cmd/otelcol-byoc build -trimpath -pgo=$(PROFILE) -ldflags "-s -w" -o $(BIN)/otelcol-byoc .

.PHONY: byoc
byoc:
	@mkdir -p $(BIN)
	$(GO) build -trimpath -pgo=$(PROFILE) -ldflags "$(LDFLAGS)" -o $(BIN)/byoc ./cmd/byoc

.PHONY: demo
demo: build ## the main job on generated traffic (or TRAFFIC=file.jsonl): capture, archive, index, snapshot, questions
	./scripts/demo.sh

.PHONY: test
test: build services ## all tests: units, real binaries, and every real store that can be had
	$(GO) vet $(PACKAGES)
	$(GO) test $(TEST_FLAGS) $$($(GO) list $(PACKAGES) | grep -v $(LARGE))
	$(GO) test -timeout 25m $(THOROUGH)
	@large=$$($(GO) list $(PACKAGES) | grep $(LARGE)); [ -z "$$large" ] || $(GO) test -timeout 25m $$large

.PHONY: services
services: ## fetch MinIO, Azurite, fake-gcs-server, DuckDB, pyarrow and Spark into the test cache
	./test/services/fetch-all.sh

.PHONY: bench
bench: build services ## our pipelines against the stock ones, same traffic, same run, and the hot stores; prints ratios (12 minutes)
	$(GO) run ./test/bench
	cd test/bench/redaction && GOMAXPROCS=1 $(GO) test -run '^$$' -bench . -benchmem .

.PHONY: redact-score
redact-score: ## what redaction finds and misses on labelled sets (BYOC_REDACTION_DEV names their folder)
	$(GO) run ./test/redactscore

.PHONY: bench-go
bench-go: ## the hot paths' Go benchmarks, on one core, with allocations
	GOMAXPROCS=1 $(GO) test -run '^$$' -bench '$(or $(BENCH),.)' -benchmem ./internal/...

.PHONY: fuzz
fuzz: ## every fuzz target for FUZZ_TIME each
	@set -e; for p in $$($(GO) list ./internal/... ./test/planted); do \
	  for f in $$($(GO) test -list '^Fuzz' $$p | grep '^Fuzz' || true); do \
	    echo "== $$p $$f"; $(GO) test -run '^$$' -fuzz "^$$f$$" -fuzztime $(FUZZ_TIME) $$p; done; done

.PHONY: generate
generate: $(TOOLS)/mdatagen $(TOOLS)/builder ## component metadata (mdatagen) and the collector's sources (ocb)
	@set -e; for c in $(COMPONENTS); do (cd $$c && $(TOOLS)/mdatagen metadata.yaml); done
	$(TOOLS)/builder --config builder-config.yaml --skip-compilation
	gofmt -w cmd/otelcol-byoc

.PHONY: check-generated
check-generated: generate ## fails where generated files are not what is committed
	@git diff --exit-code --stat -- $(COMPONENTS) cmd/otelcol-byoc || { echo "run 'make generate' and commit the result"; exit 1; }

.PHONY: lint
lint: $(TOOLS)/golangci-lint ## golangci-lint, with the rules for who may import whom
	$(TOOLS)/golangci-lint run ./...

.PHONY: clean
clean: ## what make has built, and the demo's output
	rm -rf $(BIN) $(TOOLS) _build demo-out

$(TOOLS)/builder $(TOOLS)/mdatagen $(TOOLS)/golangci-lint: internal/tools/go.mod
	@mkdir -p $(TOOLS)
	@case $(@F) in golangci-lint) p=github.com/golangci/golangci-lint/v2/cmd/golangci-lint ;; *) p=go.opentelemetry.io/collector/cmd/$(@F) ;; esac; \
	echo "$(GO) install $$p"; GOBIN=$(TOOLS) $(GO) -C internal/tools install $$p
	@touch $@

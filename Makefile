# SPDX-License-Identifier: Apache-2.0
# Everything works from a fresh clone: each target installs the Debian packages that it needs.
.DEFAULT_GOAL := help
export JOBS ?= $(shell nproc)
FUZZ_SECONDS ?= 60

.PHONY: help
help: ## say what there is
	@sed -nE 's/^([a-z0-9-]+):.*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 24

.PHONY: build
build: ## build/release/bin/sluice and build/release/bin/sluice-demo
	@scripts/install-packages build
	@scripts/build release --target sluice sluice-demo

.PHONY: demo
demo: build ## run the demo services, their page and the gateway, until Ctrl-C
	@scripts/install-packages demo
	@exec scripts/demo

.PHONY: test
test: ## build everything; run the unit tests, the integration tests and tidy
	@scripts/install-packages build test
	@scripts/test release

.PHONY: asan
asan: ## the unit and integration tests under AddressSanitizer and UndefinedBehaviorSanitizer
	@scripts/install-packages build test
	@scripts/test asan -L 'unit|integration'

.PHONY: tsan
tsan: ## the unit and integration tests under ThreadSanitizer
	@scripts/install-packages build test
	@scripts/test tsan -L 'unit|integration'

.PHONY: e2e
e2e: build ## the demo page in headless Chromium and Firefox
	@scripts/install-packages test browser
	@scripts/e2e

.PHONY: conformance
conformance: ## protobuf's conformance tests of both directions between JSON and messages
	@scripts/install-packages build conformance
	@scripts/conformance

.PHONY: fuzz
fuzz: ## every fuzz target for FUZZ_SECONDS (60) each
	@scripts/install-packages build fuzz
	@scripts/fuzz $(FUZZ_SECONDS)

.PHONY: image
image: ## the container image localhost/sluice, with a Docker engine or without one
	@scripts/image

.PHONY: image-test
image-test: ## the image, run as a cluster would
	@scripts/install-packages test
	@scripts/image-test

.PHONY: chart
chart: build ## the tests of the Helm chart and of the snippets in deploy/
	@scripts/install-packages chart
	@scripts/chart

.PHONY: peers
peers: build ## services in Go, Node.js, Python, Java and Rust behind the gateway
	@scripts/install-packages peers
	@scripts/peers

.PHONY: bench-programs
bench-programs:
	@scripts/install-packages build bench
	@scripts/build bench --target sluice benchmarks

.PHONY: bench
bench: bench-programs ## every benchmark; results in build/bench/SUITE.txt
	@tests/bench/run-all

.PHONY: bench-gateway
bench-gateway: bench-programs ## the whole gateway beside its yardsticks
	@tests/bench/gateway/run

.PHONY: bench-fanout
bench-fanout: bench-programs ## one stream to up to 10,000 subscribers, likewise
	@tests/bench/fanout/run

.PHONY: bench-transcode
bench-transcode: ## wire bytes to JSON, beside protobuf
	@scripts/install-packages build bench
	@scripts/build bench --target bench-transcode
	@tests/bench/transcode/run

.PHONY: format
format: ## let clang-format have its way with the C++ files
	@scripts/install-packages test
	@tests/tidy/tidy.py --fix-format

.PHONY: clean
clean: ## remove everything that was built
	rm -rf build tests/e2e/node_modules

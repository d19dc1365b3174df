# make run | test | benchmark | portal | screenshots | docs | format | lint
SHELL := /bin/bash
RELEASE := .build-release
RADIAN := $(RELEASE)/release/radian
# Swift's libraries inside the program, of all code what is used, relocations in the short form (glibc 2.36, Debian 12), no names for other
# libraries, and what a start calls side by side: it starts in half of the time and has less in memory (docs/performance.md).
RELEASEFLAGS := --static-swift-stdlib -Xswiftc -use-ld=lld -Xlinker -z -Xlinker pack-relative-relocs -Xlinker --no-export-dynamic \
	-Xswiftc -Xfrontend -Xswiftc -function-sections -Xcc -ffunction-sections -Xcc -fdata-sections \
	-Xlinker --symbol-ordering-file=$(CURDIR)/Benchmarks/start-order.txt -Xlinker --no-warn-symbol-ordering

.PHONY: run test benchmark portal screenshots docs format lint build release

# Builds, makes a demo organization on the embedded database, and serves.
run: release
	@mkdir -p var && chmod 700 var
	@$(RADIAN) demo
	@exec $(RADIAN) serve

release:
	@.ci/install build
	swift build -c release --product radian --scratch-path $(RELEASE) --disable-index-store $(RELEASEFLAGS)

build:
	@.ci/install build
	swift build $(SWIFTFLAGS)

# Every test, on both engines, against real peers.
test:
	@.ci/install test
	@.ci/python-tools
	@Portal/fetch-vendor --without axe-core || echo 'Without the files above the tests of graphs and maps are skipped.'
	swift build --build-tests $(SWIFTFLAGS)
	SWIFTFLAGS="$(SWIFTFLAGS)" .ci/run-tests $(TESTFLAGS)

# Tables of requests per second, latencies and imports beside FreeRADIUS, a bare UDP echo and a minimal Django; fails where a threshold is
# missed, and takes some 15 minutes. BENCHMARKS=api measures a part: radius, api, import, or single lines (Benchmarks/run --help).
benchmark: release
	@.ci/install benchmark
	Benchmarks/run $(RADIAN) $(BENCHMARKS)

# Files of others for the console and /api/v1/docs/, as Portal/vendor.lock pins them.
portal:
	Portal/fetch-vendor

# The pictures of the README, made of the demo in Chromium.
screenshots:
	@.ci/install test
	swift build --build-tests $(SWIFTFLAGS)
	RADIAN_SCREENSHOTS=docs/images swift test --skip-build $(SWIFTFLAGS) --filter PortalTests.Pictures

# The files under docs/ that are made from the program.
docs: release
	$(RADIAN) config api >docs/api.md

format:
	swift format format --in-place --parallel --recursive Package.swift Sources Tests

lint:
	swift format lint --strict --parallel --recursive Package.swift Sources Tests

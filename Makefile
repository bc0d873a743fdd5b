# Alongside. `make demo` shows it, `make test` checks all of it; both install what is missing (Debian 12, Swift 6.3).

SHELL := /bin/bash
.DELETE_ON_ERROR:
.PHONY: build release demo test lint unit script-check units end-to-end allocations bench microbenchmarks \
	audit-benchmarks instructions bundle format fuzz sanitize planted attacks soak soak-load clean help

# A crash of a program under test must not start the runtime's own debugger, which can hang a pipe.
export SWIFT_BACKTRACE := enable=no

VENV := .venv
PYTHON := $(VENV)/bin/python
PYTHON_READY := $(VENV)/installed
SWIFT_FOLDERS := Package.swift Sources Tests
FUZZ_TARGETS := wire_frames talk request view audit_segment ssh input
TARGET ?= $(FUZZ_TARGETS)
SECONDS ?= 60
SEEDS ?= 2000
MINUTES ?= 10
SOAK_TESTS := $(addprefix Tests/EndToEnd/, test_crash.py test_disk_faults.py test_disk_calls.py test_power_loss.py \
	audit_damage_test.py)

# Tests keep their logs in memory where there is room: a log on a disk that stands still, or is nearly full, lets nobody
# in. What it does then has tests of its own.
TEST_FOLDER = $(shell room=$$(df --output=avail -k /dev/shm 2>/dev/null | tail -n 1); \
	if [ "$${room:-0}" -gt 4000000 ]; then echo /dev/shm; else echo "$${TMPDIR:-/tmp}"; fi)

build: ## the programs and all tests, for debugging
	@Tests/EndToEnd/install.sh build
	swift build --build-tests

release: ## the three programs
	@Tests/EndToEnd/install.sh build
	@echo "Building for release; the first time takes several minutes"
	swift build -c release

demo: ## one session on this machine; SHOPPER=none waits for your own browser
	@Tests/EndToEnd/install.sh demo
	@$(MAKE) --no-print-directory $(PYTHON_READY) release
	@Tests/EndToEnd/demo.sh

test: ## everything, from a clean clone
	@Tests/EndToEnd/install.sh test
	@$(MAKE) --no-print-directory lint script-check units unit allocations instructions end-to-end

unit: ## all Swift tests
	swift build --build-tests
	TMPDIR=$(TEST_FOLDER) swift test --skip-build

script-check: ## the script: types, its own tests, and a bundle that is up to date
	node --test Tests/Embed

units: ## the systemd units
	@Tests/EndToEnd/systemd_test.sh

end-to-end: $(PYTHON_READY) ## real browsers, the real daemon, the real client
	TMPDIR=$(TEST_FOLDER) ALONGSIDE_BIN="$$(swift build --show-bin-path)" $(PYTHON) -m pytest -q -s Tests/EndToEnd

allocations: $(PYTHON_READY) ## what the relay allocates and retains for a frame and a seat, in code as it is shipped
	TMPDIR=$(TEST_FOLDER) Tests/Allocations/run.sh

fuzz: ## strangers' bytes, SECONDS=60 for each reader; TARGET=view for one
	@for target in $(TARGET); do Tests/Fuzz/run.sh $$target $(SECONDS) || exit 1; done

sanitize: ## the transport's tests under ThreadSanitizer and AddressSanitizer; about 10 minutes
	@Tests/EndToEnd/install.sh build
	Tests/Sanitize/run.sh thread
	Tests/Sanitize/run.sh address

planted: ## one bug of each kind in a copy of the cores, each caught by the simulation; about 10 minutes
	Tests/PlantedBugs/run.py

attacks: $(PYTHON_READY) ## every attack on the shipped relay, on a quiet machine of two cores; most of an hour
	swift build -c release --product alongsided
	TMPDIR=$(TEST_FOLDER) ALONGSIDE_ATTACKS=alone ALONGSIDE_BIN="$$(swift build -c release --show-bin-path)" \
		$(PYTHON) -m pytest -q -s Tests/EndToEnd/test_attacks.py

soak: $(PYTHON_READY) ## without a budget: SEEDS=2000 simulations; kills, failing disks, power losses, damages; load
	swift build --build-tests
	SIM_SEEDS=$(SEEDS) swift test --skip-build --filter SimulationTests
	ALONGSIDE_SOAK=1 ALONGSIDE_BIN="$$(swift build --show-bin-path)" $(PYTHON) -m pytest -q -s $(SOAK_TESTS)
	@$(MAKE) --no-print-directory soak-load

soak-load: ## MINUTES=10 at 70 % of the loop, links coming and going: memory stays within 2 %
	@Tests/EndToEnd/install.sh build
	@Benchmarks/install.sh .build/bench
	swift build -c release --product alongsided
	python3 Benchmarks/soak_load.py --minutes $(MINUTES)

bundle: ## the script from its sources
	node Sources/Embed/src/build.mjs

format: ## all Swift files
	swift format --in-place --parallel --recursive $(SWIFT_FOLDERS)

lint: ## all Swift files, strictly
	swift format lint --strict --parallel --recursive $(SWIFT_FOLDERS)

$(PYTHON_READY): Tests/EndToEnd/requirements.txt
	@echo "Making $(VENV) with the Python packages of $<"
	python3 -m venv $(VENV)
	$(VENV)/bin/pip install --quiet --disable-pip-version-check -r $<
	@touch $@

bench: ## the relay beside its floor and its peers, 25 minutes; QUICK=1 for two
	@Tests/EndToEnd/install.sh build
	@Benchmarks/install.sh .build/bench
	swift build -c release --product alongsided
	swift build -c release --product relay-without-log
	python3 Benchmarks/run.py $(if $(QUICK),--quick)

microbenchmarks: ## what single operations cost
	swift build -c release --product microbenchmarks
	"$$(swift build -c release --show-bin-path)/microbenchmarks"

audit-benchmarks: $(PYTHON_READY) ## starts on a log of MEGABYTES=1000, its verification, frames a second, a frame's way
	swift build -c release --product alongsided
	swift build -c release --product alongside-audit
	swift build -c release --product audit-benchmarks
	ALONGSIDE_BIN="$$(swift build -c release --show-bin-path)" $(PYTHON) Benchmarks/audit.py

instructions: ## instructions of the core for each delivered frame, against the stored figure
	Benchmarks/instructions.py

clean: ## forget what was built
	rm -rf .build .build-fuzz .build-thread .build-address $(VENV)

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

# Every target does its own set-up: on a fresh Debian 12, as root or with sudo, it installs what is missing.
.DEFAULT_GOAL := help
.PHONY: help run demo build test bench fuzz mutants lint package package-test clean

help:  ## List these targets
	@sed -n 's/^\([a-z-]*\):[^#]*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

run:  ## Build doze and start it: on your AWS credentials, or else on a sandbox
	@scripts/run

demo: build  ## Watch the whole story in under a minute: typing, leaving, asleep, back (no screen needed)
	@scripts/bootstrap demo
	@build/venv/bin/python3 scripts/demo.py

build:  ## Build build/release/doze
	@scripts/build doze

test:  ## Run all tests: unit tests (also under sanitizers), then end to end
	@scripts/test

bench: build  ## Measure doze beside the limits of the machine, boto3 and the AWS CLI
	@scripts/bootstrap bench
	@build/venv/bin/python3 tests/bench/run.py

fuzz:  ## Fuzz every parser of foreign bytes, ten minutes each (FUZZ_SECONDS=60 for less)
	@scripts/fuzz $(FUZZ_SECONDS)

mutants:  ## Put small faults in, half an hour long, and count how many the tests notice
	@scripts/mutants

lint:  ## Check format, warnings of both compilers, clang-tidy, includes, shell scripts
	@scripts/lint

package:  ## Build a Debian package in build/package
	@scripts/package

package-test:  ## Install, start, upgrade and remove it in a clean Debian 12 (as root)
	@scripts/package_test

clean:  ## Remove everything that was built
	rm -rf build

# Two commands matter: `make run` and `make test`. `make help` lists the others.
.DEFAULT_GOAL := help
SHELL := /bin/sh
XTASK := CARGO_TARGET_DIR=$(or $(CARGO_TARGET_DIR),$(CURDIR)/target)/xtask cargo run --quiet --manifest-path server/xtask/Cargo.toml --
# The browser half is checked and built for wasm32 by itself: its features exclude the server's.
WORKSPACE := --workspace --exclude hydrate
HYDRATE := -p hydrate --target wasm32-unknown-unknown

.PHONY: help run test setup setup-tests tools guests front server fmt fmt-check lint unit smoke e2e bench conformance release screenshots clean

help: ## Lists the commands
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1|\2/p' Makefile | column -t -s '|'

run: guests ## Builds everything and starts the server on http://localhost:3000
	@$(MAKE) --no-print-directory -j2 front server
	@cargo run --quiet -p hookwright -- serve

test: setup-tests setup fmt-check lint unit smoke e2e ## Everything CI runs: format, lints, unit, integration and browser tests
	@echo "==> all tests passed"

setup: guests front ## Installs what the build needs and builds the sandbox and the browser bundle

tools:
	@sh server/setup.sh

setup-tests:
	@sh server/setup.sh tests

guests: tools ## Builds the sandbox images
	@echo "==> sandbox images"
	@$(XTASK) guests

front: tools ## Builds the browser bundle
	@echo "==> browser bundle"
	@$(XTASK) front

server:
	@echo "==> server"
	@cargo build --quiet -p hookwright

fmt: ## Formats everything
	cargo fmt --all
	cd server/xtask && cargo fmt
	cd server/crates/script/guest && cargo fmt
	cd server/crates/script/tsguest && cargo fmt

fmt-check:
	@echo "==> format"
	@cargo fmt --all --check
	@cd server/xtask && cargo fmt --check
	@cd server/crates/script/guest && cargo fmt --check
	@cd server/crates/script/tsguest && cargo fmt --check

lint: ## Clippy, warnings denied
	@echo "==> clippy"
	@cargo clippy --quiet $(WORKSPACE) --all-targets -- -D warnings
	@CARGO_TARGET_DIR=$(or $(CARGO_TARGET_DIR),$(CURDIR)/target)/front cargo clippy --quiet $(HYDRATE) -- -D warnings

unit: ## Unit and integration tests, on SQLite and on a throwaway PostgreSQL
	@echo "==> unit and integration tests"
	@HOOKWRIGHT_REQUIRE_POSTGRES=1 sh server/testdb.sh run -- cargo test --quiet $(WORKSPACE) --lib --bins --tests

smoke: ## Starts the server with `make run` and asks whether it is well
	@echo "==> make run"
	@MAKEFLAGS= sh server/smoke.sh

e2e: server ## Browser tests in Chromium
	@echo "==> browser tests"
	@sh end2end/run.sh

bench: ## Benchmarks; prints figures, asserts nothing
	@sh server/benches/run.sh

conformance: guests ## Measures the sandbox by the tests of the platform: make conformance WPT=path TEST262=path
	@cargo run --quiet -p script --example conformance -- $(if $(WPT),--wpt "$(WPT)") $(if $(TEST262),--test262 "$(TEST262)") $(ARGS)

release: setup ## Builds the one binary for production into target/release/hookwright
	@$(XTASK) front --release
	@cargo build --release -p hookwright

screenshots: server ## Takes the README's pictures from a running build
	@sh end2end/run.sh screenshots

clean: ## Removes what was built; data stays
	rm -rf target .build

# SPDX-License-Identifier: Apache-2.0
# The one door. `make help` lists what is behind it.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.ONESHELL:
ENV := . scripts/toolchain-env

# The relay chain is built with the features of everything else; its runtime's wasm takes the versions of Cargo.lock.
BUILD_RELAY := WASM_BUILD_WORKSPACE_HINT="$$PWD" cargo build --locked --bins -p openledger-dependencies -p openledger-relay

.PHONY: help bootstrap build dev demo test test-rust test-benchmarks test-features e2e e2e-evm e2e-hardhat e2e-governance e2e-upgrade network network-test contracts deploy-contracts check fmt deny chain-specs bench attribution-quality weights clean

help: ## This list
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-20s %s\n", $$1, $$2}'

bootstrap: ## Install what the build needs; does nothing where nothing is missing
	@scripts/bootstrap

build: bootstrap ## The node and the worker
	@$(ENV)
	cargo build --locked --bins

dev: build ## Start a development chain with its Ethereum RPC and one worker
	@$(ENV)
	scripts/dev

demo: build ## Play the whole story against the running development chain
	@$(ENV)
	cd e2e && npx tsx src/demo.ts

test: bootstrap ## Every test that needs no network of nodes: what CI runs
	@$(ENV)
	cargo test --locked
	$(MAKE) --no-print-directory contracts e2e

e2e: build ## Tests through real clients against a node of their own, with the short form of e2e-evm
	@$(ENV)
	(cd contracts && npm run --silent build)
	cd e2e && npm test

contracts: bootstrap ## Build the Solidity contracts and run their tests
	@cd contracts
	npm run --silent build
	npm test --silent

deploy-contracts: bootstrap ## Put the contracts onto the running development chain and write their addresses to a file
	@cd contracts
	npm run --silent build
	cd ../e2e && npx tsx src/deploy.ts

e2e-evm: build ## Tests of the Ethereum side through its own clients against a node of their own
	@$(ENV)
	(cd contracts && npm run --silent build)
	cd e2e && npm run test:evm

e2e-hardhat: build ## Hardhat 3 against a node of its own, on the Node.js that it needs
	@$(ENV)
	(cd contracts && npm run --silent build)
	cd e2e && npm exec --yes --package=node@22 -- npm run --silent test:hardhat

e2e-governance: build ## Referenda, treasury and emergencies through the calls of Polkadot.js apps; a part of e2e
	@$(ENV)
	cd e2e && npm run test:governance

e2e-upgrade: build ## A runtime upgrade by referendum, with a migration; builds a second runtime, not in CI's short form
	@$(ENV)
	cargo build --locked -p openledger-dependencies -p openledger-upgrade-rehearsal
	cd e2e && npm run --silent test:upgrade

network: build ## A relay chain of two validators and two collators, until you stop it
	@$(ENV)
	$(BUILD_RELAY)
	cd e2e && npx tsx src/network-run.ts

network-test: build ## The tests that need such a network; slow, not in CI
	@$(ENV)
	$(BUILD_RELAY)
	cd e2e && npm run --silent test:network

check: bootstrap ## Format, lints on host and runtime, dependencies, docs
	@$(ENV)
	cargo fmt --all -- --check
	SKIP_OPENLEDGER_RUNTIME_WASM_BUILD=1 cargo clippy --locked --all-targets -- -D warnings
	scripts/check-runtime-lints
	$(MAKE) --no-print-directory deny
	SKIP_OPENLEDGER_RUNTIME_WASM_BUILD=1 RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps
	(cd e2e && npm run --silent check)
	cd contracts && npm run --silent check

deny: bootstrap ## Licences, advisories and sources of every dependency
	@$(ENV)
	command -v cargo-deny >/dev/null || cargo install --locked --quiet cargo-deny@0.20.2
	cargo deny --locked check bans licenses sources

fmt: bootstrap ## Format everything
	@$(ENV)
	cargo fmt --all

chain-specs: build ## Write the plain chain specs again, and the raw ones into the build folder
	@$(ENV)
	"$$CARGO_TARGET_DIR/debug/openledger-node" chain-specs --plain chain-specs --raw "$$CARGO_TARGET_DIR/chain-specs"

weights: bootstrap ## Measure what our pallets' calls weigh, and write pallets/*/src/weights.rs
	@scripts/weights

test-benchmarks: bootstrap ## Run every benchmark of our pallets once; builds FRAME again, in a folder of its own
	@$(ENV)
	export CARGO_TARGET_DIR="$$CARGO_TARGET_DIR/weights"
	for pallet in evm datanets model-registry powers workers inference attribution callbacks releases; do
		cargo test --locked -p pallet-$$pallet --features runtime-benchmarks
	done

test-features: bootstrap ## Run the tests of what is off by default (tokenizers, passages in tantivy), in a folder of its own
	@$(ENV)
	export CARGO_TARGET_DIR="$$CARGO_TARGET_DIR/features"
	cargo test --locked -p openledger-attribution --features tokenizer,tantivy

bench: build ## The figures of docs/benchmarks.md
	@$(ENV)
	bench/run

attribution-quality: bootstrap ## Scores against retraining and money against cheats: digits, CSV=path (label last) or TEXT=path
	@$(ENV)
	cargo build --locked --quiet -p openledger-dependencies -p openledger-quality
	"$$CARGO_TARGET_DIR/debug/attribution-quality"

clean: ## Remove the build folder
	@$(ENV)
	rm -rf "$$CARGO_TARGET_DIR" e2e/node_modules contracts/node_modules contracts/out contracts/cache

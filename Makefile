# Targets for developers and CI. `make help` lists them.

SWIFT ?= swift
TOOL := .build/release/ops-alert-eval
REPORT := artifacts/ops/ops-alert-eval.json
PREFIX ?= /usr/local
# How long to fuzz each target, and which one; without TARGET, all of them.
SECONDS ?= 60
TARGET ?=
# Extra options for the tool: make ops-alert-eval ARGS='--format json'
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help build release contents test lint format check demo ops-alert-eval endpoint-is-named \
  schema-agreement test-integration fuzz sanitize lint-workflow ci-state bench bench-report bench-check \
  generate install uninstall clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## Build for development
	$(SWIFT) build

# On Linux, the Swift runtime is linked statically, with the options of .ci/linker, which says what each
# is for. PIE=1 links an executable that can be loaded at any address, and starts more slowly. If
# only what is linked in has changed (the commit, say), the executable is linked again (.build/linked).
LINKER := .build/linker
release: ## Build the release, on Linux with the Swift runtime linked statically if possible
	@options=$$(SWIFT="$(SWIFT)" PIE="$(PIE)" .ci/linker) \
	  && linked=$$(printf '%s\n' "$$options"; cat $(LINKER)/build.s 2>/dev/null || true) \
	  && { printf '%s\n' "$$linked" | cmp -s - .build/linked || rm -f .build/release/ops-alert-eval; } \
	  && $(SWIFT) build -c release --product ops-alert-eval $$options >$(LINKER)/log 2>&1 \
	  && printf '%s\n' "$$linked" >.build/linked \
	  || { echo "make: notice: cannot link the Swift runtime statically (see $(LINKER)/log);" \
	         "linking it dynamically" >&2; \
	       $(SWIFT) build -c release --product ops-alert-eval; }

contents: ## List what the release consists of, by size
	@.ci/contents

RULE_TESTS := $(wildcard config/*.tests.json config/examples/*.tests.json)
RULES := config/ops_alert_thresholds.json \
  $(filter-out $(RULE_TESTS),$(wildcard config/examples/*.json config/examples/endpoints/*.json))

test: ## Run all tests, including those of the shipped rules
	$(SWIFT) test
	.build/debug/ops-alert-eval test $(RULE_TESTS)

test-integration: release ## Test the release with real services and a real terminal
	@Tests/Integration/run

fuzz: ## Fuzz the readers of outside input: SECONDS=60 each, or one TARGET
	@SWIFT="$(SWIFT)" Tests/Fuzz/run $(SECONDS) $(TARGET)

sanitize: ## Run the tests under the thread and address sanitizers
	@SWIFT="$(SWIFT)" Tests/Checks/sanitize

lint: ## Check the code's formatting
	$(SWIFT) format lint --strict --recursive Package.swift Sources Tests

lint-workflow: ## Check the workflows and their scripts (needs python3, shellcheck and PyPI)
	@Tests/Checks/workflow

# Prints the workflow's script that keeps the state on a branch, for other schedulers.
ci-state:
	@sed -n "/<<'END'\$$/,/^ *END\$$/p" .github/workflows/ops-alerts.yml \
	  | sed -e 1d -e '$$d' -e 's/^          //'

format: ## Format the code
	$(SWIFT) format --in-place --recursive Package.swift Sources Tests

check: build ## Check the house rules and the shipped rules, and run their tests
	@sh Tests/Checks/house
	@Tests/Checks/additions
	@$(SWIFT)c -typecheck -swift-version 6 -parse-as-library -I .build/debug/Modules -package-name \
	  "$$(sed -n 's/.*"-package-name","\([^"]*\)".*/\1/p' .build/debug.yaml | head -n 1)" \
	  Tests/Benchmarks/ReportThroughput.swift
	@for file in $(RULES); do \
	  .build/debug/ops-alert-eval check --strict --config "$$file" >/dev/null && echo "valid: $$file" \
	    || exit 2; done
	@.build/debug/ops-alert-eval test $(RULE_TESTS)

demo: ## Play an incident on an embedded endpoint
	$(SWIFT) run ops-alert-eval demo

ops-alert-eval: endpoint-is-named release ## Evaluate OPS_API_BASE_URL or OPS_METRICS_URL
	@$(TOOL) evaluate --output $(REPORT) $(ARGS)

# Checked before the build, which takes a while.
endpoint-is-named:
	@[ -n "$$OPS_API_BASE_URL$$OPS_METRICS_URL$(ARGS)" ] || { \
	  echo "make: no endpoint to evaluate: set OPS_API_BASE_URL to the service's address" \
	    "(https://host) or OPS_METRICS_URL to the full URL; make demo needs neither" >&2; \
	  exit 2; }

schema-agreement: ## Check the JSON Schema against the decoder (needs python3 with jsonschema)
	Tests/Fixtures/configuration/agree

# The parts of the benchmark to run: make bench ONLY=start-up,replay
ONLY ?=
bench bench-report bench-check: export PYTHONDONTWRITEBYTECODE := 1
bench: release ## Compare speed and memory with curl, jq, Python and promtool
	@Tests/Benchmarks/run $(TOOL) --only "$(ONLY)"

bench-report: release ## The same, and write docs/benchmarks.md
	@Tests/Benchmarks/run $(TOOL) --only "$(ONLY)" --write

bench-check: ## Check that docs/benchmarks.md matches its saved results
	@cd Tests/Benchmarks && python3 -m unittest --quiet

generate: build ## Regenerate the schemas and the references in docs
	@sh Tests/Checks/generate .build/debug/ops-alert-eval

# What make install writes below PREFIX, and make uninstall removes: the executable, and what it prints
# about itself.
MANUAL := share/man/man1/ops-alert-eval.1
BASH_COMPLETION := share/bash-completion/completions/ops-alert-eval
ZSH_COMPLETION := share/zsh/site-functions/_ops-alert-eval
FISH_COMPLETION := share/fish/vendor_completions.d/ops-alert-eval.fish
PRINTED := $(MANUAL) $(BASH_COMPLETION) $(ZSH_COMPLETION) $(FISH_COMPLETION)
PLACE := $(DESTDIR)$(PREFIX)

install: release ## Install the executable, its manual and completions below PREFIX
	@mkdir -p $(addprefix .build/,$(dir $(PRINTED)))
	@$(TOOL) --man >.build/$(MANUAL)
	@$(TOOL) --completions bash >.build/$(BASH_COMPLETION)
	@$(TOOL) --completions zsh >.build/$(ZSH_COMPLETION)
	@$(TOOL) --completions fish >.build/$(FISH_COMPLETION)
	install -d "$(PLACE)/bin"
	install -m 755 $(TOOL) "$(PLACE)/bin/ops-alert-eval"
	@set -e; for file in $(PRINTED); do \
	  echo "install -m 644 .build/$$file $(PLACE)/$$file"; \
	  install -d "$(PLACE)/$${file%/*}"; \
	  install -m 644 ".build/$$file" "$(PLACE)/$$file"; done

uninstall: ## Remove what make install wrote below PREFIX
	@for file in bin/ops-alert-eval $(PRINTED); do \
	  echo "rm -f $(PLACE)/$$file"; rm -f "$(PLACE)/$$file" || exit 1; done

clean: ## Remove build output
	rm -rf .build

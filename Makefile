# Podium: `make help` lists every target.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN := $(BIN)/python -m pipeline
READY := $(VENV)/.ready
DOCS := $(VENV)/.docs
COMPETITIONS := $(sort $(notdir $(patsubst %/competition.yaml,%,$(wildcard competitions/*/competition.yaml))))
AUDITS := $(addprefix audit-,$(COMPETITIONS))
export PATH := $(CURDIR)/$(BIN):$(PATH)

.DEFAULT_GOAL := help
.PHONY: help setup demo test all status reports doctor lint types format docs bench race race-setup $(COMPETITIONS) $(AUDITS)

help: ## List every target with a line each
	@awk -F ':.*## ' '/^[a-z-]+%?:.*## / {printf "  make %-18s %s\n", $$1, $$2}' Makefile
	@for name in $(COMPETITIONS); do \
	  printf "  make %-18s %s\n" "$$name" "$$(sed -n 's/^title: *//p' competitions/$$name/competition.yaml | head -n 1)"; \
	  printf "  make %-18s %s\n" "audit-$$name" "What the data of $$name warn of, before any model"; \
	done

setup: $(READY) ## Make .venv with the pinned packages; a second call installs nothing

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Podium needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version). Try: make PYTHON=python3.11 $(MAKECMDGOALS)"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	PIP_CONSTRAINT=constraints.txt $(BIN)/pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

demo: $(READY) ## Set up, and run the embedded competition from raw files to a submission
	@$(RUN) run breast-cancer

test: $(READY) ## Set up, and pass the tests
	$(BIN)/python -m pytest

$(COMPETITIONS): $(READY)
	@$(RUN) run $@ $(if $(BUDGET),--budget $(BUDGET))

imbalance-%: $(READY) ## Measure oversampling on a competition; OPTIONS="--rows 8000 --models linear,lightgbm" limits it
	@$(RUN) imbalance $* $(OPTIONS)

$(AUDITS): audit-%: $(READY)
	@$(RUN) audit-page $*

notebook-%: $(READY) ## Write a Kaggle notebook that predicts without internet (OPTIONS="--user NAME")
	@$(RUN) notebook $* $(OPTIONS)

submit-%: $(READY) ## Send a finished run's submission to Kaggle: MSG="what is new"; OPTIONS=--rehearse only shows it
	@$(RUN) send $* --message "$$MSG" $(OPTIONS)

ledger-%: $(READY) ## Show what was sent of a competition, how far it agrees with cross-validation, what to pick
	@$(RUN) ledger $* $(OPTIONS)

diff-%: $(READY) ## What changed since a revision, and whether the scores differ; REV=main names one, HEAD by default
	@$(RUN) diff $* $(REV)

report-%: $(READY) ## Open a finished run's report in the browser
	@$(RUN) report $*

reports: $(READY) ## The page over all finished competitions, in the browser
	@$(RUN) report

status-%: $(READY) ## What of a competition is up to date, what would run and why
	@$(RUN) status $*

status: $(READY) ## The same in a line for each competition
	@$(RUN) status

doctor: $(READY) ## Look over this machine and project, with a remedy for each fault
	@$(RUN) doctor

all: $(READY) ## Run every competition listed in params.yaml, and the leaderboard over them (dvc repro)
	$(BIN)/dvc repro

lint: $(READY) ## Check style and formatting
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY) ## Check types
	$(BIN)/mypy

format: $(READY) ## Mend style and formatting
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

$(DOCS): $(READY)
	PIP_CONSTRAINT=constraints.txt $(BIN)/pip install --quiet --disable-pip-version-check --editable '.[docs]'
	@touch $@

docs: $(DOCS) ## Build the documentation into site/, every warning an error
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet --strict

bench: $(READY) ## Measure start-up, overheads, and fits over the bare library's (OPTIONS="--families linear --runs 3")
	$(BIN)/python -m benchmarks.bench
	$(BIN)/python -m benchmarks.fits $(OPTIONS)

race: $(READY) ## Race AutoML systems: COMPETITION=titanic BUDGET=240s PEERS="autogluon flaml lightautoml mljar"
	$(BIN)/python -m benchmarks.race run $(COMPETITION) --budget $(or $(BUDGET),240s) $(if $(PEERS),--peers "$(PEERS)") $(OPTIONS)

race-setup: $(READY) ## Make each AutoML system's own environment (PEERS as above); none is a dependency of Podium
	$(BIN)/python -m benchmarks.race setup $(if $(PEERS),--peers "$(PEERS)")

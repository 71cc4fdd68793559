# A fresh machine needs make and Python 3.11 or later with venv; `make run` and `make test` do the rest.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/installed

.PHONY: run test lint picture pins vendor clean

# The main job: the forecast that could have been issued on the evening of 25 September 2023.
run: $(STAMP)
	$(BIN)/crossings forecast nagorno-karabakh-2023 --as-of 2023-09-25 --horizon 8d -o out/

# Two at a time, each file of tests in one process: files start servers and browsers of their own.
test: $(STAMP)
	$(BIN)/pytest -q -n 2 --dist loadfile

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python scripts/page_types.py

# Install again only when the packages or the pins change.
$(STAMP): pyproject.toml constraints-dev.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed")'
	$(BIN)/pip install --quiet --require-hashes -r constraints-dev.txt
	$(BIN)/pip install --quiet --no-deps --no-build-isolation -e .
	$(BIN)/python scripts/compile_kernels.py
	touch $@

# The picture in README.md, from the forecast that `make run` prints.
picture: $(STAMP)
	$(BIN)/python docs/picture.py

# Take the files of others that the live page uses from their packages again (needs npm).
vendor: $(STAMP)
	$(BIN)/python scripts/vendor.py refresh

# Choose the newest versions again and pin them with their hashes.
pins: $(STAMP)
	$(BIN)/pip-compile --quiet --upgrade --extra dev --extra cluster --extra postgres --extra verify --generate-hashes --allow-unsafe --strip-extras \
		--no-header --no-emit-index-url --no-emit-trusted-host --no-emit-find-links \
		--output-file constraints-dev.txt pyproject.toml

clean:
	rm -rf $(VENV) out build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .benchmarks
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +

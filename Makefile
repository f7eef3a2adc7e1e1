# The project's commands: `make` alone lists them. Each sets up .venv first where needed;
# PYTHON=/path/to/python3 chooses the Python for it, tools/setup.sh finds one otherwise.

ifeq ($(OS),Windows_NT)
bin := Scripts
else
bin := bin
endif
python := .venv/$(bin)/python
uv := build/uv/$(bin)/python -m uv
export PYTHON

# The last step of a set-up writes the project's folder into this file. Copied or moved
# elsewhere, or with its Python gone, .venv is made again.
ready := .venv/ready
ifneq ($(shell test -x $(python) && cat $(ready) 2>&1),$(shell pwd -P))
.PHONY: $(ready)
endif

.PHONY: help run test lab record pins clean

help:
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-7s %s\n", $$1, $$2 }' Makefile

run: $(ready) ## execute the notebooks into build/, print the final testing error
	@$(python) tools/execute.py $(NOTEBOOK)

test: $(ready) ## check the style, run the tests, execute and compare the notebooks
	@$(python) -m pytest --nbval

lab: $(ready) ## open the notebooks in JupyterLab
	@$(python) -m jupyterlab --ServerApp.root_dir=. --LabApp.default_url=/lab/tree/notebooks

record: $(ready) ## execute the notebooks in place (one alone: make record NOTEBOOK=02)
	@$(python) tools/execute.py --in-place $(NOTEBOOK)

pins: $(ready) ## bring requirements.txt up to pyproject.toml (new versions: UPGRADE=1)
	@$(python) -m venv build/uv
	@build/uv/$(bin)/python -m pip install --quiet --disable-pip-version-check uv
	@UV_CUSTOM_COMPILE_COMMAND='make pins' $(uv) pip compile --quiet --universal \
		--python-version 3.11 --fork-strategy fewest --extra notebooks --no-annotate \
		$(if $(UPGRADE),--upgrade) pyproject.toml -o requirements.txt

clean: ## remove what the targets made: .venv, build/, caches
	rm -rf .venv build mnist_from_scratch.egg-info .pytest_cache .ruff_cache
	rm -rf __pycache__ */__pycache__ .ipynb_checkpoints notebooks/.ipynb_checkpoints

$(ready): requirements.txt pyproject.toml tools/setup.sh
	@rm -f $(ready)
	@sh tools/setup.sh
	@pwd -P > $(ready)

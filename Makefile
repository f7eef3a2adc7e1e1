# The project's commands: `make` alone lists them. Each sets up .venv first where needed;
# PYTHON=/path/to/python3 chooses the Python for it, tools/setup.sh finds one otherwise.

ifeq ($(OS),Windows_NT)
bin := Scripts
else
bin := bin
endif
python := .venv/$(bin)/python
uv := build/uv/$(bin)/uv
export PYTHON

# The last step of a set-up writes the project's folder into this file. Copied or moved
# elsewhere, or with its Python gone, .venv is made again.
ready := .venv/ready
ifneq ($(shell test -x $(python) && cat $(ready) 2>&1),$(shell pwd -P))
.PHONY: $(ready)
endif

.PHONY: help run test check hint watch style lab html pdf student record compile proof mutants \
	grade class gradescope bench reproduce pins clean

# The products are small: a second thread gains little, and where two notebooks train at
# once, the threads wait for each other and it takes many times as long.
run test lab record reproduce: export OMP_NUM_THREADS ?= 1

help:
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' Makefile

run: $(ready) ## execute the notebooks into build/, print the final testing error
	@$(python) -m tools.execute $(NOTEBOOK)

test: $(ready) ## check the style, run the tests and the notebooks (also in a browser: BROWSER=1)
	@$(if $(BROWSER),$(python) -m pip install --quiet --disable-pip-version-check \
		-r tests/requirements-browser.txt)
	@$(python) -m pytest --nbval -n logical --maxprocesses 4 --dist loadfile \
		--no-loadscope-reorder

check: $(ready) ## judge the answers in shallow.py, in seconds (one question: make check Q=7)
	@$(python) -m checks $(Q)

hint: $(ready) ## help with a question, one step further each time: make hint Q=17
	@$(python) -m checks --hint $(or $(Q),$(error which question? Write its number, as in: make hint Q=7))

watch: $(ready) ## judge them again whenever shallow.py is saved
	@$(python) -m checks --watch

style: $(ready) ## look at the style of all code, in seconds
	@$(python) -m pytest --quiet tests/test_style.py

lab: $(ready) ## open JupyterLab: a notebook and shallow.py side by side
	@$(python) -m tools.lab

html: $(ready) ## make a website of the recorded notebooks: build/html/index.html
	@$(python) -m tools.pages html

# Only from the command line: some systems have a variable NAME of their own.
pdf: export STUDENT_NAME := $(if $(filter command,$(origin NAME)),$(value NAME))
pdf: export STUDENT_ID := $(if $(filter command,$(origin ID)),$(value ID))
pdf: $(ready) ## print the recorded notebooks: make pdf NAME="Ada Lovelace" ID=1815
	@$(python) -m tools.pages pdf

student: $(ready) ## make the edition without answers, to hand out (update one: TO=folder)
	@$(python) -m grading.student $(if $(TO),--to "$(TO)")

record: $(ready) ## execute the notebooks in place (one alone: make record NOTEBOOK=02)
	@$(python) -m tools.execute --in-place $(NOTEBOOK)

compile: $(ready) ## make the data of the judge from course/ and the answers, in 15 seconds or so
	@$(python) -m grading.compiling

proof: $(ready) ## show that the judge knows right answers from wrong ones (one question: Q=7)
	@$(python) -m grading.proof $(Q)

mutants: $(ready) ## show that the tests see every small change of the answers, 12 to 25 minutes
	@$(python) -m pip install --quiet --disable-pip-version-check \
		-r tests/requirements-mutants.txt
	@$(python) -m tools.mutants

grade: $(ready) ## grade a class: make grade SUBMISSIONS=folder (JOBS=4, POINTS=, CANVAS=, MOODLE=)
	@$(python) -m grading.grade "$(or $(SUBMISSIONS),$(error say SUBMISSIONS=folder))" \
		$(if $(TO),--to "$(TO)") $(if $(JOBS),--jobs $(JOBS)) \
		$(if $(POINTS),--points "$(POINTS)") $(if $(SANDBOX),--sandbox $(SANDBOX)) \
		$(if $(CANVAS),--canvas "$(CANVAS)") $(if $(MOODLE),--moodle "$(MOODLE)") \
		$(if $(ASSIGNMENT),--assignment "$(ASSIGNMENT)")

class: $(ready) ## write an invented class with known marks, grade it and compare (JOBS=2, KILLS=5)
	@$(python) -m grading.invented_class $(if $(JOBS),--jobs $(JOBS)) $(if $(KILLS),--kills $(KILLS))

gradescope: $(ready) ## make an autograder for Gradescope: build/gradescope/autograder.zip
	@$(python) -m grading.gradescope build

bench: $(ready) $(uv) ## measure this project beside its peers, half an hour (a try: QUICK=1)
	@$(python) -m benchmarks.bench $(if $(QUICK),--quick) $(if $(BUSY),--busy)

reproduce: $(ready) $(uv) ## compare the notebooks elsewhere: kernels, threads, versions (QUICK=1)
	@$(python) -m tools.reproduce $(if $(QUICK),--quick) $(if $(RECORD),--record)

pins: $(uv) ## bring requirements.txt up to pyproject.toml (new versions: UPGRADE=1)
	@UV_CUSTOM_COMPILE_COMMAND='make pins' $(uv) pip compile --quiet --universal \
		--python-version 3.11 --extra notebooks --no-annotate \
		$(if $(UPGRADE),--upgrade) pyproject.toml -o requirements.txt
	@# Alone in its file: most need no tests in a browser, and it takes 165 MB.
	@echo playwright | UV_CUSTOM_COMPILE_COMMAND='make pins' $(uv) pip compile --quiet \
		--universal --python-version 3.11 --no-annotate $(if $(UPGRADE),--upgrade) \
		--constraints requirements.txt - -o tests/requirements-browser.txt
	@# Alone too: it is for who changes the answers or their tests.
	@echo cosmic-ray | UV_CUSTOM_COMPILE_COMMAND='make pins' $(uv) pip compile --quiet \
		--universal --python-version 3.11 --no-annotate $(if $(UPGRADE),--upgrade) \
		--constraints requirements.txt - -o tests/requirements-mutants.txt
	@# For a Mac, where torch needs no CUDA; elsewhere uv adds what torch asks for.
	@MACOSX_DEPLOYMENT_TARGET=14.0 UV_CUSTOM_COMPILE_COMMAND='make pins' $(uv) pip compile \
		--quiet --python-platform macos --python-version 3.11 --no-annotate \
		$(if $(UPGRADE),--upgrade) benchmarks/requirements.in -o benchmarks/requirements.txt

clean: ## remove what the targets made: .venv, build/, caches
	rm -rf .venv build mnist_from_scratch.egg-info .pytest_cache .ruff_cache
	rm -rf __pycache__ */__pycache__ .ipynb_checkpoints */.ipynb_checkpoints

$(ready): requirements.txt pyproject.toml tools/setup.sh
	@rm -f $(ready)
	@sh tools/setup.sh
	@pwd -P > $(ready)

$(uv): | $(ready)
	@$(python) -m venv build/uv
	@build/uv/$(bin)/python -m pip install --quiet --disable-pip-version-check uv

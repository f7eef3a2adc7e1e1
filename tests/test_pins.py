"""The versions agree: pyproject.toml, requirements.txt, Binder, CI, set-up."""

import itertools
import re
import tomllib

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version
from processes import ROOT

SYSTEMS = [
    {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"},
    {"sys_platform": "darwin", "platform_system": "Darwin", "os_name": "posix"},
    {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt"},
]


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


PROJECT = tomllib.loads(read("pyproject.toml"))["project"]
PYTHONS = [
    line.rpartition(" ")[2]
    for line in PROJECT["classifiers"]
    if re.search(r"Python :: 3\.\d+$", line)
]
DIRECT = [
    Requirement(line)
    for lines in [PROJECT["dependencies"], *PROJECT["optional-dependencies"].values()]
    for line in lines
]
PINNED = ["requirements.txt", "tests/requirements-browser.txt"]


@pytest.fixture
def pins():
    """Read the exact pins of all, and those that the tests in a browser need."""
    text = "".join(map(read, PINNED))
    lines = [line.partition("#")[0].strip() for line in text.split("\n")]
    found = [Requirement(line) for line in lines if line]
    for pin in found:
        assert re.fullmatch(r"==[\w.+!]+", str(pin.specifier)), pin
        assert pin.url is None and not pin.extras, pin
    return found


def test_nothing_of_one_machine_or_index():
    for name in [*PINNED, "tests/requirements-mutants.txt", "environment.yml"]:
        told = r"://|--(index|extra|find|trusted)|file:|^\s*/"
        assert not re.search(told, read(name)), name


def test_what_the_project_needs_is_pinned_once_everywhere(pins):
    for python, system in itertools.product(PYTHONS, SYSTEMS):
        here = {"python_version": python, "python_full_version": f"{python}.1"}
        pinned = {}
        for pin in pins:
            if pin.marker is None or pin.marker.evaluate(system | here):
                name = canonicalize_name(pin.name)
                assert name not in pinned, f"{name} is pinned twice"
                pinned[name] = str(pin.specifier).removeprefix("==")
        for need in DIRECT:
            version = pinned[canonicalize_name(need.name)]
            assert need.specifier.contains(version), f"{need}, but {version} is pinned"


def test_mutation_testing_changes_no_pin(pins):
    here = {canonicalize_name(pin.name): str(pin) for pin in pins}
    lines = read("tests/requirements-mutants.txt").splitlines()
    added = [line for line in lines if line[0] != "#"]
    assert added and all(re.fullmatch(r"[\w.-]+==[\w.+!]+.*", line) for line in added)
    for pin in map(Requirement, added):
        assert here.get(canonicalize_name(pin.name), str(pin)) == str(pin)


def test_pythons_are_the_same_everywhere():
    oldest, newest = PYTHONS[0], PYTHONS[-1]
    assert sorted(PYTHONS, key=Version) == PYTHONS
    assert PROJECT["requires-python"] == f">={oldest}"

    setup = dict(re.findall(r"^(oldest|newest)=(\S+)", read("tools/setup.sh"), re.M))
    assert setup == {"oldest": oldest, "newest": newest}
    tried = re.findall(r"python(3\.\d+)", read("tools/setup.sh"))
    assert sorted(set(tried), key=Version) == PYTHONS
    assert f"--python-version {oldest} " in read("Makefile")

    jobs = yaml.safe_load(read(".github/workflows/test.yml"))["jobs"]
    assert jobs["test"]["strategy"]["matrix"]["python"] == [oldest, newest]
    for readme in ["README.md", "grading/handout/README.md"]:
        assert f"You need Python {oldest} to {newest} " in read(readme)


def test_binder_finds_environment_yml_which_takes_its_pins_from_requirements():
    # repo2docker looks for these first, and would not read environment.yml then.
    for place in ["Dockerfile", "binder", ".binder"]:
        assert not (ROOT / place).exists()
    environment = yaml.safe_load(read("environment.yml"))
    assert set(environment) == {"name", "channels", "dependencies"}
    python, *others = environment["dependencies"]
    assert python.removeprefix("python=") in PYTHONS
    assert others == ["pip", {"pip": ["-r requirements.txt", "-e ."]}]


def test_the_badge_starts_this_repository():
    path = PROJECT["urls"]["Repository"].removeprefix("https://github.com/")
    assert re.fullmatch(r"[\w.-]+/[\w.-]+", path)
    badge = (
        "[![Binder](https://mybinder.org/badge_logo.svg)]"
        f"(https://mybinder.org/v2/gh/{path}/HEAD?urlpath=lab/tree/notebooks)"
    )
    if path == "OWNER/REPOSITORY":  # no badge that leads nowhere
        assert "mybinder.org/badge" not in read("README.md")
    else:
        assert badge in read("README.md"), f"README.md should have this badge: {badge}"


def test_ci_runs_what_a_contributor_runs_and_the_nightly_numpy_each_week():
    workflow = yaml.safe_load(read(".github/workflows/test.yml"))
    test, nightly = workflow["jobs"]["test"], workflow["jobs"]["nightly"]
    commands = [step["run"] for step in test["steps"] if "run" in step]
    assert commands == ["make test BROWSER=1 PYTHON=python"]
    assert read(".ci/run").rstrip().endswith("\nmake test BROWSER=1")
    assert workflow[True]["schedule"]  # YAML reads the key "on" as true
    assert "schedule" in nightly["if"]
    set_up, replace, test = [step["run"] for step in nightly["steps"] if "run" in step]
    assert "scientific-python-nightly-wheels" in replace
    assert [set_up, test] == ["make check PYTHON=python", "make test PYTHON=python"]


def test_dependabot_looks_at_every_file_of_pins():
    updates = yaml.safe_load(read(".github/dependabot.yml"))["updates"]
    (pip,) = [one for one in updates if one["package-ecosystem"] == "pip"]
    folders = {
        path.parent.relative_to(ROOT).as_posix().replace(".", "")
        for pattern in ["requirements*.txt", "*/requirements*.txt"]
        for path in ROOT.glob(pattern)
    }
    assert set(pip["directories"]) == {f"/{folder}" for folder in folders}

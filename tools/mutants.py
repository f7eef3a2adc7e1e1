"""Mutation testing: which changes of the answers no test sees; `make mutants` runs it.

    python -m tools.mutants

cosmic-ray makes the changes, one at a time, in a copy of the modules in build/mutants/,
and runs the unit tests on each. tests/mutants.toml says how, and lists the changes that
are none: no test can see them.
"""

import json
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

from checks.console import print_anything

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / "build" / "mutants"
SETTINGS = "tests/mutants.toml"
SESSION = "session.sqlite"


def cosmic_ray(command, *arguments, **options):
    """Run a command of cosmic-ray in the copy, with this Python for the tests."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return subprocess.run(
        [sys.executable, "-m", "cosmic_ray.cli", command, *arguments],
        cwd=WORK,
        env={**os.environ, "PATH": path},
        encoding="utf-8",
        **options,
    )


def copy_files(settings):
    """Copy the modules, and what their tests need, into a new folder."""
    shutil.rmtree(WORK, ignore_errors=True)
    words = settings["test-command"].split()
    tests = [word for word in words if word.endswith(".py")]
    for name in [SETTINGS, "pyproject.toml", *settings["module-path"], *tests]:
        (WORK / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, WORK / name)


def change(diff):
    """Return the old and the new lines of a difference, without their indentation."""
    lines = [line for line in diff.splitlines() if line[:3] not in ("---", "+++")]
    return tuple(
        "\n".join(line[1:].strip() for line in lines if line[:1] == sign)
        for sign in "-+"
    )


def report(results, equivalents):
    """Print which of cosmic-ray's results survived, and how many.

    Returned is whether the equivalents alone did: the changes that no test can see.
    """
    known = {(one["old"], one["new"]) for one in equivalents}
    alive = [one for one in results if one["test_outcome"] != "killed"]
    late = [one for one in results if one["output"] == "timeout"]
    seen = {change(one["diff"] or "") for one in alive}
    survivors = [one for one in alive if change(one["diff"] or "") not in known]
    for one in survivors:
        print(one["diff"] or one["output"], end="\n\n")
    for old, new in sorted(known - seen):
        print(f"Listed in {SETTINGS}, but killed or gone:\n-{old}\n+{new}\n")
    killed = len(results) - len(alive)
    print(
        f"{len(results)} mutants: {killed} killed ({len(late)} by the time limit), "
        f"{len(alive) - len(survivors)} equivalent, {len(survivors)} survived"
    )
    return not survivors and known <= seen


def main():
    """Make the mutants, test them and tell which survived."""
    print_anything()
    told = tomllib.loads((ROOT / SETTINGS).read_text(encoding="utf-8"))
    copy_files(told["cosmic-ray"])
    for command in ["baseline", "init", "exec"]:
        session = [SESSION] if command != "baseline" else []
        if code := cosmic_ray(command, SETTINGS, *session).returncode:
            return code
    dump = cosmic_ray("dump", SESSION, stdout=subprocess.PIPE).stdout
    results = [json.loads(line)[1] for line in dump.splitlines()]
    return 0 if report(results, told.get("equivalent", [])) else 1


if __name__ == "__main__":
    sys.exit(main())

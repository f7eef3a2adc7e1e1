"""Binder: what it builds from, and the badge that starts it."""

import re
import tomllib
from pathlib import Path

import yaml
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent


def test_binder_finds_environment_yml_and_nothing_before_it():
    # repo2docker looks for these first, and would not read environment.yml then.
    for place in [".", "binder", ".binder"]:
        assert not (ROOT / place / "Dockerfile").exists()
    assert not (ROOT / "binder").exists() and not (ROOT / ".binder").exists()
    environment = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))
    assert set(environment) == {"name", "channels", "dependencies"}


def test_every_dependency_can_be_read():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))
    *conda, pip = environment["dependencies"]
    for line in conda:
        assert re.fullmatch(r"[a-z0-9-]+(=[0-9.]+)?", line), line
    for line in pip["pip"]:
        option, _, value = line.partition(" ")
        assert option in ["-r", "-e"] and (ROOT / value).exists(), line
    for line in (ROOT / "requirements.txt").read_text("utf-8").splitlines():
        if not line.lstrip().startswith("#"):
            Requirement(line)


def test_the_badge_starts_this_repository():
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    address = tomllib.loads(text)["project"]["urls"]["Repository"]
    path = address.removeprefix("https://github.com/")
    assert re.fullmatch(r"[\w.-]+/[\w.-]+", path)
    badge = (
        "[![Binder](https://mybinder.org/badge_logo.svg)]"
        f"(https://mybinder.org/v2/gh/{path}/HEAD?urlpath=lab/tree/notebooks)"
    )
    readme = (ROOT / "README.md").read_text("utf-8")
    if path == "OWNER/REPOSITORY":  # no badge that leads nowhere
        assert "mybinder.org/badge" not in readme
    else:
        assert badge in readme, f"README.md should have this badge: {badge}"

"""Hostile and broken submissions harm nothing and get no point that they did not earn.

All of them are graded as one class, in the sandbox that `make grade` uses.
"""

import contextlib
import html
import os
import re
import socket
import threading
import time
from pathlib import Path

import pytest

from checks import runner
from checks.judge import RIGHT, WRONG
from checks.runner import Answers
from grading import grade, judging, marks, sandbox
from grading.hostile import HOSTILE, PORT

JOBS = 4  # some only wait for their time to be up
SOME = [6, 7, 12, 14, 18]  # questions; `make class` asks all of them


def has(level):
    """Tell whether a kind of sandbox works here."""
    try:
        return sandbox.choose(level)
    except sandbox.NoSandbox:
        return None


needs_bubblewrap = pytest.mark.skipif(
    not has("bubblewrap"), reason="bubblewrap is not installed, or does not run here"
)


def processes():
    """Return how many processes of the worker there are below this one, or orphaned.

    Those of other tests, and of another `make grade`, have somebody living above them.
    """
    parents, commands = {}, {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            status, process = (folder / "status").read_text(), int(folder.name)
            parents[process] = int(re.search(r"PPid:\t(\d+)", status)[1])
            commands[process] = (folder / "cmdline").read_bytes()
    count = 0
    for process in [p for p, command in commands.items() if b"launch.py" in command]:
        above = [process]
        while above[-1] in parents:
            above.append(parents[above[-1]])
        started_by = [p for p in above if b"launch.py" not in commands.get(p, b"")]
        count += os.getpid() in above or started_by[0] <= 1
    return count


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """Grade them all, and see what happens elsewhere meanwhile."""
    folder = tmp_path_factory.mktemp("class") / "class"
    folder.mkdir()
    for hostile in HOSTILE:
        hostile.write(folder)
    calls = []
    server = socket.create_server(("127.0.0.1", PORT))

    def answer():
        while True:
            try:
                calls.append(server.accept())
            except OSError:
                return

    threading.Thread(target=answer, daemon=True).start()
    to = folder.parent / "grades"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(judging, "SECONDS", 3)
        patch.setattr(judging.Grader, "numbers", SOME)
        patch.setattr(runner, "IMPORT", 3)
        patch.setattr(runner, "ASLEEP", 3)
        results, run = grade.grade(folder, to, marks.read(), "bubblewrap", JOBS)
    server.close()
    return {"results": results, "to": to, "calls": calls, "folder": folder, "run": run}


@needs_bubblewrap
@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda hostile: hostile.name)
def test_it_gets_what_it_earned_and_is_told_why(hostile, graded):
    result = graded["results"][hostile.name]
    found = {n: result["questions"][str(n)]["verdict"] for n in SOME}
    assert found == {n: hostile.expected.get(n, RIGHT) for n in SOME}
    assert result["sandbox"] == "bubblewrap"
    page = (graded["to"] / hostile.name / "feedback.html").read_text(encoding="utf-8")
    said = " ".join(html.unescape(re.sub("<pre>.*?</pre>|</?code>", "", page)).split())
    assert hostile.says.replace("`", "") in said


@needs_bubblewrap
def test_nothing_is_left_of_them(graded):
    assert len(HOSTILE) >= 30
    assert graded["calls"] == []
    assert processes() == 0
    names = {path.name for path in graded["folder"].iterdir()}
    assert names == {f"{hostile.name}{hostile.ending}" for hostile in HOSTILE}
    for evil in ["/usr/written-outside", "/tmp/evil", "/tmp/large"]:
        assert not os.path.exists(evil)


@needs_bubblewrap
def test_none_takes_long(graded):
    limit = runner.PATIENCE  # for all questions, also on a machine with other work
    slow = {name: r["seconds"] for name, r in graded["results"].items()}
    assert max(slow.values()) < limit, slow


SPY = """
import os, sys

def look():
    places = sorted(os.listdir("/")), sorted(os.listdir("/dev")), os.getcwd()
    return repr(places)

def who():
    return [os.getuid(), os.getgid(), len(os.getgroups()), len(os.environ)]

def touch(path):
    open(path, "w")
"""


@needs_bubblewrap
def test_bubblewrap_shows_next_to_nothing():
    with Answers(SPY, sandbox=sandbox.choose("bubblewrap")).open() as process:
        seen = process.call("look").value
        assert "'/tmp'" in seen and "proc" not in seen and "['null', 'urandom']" in seen
        user, group, groups, _ = process.call("who").value
        assert user == group != 0 and user != os.getuid() and groups in (0, 1)
        for place in ["/x", "/given/x", "/packages/x", "/usr/x", "/dev/x"]:
            assert "Read-only" in process.call("touch", place).error["reason"]
        assert process.call("touch", "/tmp/x").error is None


def test_none_is_still_a_process_of_its_own_with_a_clean_environment(monkeypatch):
    monkeypatch.setenv("SECRET", "1")
    (level,) = [box for box in [has("none")] if box]
    source = SPY + "import subprocess\ndef softmax(a):\n    while True: pass\n"
    source += "def env(): return ' '.join(os.environ)\n"
    source += "def files(): return len(os.listdir('.'))\n"
    with Answers(source, sandbox=level).open() as process:
        assert "SECRET" not in process.call("env").value
        assert process.call("files").value == 0
    with Answers(source, seconds=1, sandbox=level).open() as process:
        assert process.call("softmax", 1.0).error["type"] == "Timeout"
    for _ in range(100):  # what was killed may need a moment to be gone
        if processes():
            time.sleep(0.1)
    assert processes() == 0


def test_without_a_sandbox_it_stops_with_one_sentence(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(sandbox.shutil, "which", lambda name: None)
    (tmp_path / "ada.py").write_text("x = 1")
    monkeypatch.setattr(
        "sys.argv", ["grade", str(tmp_path), "--to", str(tmp_path / "grades")]
    )
    assert grade.main() == 2
    assert capsys.readouterr().err == f"{sandbox.MISSING}\n"


@pytest.mark.parametrize("program", ["docker", "podman"])
def test_a_container_has_the_limits(program):
    command = sandbox.Sandbox("container", program).command
    for limit in ["--network=none", "--read-only", "--cap-drop=ALL"]:
        assert limit in command
    for limit in ["--memory=", "--pids-limit=", "--user=65534", "--tmpfs=/tmp:size="]:
        assert any(part.startswith(limit) for part in command)


@pytest.mark.skipif(not has("container"), reason="no container runs on this machine")
def test_a_container_judges():
    judge = judging.Grader.new(sandbox.choose("container"))
    verdicts, _ = judge.verdicts("import os\ndef softmax(a): os._exit(0)\n")
    assert verdicts[7].verdict == WRONG

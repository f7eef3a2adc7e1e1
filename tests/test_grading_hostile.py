"""Hostile submissions harm nothing and get no point that they did not earn.

All of them are graded as one class, in the sandbox that `make grade` uses.
"""

import contextlib
import copy
import dataclasses
import html
import os
import re
import socket
import threading
import time

import psutil
import pytest

from checks import runner
from checks.given import ASSIGNMENT
from checks.judge import RIGHT, WRONG
from checks.runner import Answers
from grading import grade, judging, marks, sandbox
from grading.compiling import Course, compile_course
from grading.hostile import HOSTILE, PORT

JOBS = 4  # some only wait for their time to be up
SOME = [7, 12, 14, 18]  # questions; `make class` asks all of them
ASKED = {  # the last one trains, which takes long: where it is to be wrong
    hostile.name: SOME if SOME[-1] in hostile.expected else SOME[:-1]
    for hostile in HOSTILE
}
WORK = 8  # seconds of the processor that the judge itself may work for one of them


def choose(level):
    """Return a kind of sandbox; where it does not work, the test is skipped."""
    try:
        return sandbox.choose(level)
    except sandbox.NoSandbox as error:
        pytest.skip(str(error))


def left():
    """Return the processes of the worker that do not end within ten seconds.

    Those of other tests, and of another `make grade`, have somebody living above them.
    """
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):  # it has ended meanwhile
            above = process.parents()
            others = [one for one in above if not is_worker(one)]
            is_orphan = not others or others[0].pid == 1
            if is_worker(process) and (psutil.Process() in above or is_orphan):
                found.append(process)
    return psutil.wait_procs(found, timeout=10)[1]


def is_worker(process):
    """Tell whether a process is one that runs a student's functions, or starts it."""
    return any("launch.py" in word for word in process.cmdline())


class Timed(judging.Grader):
    """A judge of few questions, which notes how long it works itself."""

    numbers, worked = SOME, {}

    def result(self, handed_in):
        start, asked = time.thread_time(), copy.copy(self)
        asked.numbers = ASKED[handed_in.name]
        found = judging.Grader.result(asked, handed_in)
        self.worked[handed_in.name] = time.thread_time() - start
        return found


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """Grade them all, and see what happens elsewhere meanwhile."""
    box = choose("bubblewrap")
    folder, calls = tmp_path_factory.mktemp("class") / "class", []
    folder.mkdir()
    for hostile in HOSTILE:
        hostile.write(folder)
    server = socket.create_server(("127.0.0.1", PORT))

    def answer():
        with contextlib.suppress(OSError):  # until it is closed
            while True:
                calls.append(server.accept())

    threading.Thread(target=answer, daemon=True).start()
    to = folder.parent / "grades"
    course = Course()
    course.modules = {n: course.modules[n] for n in SOME}
    course.mistakes = dict.fromkeys(SOME, [])  # it compiles sooner without
    other = compile_course(course, seed=5)  # with inputs that no student knows
    questions = ASSIGNMENT.questions | other.questions
    other = dataclasses.replace(ASSIGNMENT, questions=questions, seed=5)
    judge = Timed(box, other, course.right(), pace=0.5)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(judging, "SECONDS", 1)
        patch.setattr(judging, "SECONDS_IN_ALL", 1.5)
        patch.setattr(runner, "IMPORT", 1)
        patch.setattr(runner, "ASLEEP", 3)
        results, _ = grade.grade(folder, to, marks.read(), jobs=JOBS, judge=judge)
    server.close()
    return {"results": results, "to": to, "calls": calls, "folder": folder}


@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda hostile: hostile.name)
def test_it_gets_what_it_earned_and_is_told_why(hostile, graded):
    result = graded["results"][hostile.name]
    for n in ASKED[hostile.name]:
        said = result["questions"][str(n)]
        assert said["verdict"] == hostile.expected.get(n, RIGHT), (n, said["hint"])
    assert result["sandbox"] == "bubblewrap"
    page = (graded["to"] / hostile.name / "feedback.html").read_text(encoding="utf-8")
    said = " ".join(html.unescape(re.sub("<pre>.*?</pre>|</?code>", "", page)).split())
    assert hostile.says.replace("`", "") in said


def test_nothing_is_left_of_them(graded):
    assert graded["calls"] == [] and left() == []
    names = {path.name for path in graded["folder"].iterdir()}
    assert names == {f"{hostile.name}.py" for hostile in HOSTILE}
    for evil in ["/usr/written-outside", "/tmp/evil", "/tmp/large"]:
        assert not os.path.exists(evil)


def test_none_keeps_the_judge_busy(graded):
    assert len(Timed.worked) == len(HOSTILE)
    assert max(Timed.worked.values()) < WORK, Timed.worked


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


def test_bubblewrap_shows_next_to_nothing():
    with Answers(SPY, sandbox=choose("bubblewrap")).open() as process:
        seen = process.call("look").value
        assert "'/tmp'" in seen and "proc" not in seen and "['null', 'urandom']" in seen
        user, group, groups, _ = process.call("who").value
        assert user == group != 0 and user != os.getuid() and groups in (0, 1)
        for place in ["/x", "/given/x", "/packages/x", "/usr/x", "/dev/x"]:
            assert "Read-only" in process.call("touch", place).error["reason"]
        assert process.call("touch", "/tmp/x").error is None


def test_none_is_still_a_process_of_its_own_with_a_clean_environment(monkeypatch):
    monkeypatch.setenv("SECRET", "1")
    source = SPY + "def env(): return os.environ.get('SECRET', 'none')\n"
    source += "def files(): return len(os.listdir('.'))\n"
    source += "def softmax(a):\n    while True: pass\n"
    where = choose("none")
    with Answers(source, seconds=1, sandbox=where).open() as process:
        assert process.call("env").value == "none"
        assert process.call("files").value == 0
        assert process.call("softmax", 1.0).error["type"] == "Timeout"
    assert left() == []


@pytest.mark.parametrize("program", ["docker", "podman"])
def test_a_container_has_the_limits(program):
    command = sandbox.Sandbox("container", program).command
    for limit in ["--network=none", "--read-only", "--cap-drop=ALL"]:
        assert limit in command
    for limit in ["--memory=", "--pids-limit=", "--user=65534", "--tmpfs=/tmp:size="]:
        assert any(part.startswith(limit) for part in command)


def test_a_container_judges():
    judge = judging.Grader(choose("container"), ASSIGNMENT, Course().right())
    verdicts, _ = judge.verdicts("import os\ndef softmax(a): os._exit(0)\n")
    assert verdicts[7].verdict == WRONG

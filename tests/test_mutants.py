"""What `make mutants` makes of cosmic-ray's results; the run itself takes too long."""

import re
import tomllib

import pytest

from tools.mutants import ROOT, SETTINGS, report

DIFF = """--- mutation diff ---
--- a/shallow.py
+++ b/shallow.py
@@ -1,3 +1,3 @@
 def twice(a):
-    return {}
+    return {}
"""
EQUIVALENT = {"old": "return 2 * a", "new": "return a * 2"}


def result(outcome, old="2 * a", new="3 * a", output=""):
    diff = DIFF.format(old, new)
    return {"test_outcome": outcome, "diff": diff, "output": output}


@pytest.mark.parametrize(
    ("one", "listed", "good", "said"),
    [
        (result("killed"), False, True, "1 killed (0 by the time limit), 0 equivalent"),
        (result("killed", output="timeout"), False, True, "1 killed (1 by the time"),
        (result("incompetent"), False, False, "0 equivalent, 1 survived"),
        (result("survived", "2 * a", "a * 2"), True, True, "1 equivalent, 0 survived"),
        (result("killed", "2 * a", "a * 2"), True, False, "but killed or gone"),
    ],
)
def test_all_but_the_equivalents_must_be_killed(one, listed, good, said, capsys):
    assert report([one], [EQUIVALENT] if listed else []) == good
    printed = capsys.readouterr().out
    assert said in printed
    assert ("+    return 3 * a" in printed) == ("1 survived" in printed)


def test_equivalents_are_lines_of_the_modules_with_a_reason():
    settings = tomllib.loads((ROOT / SETTINGS).read_text(encoding="utf-8"))
    modules = settings["cosmic-ray"]["module-path"]
    text = "\n".join((ROOT / name).read_text(encoding="utf-8") for name in modules)
    lines = [line.strip() for line in text.splitlines()]
    for one in settings["equivalent"]:
        assert one.keys() == {"old", "new", "reason"}
        assert set(one["old"].splitlines()) <= set(lines), one["old"]
        assert re.fullmatch(r".{15,}\.", one["reason"])

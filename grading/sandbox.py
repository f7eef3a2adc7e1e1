"""Where a student's functions run: a process that can do no harm.

Every level is a command that starts `checks/worker.py` in another way. See
`grading/README.md` for what each one keeps out.
"""

import dataclasses
import hashlib
import importlib.metadata
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np

from checks.runner import IMPORT, SECONDS, SETTINGS, WHERE, Answers
from checks.worker import MEMORY

LAUNCH = Path(__file__).with_name("launch.py")
GIVEN = Path(__file__).resolve().parent.parent / "MNISTtools.py"
INSIDE = {  # what the worker consists of, and where it is in a sandbox
    WHERE: "/worker.py",
    LAUNCH: "/launch.py",
    GIVEN: "/given/MNISTtools.py",
}
MISSING = (
    "No sandbox for the students' code: install bubblewrap (sudo apt install "
    "bubblewrap), Docker or Podman; or say SANDBOX=none, if you trust every submission."
)
DOCKERFILE = """FROM python:3.13-slim
RUN pip install --no-cache-dir {packages}
RUN MPLCONFIGDIR=/fonts python -c "import matplotlib.pyplot"
"""
LONGEST = 2 * (IMPORT + SECONDS)  # seconds of the processor that a process may take
FORGOTTEN = 3600  # seconds by the clock after which it ends if nobody has ended it
PACKAGES = str(Path(np.__file__).parents[1])  # the folder of those they may import
LITTLE = 600 * 2**20  # bytes of memory where Gradescope has 768 MB for all
KEPT = ("LD_LIBRARY_PATH", "OPENBLAS_CORETYPE", "SYSTEMROOT")  # of the environment


class NoSandbox(Exception):
    """There is none of the kind that was asked for."""


@dataclasses.dataclass(frozen=True)
class Sandbox:
    """A way to start the worker."""

    level: str  # what keeps the code off: bubblewrap, container, user or none
    program: str = ""  # what starts it, apart from Python
    folder: str = "/given"  # where the student's imports are looked for

    @property
    def is_seen(self):
        """Whether the processes are those of this machine, whose time can be read."""
        return self.level != "container"

    @property
    def environment(self):
        """The variables of the process, and no others."""
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        if self.level == "container":  # the one who starts it needs them all
            return dict(os.environ)
        return kept | SETTINGS | ({} if self.level == "none" else {"HOME": "/tmp"})

    @property
    def command(self):
        """The command that starts a process."""
        if self.level == "bubblewrap":
            return bubblewrap(self.program)
        if self.level == "container":
            return container(self.program)
        if self.level == "user":
            return python(packages=PACKAGES, user=nobody(), memory=LITTLE)
        return python(packages=PACKAGES)


def python(
    worker=WHERE,
    launch=LAUNCH,
    packages="",
    user=0,
    program=sys.executable,
    memory=MEMORY,
):
    """Return the command that starts the worker in a limited process."""
    limits = (LONGEST, FORGOTTEN, memory)
    return list(map(str, (program, "-I", launch, worker, packages, user, *limits)))


def nobody():
    """Return the number of a user that nobody is, another one each time."""
    return random.SystemRandom().randrange(20_000, 60_000)


def bubblewrap(program):
    """Return the command that starts the worker where there is little else."""
    base = Path(sys.base_prefix).resolve()
    own = Path(getattr(sys, "_base_executable", sys.executable)).resolve()
    command = [program, "--die-with-parent", "--unshare-cgroup-try"]
    command += [f"--unshare-{kind}" for kind in ("ipc", "net", "pid", "uts")]
    root = os.getuid() == 0
    if root:  # the launcher becomes another user; a name for root would still be root
        command += ["--cap-drop", "ALL", "--cap-add", "CAP_SETUID"]
        command += ["--cap-add", "CAP_SETGID"]
    else:
        command += ["--unshare-user", "--uid", "65534", "--gid", "65534"]
    mounts = [("/etc/ld.so.cache", "/etc/ld.so.cache"), (PACKAGES, "/packages")]
    for place in ["/usr", "/lib", "/lib64"]:
        if os.path.islink(place):
            command += ["--symlink", os.readlink(place), place]
        else:
            mounts.append((place, place))
    if not base.is_relative_to("/usr"):
        mounts.append((base, base))
    mounts += INSIDE.items()
    mounts += [(path, f"/fonts/{path.name}") for path in fonts()]
    for source, place in mounts:
        if os.path.exists(source):
            for parent in list(Path(place).parents)[-2::-1]:
                command += ["--dir", parent]  # which others may enter
            command += ["--ro-bind", source, place]
    command += ["--dir", "/dev"]
    for device in ["/dev/null", "/dev/urandom"]:
        command += ["--dev-bind", device, device]
    command += ["--perms", "1777", "--size", 2**24, "--tmpfs", "/tmp"]
    command += ["--chdir", "/tmp", "--remount-ro", "/", "--"]
    user = nobody() if root else 0
    inside = python("/worker.py", "/launch.py", "/packages", user, own)
    return [*map(str, command), *inside]


def fonts():
    """Return Matplotlib's list of the fonts, which takes it seconds to make."""
    try:
        import matplotlib.font_manager  # makes the list where there is none

        return sorted(Path(matplotlib.get_cachedir()).glob("fontlist-*.json"))
    except ImportError:
        return []


def container(program):
    """Return the command that starts the worker in a container of Docker or Podman."""
    limits = [
        "--network=none",
        "--read-only",
        "--cap-drop=ALL",
        "--security-opt=no-new-privileges",
        "--user=65534:65534",
        "--pids-limit=32",
        "--memory=2560m",
        "--memory-swap=2560m",
        "--tmpfs=/tmp:size=16m",
        "--workdir=/tmp",
    ]
    variables = SETTINGS | {"HOME": "/tmp"}
    limits += [f"--env={name}={value}" for name, value in variables.items()]
    limits += [f"--volume={source}:{place}:ro" for source, place in INSIDE.items()]
    inside = python("/worker.py", "/launch.py", program="python")
    # Its first process ends all others with it, also when nobody is watching.
    clock = ["timeout", "-s", "KILL", str(FORGOTTEN)]
    return [program, "run", "--rm", "-i", *limits, image()[0], *clock, *inside]


def image():
    """Return the name of the container's image, and the Dockerfile that makes it."""
    names = ["numpy", "matplotlib"]
    pins = [f"{name}=={importlib.metadata.version(name)}" for name in names]
    text = DOCKERFILE.format(packages=" ".join(pins))
    return f"grading-worker:{hashlib.sha256(text.encode()).hexdigest()[:12]}", text


def build(program):
    """Make the image of the container, if it is not there yet."""
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    name, text = image()
    if subprocess.run([program, "image", "inspect", name], **quiet).returncode:
        command = [program, "build", "--quiet", "--tag", name, "-"]
        subprocess.run(command, input=text.encode(), check=True, **quiet)


def starts(sandbox):
    """Tell whether the worker starts in a sandbox and answers."""
    with Answers("def started(): pass", files=(), sandbox=sandbox).open() as process:
        return "started" in process.names


def candidates(level):
    """Yield the sandboxes that this machine may have, the best one first."""
    if level in ("", "bubblewrap") and sys.platform == "linux":
        if program := shutil.which("bwrap"):
            yield Sandbox("bubblewrap", program)
    if level in ("", "container"):
        for program in filter(None, map(shutil.which, ["docker", "podman"])):
            try:
                build(program)
                yield Sandbox("container", program)
            except (OSError, subprocess.CalledProcessError):
                pass  # it is installed, but does not run here
    if level == "user" and os.name == "posix" and os.getuid() == 0:
        yield Sandbox("user", folder="")
    if level == "none":
        yield Sandbox("none", folder="")


def choose(level=""):
    """Return the first sandbox of a level that works; by default, the best one.

    Where there is none, `NoSandbox` says what to do.
    """
    for sandbox in candidates(level):
        if starts(sandbox):
            return sandbox
    raise NoSandbox(f"SANDBOX={level} does not work here." if level else MISSING)

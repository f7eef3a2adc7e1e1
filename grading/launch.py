"""Inside the sandbox: limits this process, gives up its rights, becomes the worker.

    python -I launch.py WORKER PACKAGES USER SECONDS FORGOTTEN MEMORY

This runs before any of the student's code. What a system does not have is left out.
"""

import os
import shutil
import signal
import sys
import tempfile

FILES = 8 * 2**20  # bytes of a file that is written


def main():
    """Limit this process, give up its rights, and become the worker."""
    worker, packages, user, seconds, forgotten, memory = sys.argv[1:]
    with open(worker, encoding="utf-8") as file:
        code = compile(file.read(), "worker.py", "exec")
    try:
        import resource

        for name, most in [
            ("CORE", 0),
            ("NPROC", 2),  # this one, and for each question its copy
            ("NOFILE", 64),
            ("FSIZE", FILES),
            ("CPU", int(seconds)),
            ("AS", int(memory)),
        ]:
            kind = getattr(resource, f"RLIMIT_{name}", None)
            if kind is not None:
                soft = 1 if name == "NPROC" else most  # the worker raises it
                resource.setrlimit(kind, (soft, most))
        signal.alarm(int(forgotten))  # if nobody is there any more to end it
    except (ImportError, OSError, ValueError):
        pass  # Windows
    fonts = "/fonts"  # Matplotlib's list of them, which takes seconds to make
    if os.path.isdir(fonts):
        os.environ["MPLCONFIGDIR"] = copies = tempfile.mkdtemp()
        for name in os.listdir(fonts):
            shutil.copyfile(os.path.join(fonts, name), os.path.join(copies, name))
        os.chmod(copies, 0o777)
    if int(user):
        os.setgroups([])
        os.setgid(int(user))
        os.setuid(int(user))
    if packages:  # those of this Python's own would be others
        own = ("site-packages", "dist-packages")
        sys.path[:] = [p for p in sys.path if not p.endswith(own)] + [packages]
    sys.argv[:] = ["worker.py"]
    exec(code, {"__name__": "__main__"})


if __name__ == "__main__":
    main()

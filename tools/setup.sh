# Makes .venv: finds a Python, installs requirements.txt and this project's modules.
# `make` calls it from the project's root; the variable PYTHON says which Python to use.

oldest=3.11
newest=3.15  # the newest that the pinned packages are built for
found=''

usable() {  # Does this command start a Python that will do? (It may exist and yet not run.)
    version=$("$@" -c "import sys
v = sys.version_info[:2]
sys.stdout.write('%d.%d' % v)
sys.exit(not (3, ${oldest#3.}) <= v <= (3, ${newest#3.}))" 2>/dev/null) && return
    found="$found
    $*: ${version:-not found, or does not run}"
    return 1
}

if [ -n "$PYTHON" ]; then
    set -- "$PYTHON"
    usable "$@" || set --
else
    # `py` is the launcher that comes with Python on Windows.
    for command in python3 python3.15 python3.14 python3.13 python3.12 python3.11 python 'py -3'; do
        set -- $command
        usable "$@" && break
        set --
    done
fi

if [ $# = 0 ]; then
    echo "No suitable Python: needed is one of the versions $oldest to $newest; found:$found" >&2
    echo 'Get one at https://www.python.org/downloads/, or say where one is:' >&2
    echo '    make PYTHON=/path/to/python3' >&2
    exit 1
fi

if [ -L .venv ]; then  # it is another project's, and would be emptied
    echo '.venv is a link to another place: remove the link (rm .venv), then run make again.' >&2
    exit 1
fi

echo "Setting up .venv with Python $version ($*): about 500 MB, a minute or two"
# Whatever an interrupted set-up or another Python has left there is removed.
if ! "$@" -m venv --clear .venv; then
    echo 'Python could not make the virtual environment .venv: see the message above.' >&2
    echo "On Debian and Ubuntu 'sudo apt install python3-venv' may help. Then run make again." >&2
    exit 1
fi
python=.venv/bin/python
if [ -d .venv/Scripts ]; then python=.venv/Scripts/python; fi

# Python compiles each module when it is first imported, and only a small part of them ever is.
# This project's modules are built with the setuptools that requirements.txt has just installed.
if ! "$python" -m pip install --quiet --disable-pip-version-check --no-compile \
        -r requirements.txt ||
    ! "$python" -m pip install --quiet --disable-pip-version-check \
        --no-index --no-build-isolation --no-deps --editable .
then
    echo 'The packages could not be fetched and installed: see the message above.' >&2
    echo 'If it is about a connection, check the network; then run make again.' >&2
    exit 1
fi

# Matplotlib lists the fonts on its first import and says so; not in a notebook, please.
"$python" -c 'import logging, matplotlib
logging.disable()
import matplotlib.font_manager'

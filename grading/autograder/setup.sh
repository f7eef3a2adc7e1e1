#!/usr/bin/env bash
# Gradescope runs this once, as root, when it makes the image of the autograder.
set -euo pipefail
root=${AUTOGRADER:-/autograder}
export DEBIAN_FRONTEND=noninteractive UV_PYTHON_INSTALL_DIR=/opt/python

apt-get update
apt-get install --yes --no-install-recommends bubblewrap python3-pip
pip3 install uv

# A Python of its own: Ubuntu 22.04 has 3.10, which is too old.
uv venv --python 3.13 /opt/autograder
uv pip install --python /opt/autograder/bin/python -r "$root/source/requirements.txt"

# What the student's code may read: the given module, and Matplotlib's list of fonts.
cp "$root/source/MNISTtools.py" /opt/autograder/lib/python3.13/site-packages/
MPLCONFIGDIR=/fonts /opt/autograder/bin/python -c 'import matplotlib.pyplot'
chmod -R go+rX /opt/autograder /opt/python /fonts

#!/usr/bin/env bash
# Run once by Gradescope, as root, when the image is built: the libraries, an account for students' code, and a trial,
# so that an image that cannot grade fails here and not at the first submission.
set -euo pipefail
source="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"  # /autograder/source
root="$(dirname "$source")"

apt-get update
apt-get install --yes --no-install-recommends python3 python3-venv bubblewrap
id student >/dev/null 2>&1 || useradd --system --no-create-home --shell /usr/sbin/nologin student
python3 -m venv "$root/venv"  # beside the source, which students' code cannot read
# shellcheck disable=SC2086
"$root/venv/bin/python" -m pip install --no-cache-dir ${TORCH:-} --requirement "$source/requirements.txt"
cd "$source"
"$root/venv/bin/python" -B -m cs231n.grading.autograder.harness --trial "$root"

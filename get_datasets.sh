#!/usr/bin/env bash
# Fetches the real data sets: `python -m cs231n.data.fetch` by another name, with the first Python that is new enough.
# It needs nothing that is not in Python itself, so it works before anything is installed. See --help.
set -u
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd) || exit 1

for python in "$here/.venv/bin/python" "$here/.venv/Scripts/python.exe" python3 python; do
  if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null; then
    PYTHONPATH=$here${PYTHONPATH:+:$PYTHONPATH} exec "$python" -m cs231n.data.fetch "$@"
  fi
done
echo 'get_datasets.sh: needs Python 3.10 or newer' >&2
exit 1

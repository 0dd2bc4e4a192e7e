#!/usr/bin/env bash
# Where older editions have it; fetches into datasets/ beside the package. See get_datasets.sh there.
exec bash "$(dirname "${BASH_SOURCE[0]}")/../../get_datasets.sh" "$@"

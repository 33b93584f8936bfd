#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Compares the verdicts of our client with those of python-tuf and tuf-js on generated repositories, most of them hostile.
# Usage: run.sh [--seed N]... [--cases N] [--bounded] [--show N] [--plain] [--only CASE [--out DIRECTORY]]
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# In memory where there is such a place: each case writes some twenty small files.
scratch=$(mktemp -d -p "$([ -w /dev/shm ] && echo /dev/shm || echo "${TMPDIR:-/tmp}")" countersign-differential.XXXXXX)
trap 'rm -rf "$scratch"' EXIT

# shellcheck source=../../python-environment.sh
source "$here/../../python-environment.sh"
python=$(python_environment "$here/../requirements.txt")/bin/python

node "$here/bundle.mjs" "$scratch/run.mjs"
node "$scratch/run.mjs" --here "$here" --python "$python" --scratch "$scratch" "$@"

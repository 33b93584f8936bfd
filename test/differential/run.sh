#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Compares our canonical JSON, keyids and counting of signatures with securesystemslib's and python-tuf's, on generated cases.
# Usage: run.sh [--seed N] [--values N] [--metadata N]
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# shellcheck source=../python-environment.sh
source "$here/../python-environment.sh"
python=$(python_environment "$here/requirements.txt")/bin/python

node "$here/bundle.mjs" "$work/generate.mjs"
node "$work/generate.mjs" "$@" >"$work/cases.jsonl"
"$python" "$here/compare.py" "$here/exclusions.json" "$work/cases.jsonl"

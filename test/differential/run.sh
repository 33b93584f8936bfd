#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Compares our canonical JSON, keyids and counting of signatures with securesystemslib's and python-tuf's, on generated cases.
# Usage: run.sh [--seed N] [--values N] [--metadata N]
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
venv=$here/.venv
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if ! cmp -s "$here/requirements.txt" "$venv/requirements.txt"; then
  rm -rf "$venv"
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --require-hashes --requirement "$here/requirements.txt"
  cp "$here/requirements.txt" "$venv/requirements.txt"
fi

node "$here/bundle.mjs" "$work/generate.mjs"
node "$work/generate.mjs" "$@" >"$work/cases.jsonl"
"$venv/bin/python" "$here/compare.py" "$here/exclusions.json" "$work/cases.jsonl"

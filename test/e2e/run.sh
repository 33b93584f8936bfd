#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The real runs: the committed dist/ and action.yml as workflows, run by nektos/act on this machine against a GitHub that test/github plays. docs/real-runs.md
# says what they prove and what they can't.
#
#   bash test/e2e/run.sh [vitest arguments]
#
# act, pinned by hash, goes into a virtual environment in the user's cache directory. COUNTERSIGN_E2E_ACTION names another directory
# with an action.yml and a dist/ to run.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
project=$(cd "$here/../.." && pwd)

# Once for each content of requirements.txt and version of Python.
act_environment() {
  local key cache building
  key=$( (python3 --version && cat "$here/requirements.txt") | git hash-object --stdin)
  cache=${XDG_CACHE_HOME:-$HOME/.cache}/countersign/act-${key:0:16}
  if [ ! -d "$cache" ]; then
    mkdir -p "$(dirname "$cache")"
    building=$(mktemp -d "$cache.XXXXXX")
    python3 -m venv "$building" >&2
    "$building/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes --requirement "$here/requirements.txt" >&2
    # Only its bin/act is used, which is a program of its own; another run may have been faster.
    mv -T "$building" "$cache" 2>/dev/null || rm -rf "$building"
  fi
  echo "$cache/bin/act"
}

COUNTERSIGN_E2E_ACT=$(act_environment)
export COUNTERSIGN_E2E_ACT
cd "$project"
exec node_modules/.bin/vitest run --config test/e2e/vitest.config.ts "$@"

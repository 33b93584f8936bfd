#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# README's section "On GitHub", done word for word by people with the committed dist/cli.js, on a GitHub that test/github plays, with its workflows run by
# nektos/act. Prints each step and counts them; fails when there are more than promised.
#
#   bash test/walkthrough/run.sh
#
# Needs python3 (for act, and for terminals to ask people on), openssl, ssh-keygen and git. COUNTERSIGN_E2E_ACTION names another directory with an action.yml
# and a dist/ to use.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
project=$(cd "$here/../.." && pwd)
requirements=$project/test/e2e/requirements.txt

# The same place as test/e2e/run.sh has: once for each content of requirements.txt and version of Python.
act_environment() {
  local key cache building
  key=$( (python3 --version && cat "$requirements") | git hash-object --stdin)
  cache=${XDG_CACHE_HOME:-$HOME/.cache}/countersign/act-${key:0:16}
  if [ ! -d "$cache" ]; then
    mkdir -p "$(dirname "$cache")"
    building=$(mktemp -d "$cache.XXXXXX")
    python3 -m venv "$building" >&2
    "$building/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes --requirement "$requirements" >&2
    mv -T "$building" "$cache" 2>/dev/null || rm -rf "$building"
  fi
  echo "$cache/bin/act"
}

COUNTERSIGN_E2E_ACT=$(act_environment)
export COUNTERSIGN_E2E_ACT
cd "$project"
exec node_modules/.bin/vitest run --config test/walkthrough/vitest.config.ts "$@"

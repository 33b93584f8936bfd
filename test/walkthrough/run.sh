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

# shellcheck source=../python-environment.sh
source "$project/test/python-environment.sh"
COUNTERSIGN_E2E_ACT=$(python_environment "$project/test/e2e/requirements.txt")/bin/act
export COUNTERSIGN_E2E_ACT
cd "$project"
exec node_modules/.bin/vitest run --config test/walkthrough/vitest.config.ts "$@"

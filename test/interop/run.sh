#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What `demo` leaves is read by two other projects' clients, python-tuf and tuf-js, each from root v1: on the committed dist/, as a clean clone
# has it, with nothing but Node and git, and without a network. A second event, through the command line, is then found by both as returning clients;
# changed bytes and an earlier state are refused by both.
#
#   bash test/interop/run.sh
#
# tuf-js comes from node_modules; python-tuf, pinned by hash, goes into a virtual environment in the user's cache directory.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
project=$(cd "$here/../.." && pwd)
work=$(mktemp -d)
server=
on_exit() {
  [ -z "$server" ] || kill "$server" 2>/dev/null || true
  rm -rf "$work"
}
trap on_exit EXIT

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

# --- python-tuf, once for each content of requirements.txt and version of Python ---------------------------------------------------

python_environment() {
  local key cache building
  key=$( (python3 --version && cat "$here/requirements.txt") | git hash-object --stdin)
  cache=${XDG_CACHE_HOME:-$HOME/.cache}/countersign/interop-${key:0:16}
  if [ ! -d "$cache" ]; then
    mkdir -p "$(dirname "$cache")"
    building=$(mktemp -d "$cache.XXXXXX")
    python3 -m venv "$building" >&2
    "$building/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes --requirement "$here/requirements.txt" >&2
    # Only its bin/python is used, which finds itself; another run may have been faster.
    mv -T "$building" "$cache" 2>/dev/null || rm -rf "$building"
  fi
  echo "$cache/bin/python"
}
python=$(python_environment)

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
if [ "$failed" -gt 0 ]; then
  echo "$passed passed, $failed failed; nothing else was tried"
  exit 1
fi

# The one thing that clients get by other means.
cp "$demo/site/metadata/1.root.json" "$work/root.json"

# --- both clients ---------------------------------------------------------------------------------------------------------------------

node "$here/serve.mjs" "$work" >"$work/url" &
server=$!
for _ in $(seq 100); do
  [ -s "$work/url" ] && break
  sleep 0.05
done
url=$(cat "$work/url")

# both NAME PATH STATE EXPECTED-BY-TUF-JS EXPECTED-BY-PYTHON-TUF (TARGET FILE)...
both() {
  local name=$1 at=$url/$2 state=$work/state/$3 js=$4 py=$5
  shift 5
  check "$name" node "$here/tuf-js.mjs" "$at" "$work/root.json" "$state-js" "$js" "$@"
  check "$name" "$python" "$here/python_tuf.py" "$at" "$work/root.json" "$state-py" "$py" "$@"
}

# The deepest path, the largest file, and one at the top.
mapfile -t files < <(cd dist && find . -type f -printf '%P\n' | sort)
deepest=$(printf '%s\n' "${files[@]}" | awk -F/ 'NF > best { best = NF; path = $0 } END { print path }')
largest=$(cd dist && find . -type f -printf '%s %P\n' | sort -rn | head -n 1 | cut -d ' ' -f 2-)
released=()
for file in "$deepest" "$largest" licenses.txt; do released+=("v1/$file" "dist/$file"); done
both 'download from root v1' demo/site first get get "${released[@]}"

cp -R "$demo/site" "$work/before"
cp -R "$demo/site" "$work/tampered"
hash=$(sha256sum "dist/$deepest" | cut -d ' ' -f 1)
node -e '
  const fs = require("node:fs");
  for (const file of process.argv.slice(1)) {
    const bytes = fs.readFileSync(file);
    bytes[bytes.length >> 1] ^= 1;
    fs.writeFileSync(file, bytes);
  }' "$work/tampered/targets/v1/$(dirname "$deepest")/$hash.$(basename "$deepest")"
both 'one byte is changed' tampered tampered LengthOrHashMismatchError LengthOrHashMismatchError "v1/$deepest" "dist/$deepest"

# --- a second event, as users do it ---------------------------------------------------------------------------------------------------

mkdir -p "$work/next/docs"
date >"$work/next/notes.txt"
: >"$work/next/docs/empty.txt"
date >"$work/next/docs/größe 1+1 (neu).txt"
countersign() { (cd "$demo" && "${offline[@]}" "${bare[@]}" node "$work/clone/dist/cli.js" "$@"); }
sign() { countersign sign forge#3 --site site --as "$1" --key "file:keys/$1.pem" --memory "memory/$1" --yes; }
publish() {
  (
    bare+=("COUNTERSIGN_ONLINE_KEY=$(cat "$demo/keys/online.pem")")
    countersign publish --repo forge --site site
  )
}
check 'propose' countersign propose --repo forge --site site --role releases --target-prefix v2/ "$work/next"
check 'sign as alice' sign alice
check 'sign as carol' sign carol
check 'gather' countersign gather --repo forge --site site
check 'publish' publish
check 'verify' countersign verify site --root "$work/root.json" --targets all

added=()
for file in notes.txt docs/empty.txt 'docs/größe 1+1 (neu).txt'; do added+=("v2/$file" "$work/next/$file"); done
both 'update and download' demo/site first get get "${added[@]}" "${released[@]}"
both 'an earlier state is put back' before first BadVersionError BadVersionNumberError "v1/$deepest" "dist/$deepest"

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]

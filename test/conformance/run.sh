#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Our client in theupdateframework/tuf-conformance, from a checkout of it: ends with 0 only when every test ran and passed. See docs/conformance.md.
#
#   bash test/conformance/run.sh SUITE_DIR [pytest arguments]
#
# What the suite needs of Python, pinned by hash, goes into a virtual environment in the user's cache directory.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

if [ $# -eq 0 ]; then
  echo 'usage: npm run conformance -- SUITE_DIR [pytest arguments]' >&2
  exit 1
fi
suite=$1
shift
if [ ! -f "$suite/tuf_conformance/conftest.py" ]; then
  echo "$suite: expected a checkout of theupdateframework/tuf-conformance, got something else" >&2
  exit 1
fi
suite=$(cd "$suite" && pwd)

if ! python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
  echo "python3: expected 3.11 or later, which the suite needs, got $(python3 --version 2>&1)" >&2
  exit 1
fi

# Tests of expiry run the client at another time by it.
install_faketime() {
  local root=()
  [ "$(id -u)" -eq 0 ] || root=(sudo)
  if ! command -v apt-get >/dev/null || { [ "${#root[@]}" -gt 0 ] && ! command -v sudo >/dev/null; }; then
    echo "faketime: expected on the PATH, got nothing; it is Debian's package 'faketime' (apt-get install faketime), elsewhere 'libfaketime'" >&2
    return 1
  fi
  "${root[@]}" apt-get update -q
  "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends faketime
}
command -v faketime >/dev/null || install_faketime

# shellcheck source=../python-environment.sh
source "$here/../python-environment.sh"
python=$(python_environment "$here/requirements.txt")/bin/python

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# The suite takes a space for the end of the command, and reads failures to expect from a file beside it: here is neither.
ln -s "$here/client" "$work/client"
# What changes during the run is not seen: all tests meet one client.
export CONFORMANCE_BUNDLE=$work/client.mjs
node "$here/bundle.mjs" "$CONFORMANCE_BUNDLE"
export CONFORMANCE_LOG=$work/log
: >"$CONFORMANCE_LOG"
# The suite serves on this machine; a proxy would be asked for it otherwise.
export no_proxy=127.0.0.1 NO_PROXY=127.0.0.1

if commit=$(git -C "$suite" rev-parse HEAD 2>/dev/null); then
  [ -z "$(git -C "$suite" status --porcelain)" ] || commit="$commit, with changes"
fi
echo "tuf-conformance at ${commit:-an unknown commit}; Node $(node --version), $("$python" --version)"

status=0
cd "$suite"
PYTHONPATH=$here "$python" -B -m pytest -p no:cacheprovider -p counts --quiet tuf_conformance --entrypoint "$work/client" "$@" || status=$?

echo 'How the calls of our client ended:'
sort "$CONFORMANCE_LOG" | uniq -c
# A refusal is one of our codes. Any other error ends with 1 as well and would pass for one.
if grep -q ' unforeseen$' "$CONFORMANCE_LOG"; then
  echo 'expected a code for each refusal, got errors that nobody foresaw' >&2
  status=1
fi
exit "$status"

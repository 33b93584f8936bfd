# SPDX-License-Identifier: Apache-2.0
# For scripts to source.

# Or what fails inside "$(…)" would be taken for done, and kept.
shopt -s inherit_errexit

# A virtual environment with the packages of a requirements file, pinned by hash: once for each content of the file and version of Python, in the user's cache
# directory.
#
#   python_environment REQUIREMENTS
#
# Prints its directory. Only programs in its bin/ may be used that find themselves: it is moved after it was made.
python_environment() {
  local requirements=$1 key place building
  key=$( (python3 --version && cat "$requirements") | git hash-object --stdin)
  place=${XDG_CACHE_HOME:-$HOME/.cache}/countersign/python-${key:0:16}
  if [ ! -d "$place" ]; then
    mkdir -p "$(dirname "$place")"
    building=$(mktemp -d "$place.XXXXXX")
    python3 -m venv "$building" >&2
    "$building/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes --requirement "$requirements" >&2
    # Another run may have been faster.
    mv -T "$building" "$place" 2> /dev/null || rm -rf "$building"
  fi
  echo "$place"
}

# SPDX-License-Identifier: Apache-2.0
"""python-tuf's own Updater against a site of ours. Takes what tuf-js.mjs takes:

    python python_tuf.py <site URL> <1.root.json> <state dir> <get | error class> (<target> <original file>)...

`get`: every target is found and downloaded, and its bytes are the original's. Otherwise: an error of that class is raised, and nothing was
written. The state directory is this client's memory; it begins with nothing but the given root.
"""

import sys
from pathlib import Path
from urllib.parse import quote

import tuf
from tuf.ngclient import Updater

SITE, ROOT, STATE, EXPECTED, *REST = sys.argv[1:]
METADATA = Path(STATE, "metadata")
TARGETS = Path(STATE, "targets")
PAIRS = list(zip(REST[::2], REST[1::2]))


def fetch_all() -> None:
    updater = Updater(
        metadata_dir=str(METADATA),
        metadata_base_url=f"{SITE}/metadata/",
        target_dir=str(TARGETS),
        target_base_url=f"{SITE}/targets/",
        bootstrap=Path(ROOT).read_bytes(),
    )
    updater.refresh()
    for target, original in PAIRS:
        info = updater.get_targetinfo(target)
        if info is None:
            sys.exit(f"{target}: expected a listed target, got none")
        file = updater.download_target(info, str(TARGETS / quote(target, safe="")))
        if Path(file).read_bytes() != Path(original).read_bytes():
            sys.exit(f"{target}: expected the bytes of {original}, got others")


def main() -> None:
    returning = (METADATA / "snapshot.json").exists()
    METADATA.mkdir(parents=True, exist_ok=True)
    TARGETS.mkdir(parents=True, exist_ok=True)
    known = len(list(TARGETS.iterdir()))
    client = f"python-tuf {tuf.__version__}, {'returning' if returning else 'new'} client"
    try:
        fetch_all()
    except Exception as error:
        if EXPECTED == "get" or type(error).__name__ != EXPECTED:
            raise
        if len(list(TARGETS.iterdir())) != known:
            sys.exit("expected nothing to be written, got a file")
        print(f"{client}: refused, {EXPECTED}: {error}")
        return
    if EXPECTED != "get":
        sys.exit(f"expected {EXPECTED}, got {len(PAIRS)} targets")
    print(f"{client}: {len(PAIRS)} targets are the original files")


main()

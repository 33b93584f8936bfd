# SPDX-License-Identifier: Apache-2.0
"""python-tuf's own Updater against a repository of ours. Takes what the other clients take; see clients.mjs."""

import json
import sys
from pathlib import Path

from tuf.ngclient import Updater


def refresh(metadata_url: str, targets_url: str, root: Path, work: Path) -> Updater:
    updater = Updater(
        metadata_dir=str(work / "metadata"),
        metadata_base_url=metadata_url,
        target_dir=str(work / "files"),
        target_base_url=targets_url,
        bootstrap=root.read_bytes(),
    )
    updater.refresh()
    return updater


def fetch(updater: Updater, target: str, file: Path) -> dict[str, str]:
    info = updater.get_targetinfo(target)
    if info is None:
        return {"target": target, "error": "target not found"}
    updater.download_target(info, str(file))
    return {"target": target, "result": "reads"}


def text_of(error: Exception) -> str:
    parts = [f"{type(error).__name__}: {error}"]
    while error.__cause__ is not None:
        error = error.__cause__
        parts.append(f"{type(error).__name__}: {error}")
    return ": ".join(parts)


def main() -> int:
    if len(sys.argv) < 6:
        print("usage: METADATA_URL TARGETS_URL ROOT_FILE WORK_DIR TARGET...", file=sys.stderr)
        return 2
    metadata_url, targets_url, root, work, *targets = sys.argv[1:]
    for name in ("metadata", "files"):
        Path(work, name).mkdir(parents=True, exist_ok=True)
    updater, refused = None, None
    try:
        updater = refresh(metadata_url, targets_url, Path(root), Path(work))
    except Exception as error:  # whatever it is, it is what this client answers
        refused = text_of(error)
    status = 0
    for index, target in enumerate(targets):
        line = {"target": target, "error": refused}
        if updater is not None:
            try:
                line = fetch(updater, target, Path(work, "files", str(index)))
            except Exception as error:  # as above
                line = {"target": target, "error": text_of(error)}
        if "error" in line:
            status = 1
        print(json.dumps(line), flush=True)
    return status


sys.exit(main())

# SPDX-License-Identifier: Apache-2.0
"""python-tuf's Updater, asked over standard input: one case a line, one verdict a line, in the same order. Its files are in the directory that is named."""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
import sys
import tempfile
import warnings
from base64 import b64decode
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from tuf.api.exceptions import DownloadHTTPError
from tuf.ngclient import Updater
from tuf.ngclient.fetcher import FetcherInterface

METADATA = "http://repository.invalid/metadata/"
TARGETS = "http://repository.invalid/targets/"
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


class MapFetcher(FetcherInterface):
    """Gives what a host would. The path of a target is as the client says it: what becomes of `#` or `?` on the way is no matter of TUF."""

    def __init__(self, files: dict[str, str]):
        self.files = files

    def _fetch(self, url: str) -> Iterator[bytes]:
        path = "metadata/" + unquote(url[len(METADATA) :]) if url.startswith(METADATA) else "targets/" + url[len(TARGETS) :]
        if path not in self.files:
            raise DownloadHTTPError("not found", 404)
        return iter([b64decode(self.files[path])])


def visit(directory: Path, root: bytes, case: dict[str, Any]) -> list[str]:
    updater = Updater(
        metadata_dir=str(directory / "metadata"),
        metadata_base_url=METADATA,
        target_dir=str(directory / "targets"),
        target_base_url=TARGETS,
        fetcher=MapFetcher(case["files"]),
        bootstrap=root,
    )
    # It has no way to be told the time.
    trusted = updater._trusted_set  # noqa: SLF001
    if not hasattr(trusted, "reference_time"):
        sys.exit("this python-tuf keeps its time elsewhere")
    trusted.reference_time = EPOCH + timedelta(seconds=case["time"])
    updater.refresh()
    found = []
    for name in case["targets"]:
        info = updater.get_targetinfo(name)
        if info is None:
            found.append("absent")
            continue
        file = updater.download_target(info, str(directory / "targets" / "target"))
        found.append(hashlib.sha256(Path(file).read_bytes()).hexdigest())
    return found


def verdict_of(scratch: Path, case: dict[str, Any]) -> dict[str, Any]:
    directory = Path(tempfile.mkdtemp(prefix="python-tuf-", dir=scratch))
    try:
        (directory / "metadata").mkdir()
        (directory / "targets").mkdir()
        root = b64decode(case["root"])
        targets = []
        for one in case["visits"]:
            targets.extend(visit(directory, root, one))
        return {"kind": "accept", "targets": targets}
    except Exception as error:  # noqa: BLE001: whatever it raises; a crash refuses as well
        cause = f": {type(error.__cause__).__name__}: {error.__cause__}" if error.__cause__ else ""
        return {"kind": "reject", "error": type(error).__name__, "text": f"{error}{cause}"}
    finally:
        shutil.rmtree(directory)


def main(scratch: str) -> None:
    warnings.simplefilter("ignore")
    logging.disable()
    tempfile.tempdir = scratch
    print(json.dumps({"tuf": version("tuf"), "securesystemslib": version("securesystemslib")}), flush=True)
    for line in sys.stdin:
        print(json.dumps(verdict_of(Path(scratch), json.loads(line))), flush=True)


main(*sys.argv[1:])

# SPDX-License-Identifier: Apache-2.0
"""The same as `client-ours.mjs`, with python-tuf."""

import json
import re
import resource
import sys
import time
from pathlib import Path

from tuf.ngclient import Updater


def peak_mib() -> float:
    """The most memory that this process had at once."""
    try:
        # What `getrusage` says also counts what the parent had when it made this process.
        highest = re.search(r"^VmHWM:\s*(\d+) kB$", Path("/proc/self/status").read_text(), re.MULTILINE)
        if highest is not None:
            return int(highest[1]) / 1024
    except FileNotFoundError:
        pass
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1024 / (1024 if sys.platform == "darwin" else 1)


def main_thread_seconds() -> float:
    """For how many seconds the main thread was on a CPU."""
    return time.clock_gettime(time.CLOCK_THREAD_CPUTIME_ID)


url, root, state, *wanted = sys.argv[1:]
start, main_start = time.perf_counter(), main_thread_seconds()
metadata_dir, target_dir = Path(state, "metadata"), Path(state, "targets")
for directory in (metadata_dir, target_dir):
    directory.mkdir(parents=True, exist_ok=True)
updater = Updater(
    metadata_dir=str(metadata_dir),
    metadata_base_url=f"{url}/metadata/",
    target_dir=str(target_dir),
    target_base_url=f"{url}/targets/",
    bootstrap=Path(root).read_bytes(),
)
updater.refresh()
file = None
for path in wanted:
    file = updater.download_target(updater.get_targetinfo(path))
end, main = time.perf_counter(), main_thread_seconds() - main_start
print(
    json.dumps(
        {
            "seconds": end - start,
            "mainThreadSeconds": main,
            "file": file,
            "cpuSeconds": time.process_time(),
            "peakMib": peak_mib(),
        }
    )
)

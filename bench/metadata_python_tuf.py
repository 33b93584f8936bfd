# SPDX-License-Identifier: Apache-2.0
"""The same as `metadata-ours.mjs edit`, with python-tuf."""

import hashlib
import json
import sys
import time

from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import Metadata, TargetFile, Targets

with open(sys.argv[2], "rb") as source:
    data = source.read()
signer = CryptoSigner.generate_ed25519()
start = time.perf_counter()
metadata = Metadata[Targets].from_bytes(data)
path = "releases/next/app.tar.gz"
metadata.signed.targets[path] = TargetFile(12345, {"sha256": "b" * 64}, path)
metadata.signed.version += 1
metadata.sign(signer)
file = metadata.to_bytes()
seconds = time.perf_counter() - start
payload = hashlib.sha256(metadata.signed_bytes).hexdigest()
print(json.dumps({"seconds": seconds, "payload": payload, "bytes": len(file)}))

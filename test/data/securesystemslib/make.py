# Makes the roots of this directory, with keys that are made anew: python make.py
# Needs securesystemslib[crypto] 1.6.0 with cryptography 48 or later, and tuf 7.0.1.
from datetime import datetime, timezone
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import rsa
from securesystemslib.signer import CryptoSigner, SSlibKey
from tuf.api.metadata import Metadata, Root
from tuf.api.serialization.json import JSONSerializer


def rsa_signer(scheme):
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return CryptoSigner(key, SSlibKey.from_crypto(key.public_key(), scheme=scheme))


SIGNERS = {
    "rsassa-pss-sha384": lambda: rsa_signer("rsassa-pss-sha384"),
    "rsassa-pss-sha512": lambda: rsa_signer("rsassa-pss-sha512"),
    "ml-dsa-44": lambda: CryptoSigner.generate_mldsa(scheme="ml-dsa-44/1"),
    "ml-dsa-65": lambda: CryptoSigner.generate_mldsa(scheme="ml-dsa-65/1"),
    "ml-dsa-87": lambda: CryptoSigner.generate_mldsa(scheme="ml-dsa-87/1"),
}

for name, make in SIGNERS.items():
    signer = make()
    root = Root(expires=datetime(2031, 1, 1, tzinfo=timezone.utc), consistent_snapshot=True)
    for role in ("root", "targets", "snapshot", "timestamp"):
        root.add_key(signer.public_key, role)
    file = Metadata(root)
    file.sign(signer)
    file.verify_delegate("root", file)
    Path(__file__).with_name(f"{name}.root.json").write_bytes(file.to_bytes(JSONSerializer(compact=False)))

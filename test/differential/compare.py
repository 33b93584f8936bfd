# SPDX-License-Identifier: Apache-2.0
"""Asks securesystemslib and python-tuf about the cases of generate.ts, and compares their verdicts with ours.

A disagreement passes only if a class of exclusions.json is for it: its predicate holds for the case (predicates look at
what the files say, never at a verdict), its direction is the one seen. A class that no disagreement needed, with no other
class for it, fails as well; so does a vote of ours that a class says we refuse.
"""

from __future__ import annotations

import base64
import hashlib
import json
import logging
import sys
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any

from cryptography.hazmat.primitives.serialization import load_pem_public_key
from securesystemslib.exceptions import FormatError
from securesystemslib.formats import encode_canonical
from securesystemslib.signer import SSlibKey
from tuf.api.exceptions import UnsignedMetadataError
from tuf.api.metadata import Metadata, Root, Targets
from tuf.api.serialization import DeserializationError

WE_REFUSE = "we refuse, python accepts"
WE_ACCEPT = "we accept, python refuses"
MAX_SAFE_INTEGER = 2**53 - 1
Case = dict[str, Any]


def sha256_of(value: Any) -> str:
    return hashlib.sha256((encode_canonical(value) or "").encode("utf-8")).hexdigest()


# What a class may be for: a JSON value, one keyid of one count, or a file as a whole.


def integers(value: Any) -> Iterator[int]:
    if isinstance(value, dict):
        for item in value.values():
            yield from integers(item)
    elif isinstance(value, list):
        for item in value:
            yield from integers(item)
    elif isinstance(value, int) and not isinstance(value, bool):
        yield value


def unsafe_integer(case: Case) -> bool:
    return any(abs(i) > MAX_SAFE_INTEGER for i in integers(json.loads(case["text"])))


def der_of(public: str) -> bytes:
    return base64.b64decode("".join(public.strip().splitlines()[1:-1]))


def material_of(key: dict[str, Any]) -> bytes:
    """The end of a public key's bytes, however they are written: what two spellings of one key share."""
    public = str(key["keyval"].get("public"))
    if "BEGIN" in public:
        return der_of(public)[-64:]
    try:
        return bytes.fromhex(public)[-64:]
    except ValueError:
        return public.encode("utf-8")


@dataclass
class KeyUse:
    """One keyid of one count: the key as the delegator lists it, its signature, and the keys beside it."""

    keyid: str
    key: dict[str, Any]
    sig: str
    others: dict[str, dict[str, Any]]

    @property
    def public(self) -> str:
        return str(self.key["keyval"].get("public"))

    @property
    def pem_bytes(self) -> int:
        return len(der_of(self.public))


def is_rsa(use: KeyUse) -> bool:
    return use.key["keytype"] == "rsa"


def signature_shorter_than_modulus(use: KeyUse) -> bool:
    if not is_rsa(use):
        return False
    key = load_pem_public_key(use.public.encode("utf-8"))
    try:
        return len(bytes.fromhex(use.sig)) < (key.key_size + 7) // 8
    except ValueError:
        return False


VALUE_PREDICATES: dict[str, Callable[[Case], bool]] = {"unsafe_integer": unsafe_integer}

KEY_PREDICATES: dict[str, Callable[[KeyUse], bool]] = {
    "keyid_is_not_the_hash": lambda use: sha256_of(use.key) != use.keyid,
    "public_key_listed_twice": lambda use: any(material_of(other) == material_of(use.key) for other in use.others.values()),
    "signature_in_upper_case": lambda use: use.sig != use.sig.lower(),
    "signature_with_white_space": lambda use: " " in use.sig,
    "rsa_of_1024_bits": lambda use: is_rsa(use) and use.pem_bytes < 256,
    "rsa_signature_shorter_than_modulus": signature_shorter_than_modulus,
    "rsa_with_pkcs1v15": lambda use: is_rsa(use) and use.key["scheme"].startswith("rsa-pkcs1v15"),
    "ecdsa_p521": lambda use: use.key["scheme"] == "ecdsa-sha2-nistp521",
    "ecdsa_point_compressed": lambda use: use.key["scheme"] == "ecdsa-sha2-nistp256" and "BEGIN" in use.public and use.pem_bytes == 59,
    "ecdsa_in_hex": lambda use: use.key["keytype"] == "ecdsa" and "BEGIN" not in use.public,
    "ed25519_in_upper_case": lambda use: use.key["keytype"] == "ed25519" and use.public != use.public.lower(),
    "ed25519_of_small_order": lambda use: use.key["keytype"] == "ed25519" and use.public == "01" + "00" * 31,
}


def tables_of(signed: dict[str, Any]) -> dict[str, Any]:
    return signed.get("keys") or signed.get("delegations", {}).get("keys", {})


FILE_PREDICATES: dict[str, Callable[[list[dict[str, Any]]], bool]] = {
    "key_of_unknown_type": lambda files: any(key["keytype"] == "sigstore-oidc" for file in files for key in tables_of(file).values()),
    "role_mirrors": lambda files: any("mirrors" in file.get("roles", {}) for file in files),
}

SCOPES: dict[str, dict[str, Any]] = {"value": VALUE_PREDICATES, "key": KEY_PREDICATES, "file": FILE_PREDICATES}


@dataclass
class Report:
    exclusions: list[dict[str, str]]
    compared: Counter[str] = field(default_factory=Counter)
    excluded: Counter[str] = field(default_factory=Counter)
    needed: set[str] = field(default_factory=set)
    failures: list[str] = field(default_factory=list)

    def disagree(self, scope: str, direction: str, subject: Any, what: str) -> None:
        """Files a disagreement under the classes that are for it, or as a failure."""
        found = [
            entry["class"]
            for entry in self.exclusions
            if entry["scope"] == scope and entry["direction"] == direction and SCOPES[scope][entry["predicate"]](subject)
        ]
        if not found:
            self.failures.append(f"{what}: {direction}")
        self.excluded.update(found)
        if len(found) == 1:
            self.needed.update(found)

    def require_refused(self, votes: list[KeyUse], what: str) -> None:
        """Files as failures the votes that we count although a class says that we refuse them."""
        for entry in self.exclusions:
            # Of the keyids of one public key, one counts.
            if entry["scope"] != "key" or entry["direction"] != WE_REFUSE or entry["predicate"] == "public_key_listed_twice":
                continue
            if any(KEY_PREDICATES[entry["predicate"]](use) for use in votes):
                self.failures.append(f"{what}: we count what the class {entry['class']} says we refuse")
        if len({material_of(use.key) for use in votes}) < len(votes):
            self.failures.append(f"{what}: we count one public key twice")


def compare_value(case: Case, report: Report) -> None:
    report.compared["values"] += 1
    value = json.loads(case["text"])
    try:
        theirs = (encode_canonical(value) or "").encode("utf-8")
    except FormatError:
        if case["canonical"] is not None:
            report.disagree("value", WE_ACCEPT, case, case["text"])
        else:
            report.compared["values refused by both"] += 1
        return
    if case["canonical"] is None:
        report.disagree("value", WE_REFUSE, case, f"{case['code']} {case['text']}")
        return
    if theirs.hex() != case["canonical"]:
        report.failures.append(f"canonical bytes of {case['text']}: ours {case['canonical']}, theirs {theirs.hex()}")
    if not isinstance(value, dict):
        return
    report.compared["keyids"] += 1
    keyid = hashlib.sha256(theirs).hexdigest()
    if {"keytype", "scheme", "keyval"} <= value.keys() and isinstance(value["keyval"], dict) and isinstance(value["keyval"].get("public"), str):
        # As securesystemslib holds it: unknown fields survive in its key object.
        report.compared["keyids of key objects"] += 1
        keyid = sha256_of(SSlibKey.from_dict("id", json.loads(case["text"])).to_dict())
    if keyid != case["keyid"]:
        report.failures.append(f"keyid of {case['text']}: ours {case['keyid']}, theirs {keyid}")


def read(text: str) -> Metadata[Any] | None:
    try:
        return Metadata.from_bytes(text.encode("utf-8"))
    except DeserializationError:
        return None


def verified(case: Case, by: Metadata[Any], file: Metadata[Any]) -> bool:
    signed: Root | Targets = by.signed
    if case["kind"] == "root":
        try:
            return file.signed.get_root_verification_result(signed, file.signed_bytes, file.signatures).verified
        except ValueError:
            return False  # versions that don't follow each other
    try:
        signed.verify_delegate(case["role"], file.signed_bytes, file.signatures)
        return True
    except UnsignedMetadataError:
        return False


def key_uses(case: Case, delegator: dict[str, Any], signatures: dict[str, str]) -> dict[str, KeyUse]:
    table = tables_of(delegator)
    roles = delegator.get("roles") or {role["name"]: role for role in delegator["delegations"]["roles"]}
    ids = [keyid for keyid in roles[case["role"]]["keyids"] if keyid in table]
    return {
        keyid: KeyUse(keyid, table[keyid], signatures.get(keyid, ""), {other: table[other] for other in ids if other != keyid})
        for keyid in ids
    }


def compare_metadata(case: Case, report: Report) -> None:
    report.compared["metadata"] += 1
    raw = [json.loads(case["delegator"]), json.loads(case["file"])]
    by, file = read(case["delegator"]), read(case["file"])
    if by is None or file is None:
        if case["refused"] is None:
            report.disagree("file", WE_ACCEPT, [one["signed"] for one in raw], case["file"])
        else:
            report.compared["metadata refused by both"] += 1
        return
    if case["refused"] is not None:
        report.disagree("file", WE_REFUSE, [one["signed"] for one in raw], f"{case['refused']} {case['file']}")
        return
    if hashlib.sha256(file.signed_bytes).hexdigest() != case["payload"]:
        report.failures.append(f"what is signed in {case['file']}")
    signatures = {entry["keyid"]: entry["sig"] for entry in raw[1]["signatures"]}
    delegators = [(by.signed, raw[0]["signed"])]
    if case["kind"] == "root":
        delegators.append((file.signed, raw[1]["signed"]))
    agreed = True
    for (delegator, signed), ours in zip(delegators, case["counts"], strict=True):
        report.compared["counts"] += 1
        theirs = delegator.get_verification_result(case["role"], file.signed_bytes, file.signatures)
        uses = key_uses(case, signed, signatures)
        where = f"{case['file']} under {case['delegator']}"
        report.require_refused([uses[keyid] for keyid in ours["signed"] if keyid in uses], where)
        for keyid in sorted(set(ours["signed"]) ^ set(theirs.signed)):
            agreed = False
            direction = WE_ACCEPT if keyid in ours["signed"] else WE_REFUSE
            if keyid in uses:
                report.disagree("key", direction, uses[keyid], f"key {keyid} in {where}")
            else:
                report.failures.append(f"key {keyid} is not of the role in {where}")
        if theirs.threshold != ours["threshold"] or (len(ours["signed"]) >= theirs.threshold) != ours["reached"]:
            report.failures.append(f"threshold of {case['role']} under {case['delegator']}")
    # Where each key counts alike, the verdict must be alike.
    if agreed:
        verdict = verified(case, by, file)
        report.compared["verdicts: accepted" if verdict else "verdicts: refused"] += 1
        if verdict != case["verified"]:
            report.failures.append(f"verdict on {case['file']} under {case['delegator']}: ours {case['verified']}, theirs {verdict}")


def main(exclusions_file: str, cases_file: str) -> int:
    warnings.simplefilter("ignore")
    logging.disable()
    with open(exclusions_file, encoding="utf-8") as stream:
        report = Report(json.load(stream))
    with open(cases_file, encoding="utf-8") as stream:
        for line in stream:
            case = json.loads(line)
            if case["kind"] == "seed":
                print(f"seed {case['seed']}; tuf {version('tuf')}, securesystemslib {version('securesystemslib')}")
            elif case["kind"] == "value":
                compare_value(case, report)
            else:
                compare_metadata(case, report)
    for name, count in sorted(report.compared.items()):
        print(f"{count:6} {name}")
    print(f"{report.excluded.total()} excluded by class (a case may be in several):")
    for entry in report.exclusions:
        count = report.excluded[entry["class"]]
        print(f"{count:6} {entry['class']} ({entry['direction']})")
        if entry["class"] not in report.needed:
            report.failures.append(f"no disagreement needed the class {entry['class']}: remove it, or generate it")
    for failure in report.failures[:20]:
        print(f"DISAGREEMENT {failure[:2000]}", file=sys.stderr)
    print(f"{report.compared['values'] + report.compared['metadata']} cases compared, {len(report.failures)} unlisted disagreements")
    return 1 if report.failures else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

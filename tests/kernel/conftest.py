"""The corpus and small builders, shared by the tests of the kernel."""

import hashlib
import importlib
import importlib.util
import json
import struct
import sys
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from proofcheck.kernel import wire

CORPUS = Path(__file__).parent / "corpus"
FOLDERS = ("accept", "reject", "decline", "robust")
PLAIN = "gradient-descent-distance-1-step-tight"


@dataclass(frozen=True)
class Case:
    """A claim, a certificate, and what the kernel has to say about them; a network's data and weights."""

    name: str
    claim: bytes
    certificate: bytes
    word: str
    reason: str
    files: dict[str, bytes] | None = None


def read_pair(path: Path) -> list[bytes]:
    """NAME.claim.json and NAME.cert.json."""
    return [path.with_name(f"{path.name}.{kind}.json").read_bytes() for kind in ("claim", "cert")]


def raw_files(path: Path) -> dict[str, bytes] | None:
    """NAME.data.f64 and NAME.weights.f64 of a case about a network; None for any other case."""
    found = {name: path.with_name(f"{path.name}.{name}.f64") for name in ("data", "weights")}
    return {name: file.read_bytes() for name, file in found.items()} if found["data"].exists() else None


def merged(document: Any, patch: Any) -> Any:
    """The document with the entries of the patch in place of its own; tables are merged, lists by the index."""
    if isinstance(document, list) and isinstance(patch, dict):
        return [merged(entry, patch[str(i)]) if str(i) in patch else entry for i, entry in enumerate(document)]
    if not (isinstance(document, dict) and isinstance(patch, dict)):
        return patch
    return document | {key: merged(document.get(key), value) for key, value in patch.items()}


def patched(patch: dict[str, Any]) -> tuple[bytes, bytes, dict[str, bytes]]:
    """Claim, certificate and files of NAME.patch.toml: the accepted case `of` with what the attack changes.

    [claim] and [certificate] hold new entries, and [without] the keys that are left out. [data] and [weights] hold
    new numbers by their index, `filled` for as many zeros instead, `cut` and `more` bytes at the end, or `missing`.
    The claim gets the hashes of the changed files and the certificate that of the changed claim, except where
    `stale` lists "files" or "claim", or where the patch sets them itself. `theorem` is an accepted case whose files
    are put in place of the theorem.
    """
    path, stale = CORPUS / "accept" / patch["of"], patch.get("stale", [])
    claim, certificate = (json.loads(data) for data in read_pair(path))
    if "theorem" in patch:
        other = (json.loads(data) for data in read_pair(path.with_name(patch["theorem"])))
        certificate["theorem"] = dict(zip(("claim", "certificate"), other, strict=True))
    files = raw_files(path) or {}
    for name, data in list(files.items()):
        change = dict(patch.get(name, {}))
        missing, cut, more = change.pop("missing", False), change.pop("cut", 0), change.pop("more", 0)
        found = bytearray(8 * change.pop("filled") if "filled" in change else data)
        for index, number in change.items():
            struct.pack_into("<d", found, 8 * int(index), number)
        files[name] = bytes(found[: len(found) - cut]) + bytes(more)
        if missing:
            del files[name]
        elif "files" not in stale:
            claim["files"][name] = hashlib.sha256(files[name]).hexdigest()
    claim = merged(claim, patch.get("claim", {}))
    if "claim" not in stale:
        certificate["claim"] = wire.digest(claim)
    certificate = merged(certificate, patch.get("certificate", {}))
    for document, name in ((claim, "claim"), (certificate, "certificate")):
        for key in patch.get("without", {}).get(name, []):
            del document[key]
    return wire.canonical_bytes(claim), wire.canonical_bytes(certificate), files


def read_cases() -> list[Case]:
    """Every case of the corpus.

    NAME.bytes is two cases, once as a claim, once as a certificate; NAME.patch.toml changes an accepted case.
    """
    expected = tomllib.loads((CORPUS / "expected.toml").read_text())
    good = read_pair(CORPUS / "accept" / PLAIN)
    cases = []
    for folder in FOLDERS:
        for name, (word, reason) in expected[folder].items():
            path = CORPUS / folder / name
            raw, patch = path.with_name(f"{name}.bytes"), path.with_name(f"{name}.patch.toml")
            if raw.exists():
                data = raw.read_bytes()
                cases.append(Case(f"{folder}/{name} as claim", data, good[1], word, reason))
                cases.append(Case(f"{folder}/{name} as certificate", good[0], data, word, reason))
            elif patch.exists():
                claim, certificate, files = patched(tomllib.loads(patch.read_text()))
                cases.append(Case(f"{folder}/{name}", claim, certificate, word, reason, files))
            else:
                cases.append(Case(f"{folder}/{name}", *read_pair(path), word, reason, raw_files(path)))
    return cases + too_large(good)


def too_large(good: list[bytes]) -> list[Case]:
    """Files too large to be kept: each would be read as usual but for its size."""
    padded = [data + b" " * wire.MAX_BYTES for data in good]
    number = json.dumps({"format": "9" * 10**7}).encode()
    reason = f"the limit is {wire.MAX_BYTES}"
    return [
        Case("decline/claim-padded-to-4-megabytes", padded[0], good[1], "DECLINED", reason),
        Case("decline/certificate-padded-to-4-megabytes", good[0], padded[1], "DECLINED", reason),
        Case("decline/number-of-ten-million-digits", number, good[1], "DECLINED", reason),
    ]


CASES = read_cases()


def remember(module: ModuleType) -> None:
    """Let a kernel decide once about each theorem inside the certificates of networks; only proofs are remembered."""
    decide, known = module.check, dict[tuple[bytes, bytes], Any]()

    def check(claim: bytes, certificate: bytes, files: Any = None) -> Any:
        if files is not None or (claim, certificate) not in known:
            verdict = decide(claim, certificate, files)
            if files is not None or not verdict.accepted:
                return verdict
            known[claim, certificate] = verdict
        return known[claim, certificate]

    module.check = check


@pytest.fixture(scope="session", autouse=True)
def _theorems_once() -> Iterator[None]:
    module = importlib.import_module("proofcheck.kernel.check")
    decide = module.check
    remember(module)
    yield
    module.check = decide


@pytest.fixture(scope="session")
def remembering() -> Callable[[ModuleType], None]:
    """The function `remember`, for another copy of the kernel."""
    return remember


@pytest.fixture(scope="session")
def networks(cases: list[Case]) -> dict[str, Case]:
    """The accepted cases about networks, by their names without the folder."""
    return {case.name.removeprefix("accept/"): case for case in cases if case.name.startswith("accept/network-")}


@pytest.fixture(scope="session")
def cases() -> list[Case]:
    """The corpus."""
    return CASES


@pytest.fixture(scope="session")
def accepted(cases: list[Case]) -> list[Case]:
    """The cases that are PROVED, PROVED_UNDER_n or REFUTED."""
    return [case for case in cases if case.word.startswith(("PROVED", "REFUTED"))]


@pytest.fixture(scope="session")
def case_of(cases: list[Case]) -> Callable[[str], Case]:
    """A case by its name."""
    return {case.name: case for case in cases}.__getitem__


@pytest.fixture(scope="session")
def truth() -> ModuleType:
    """The module truth.py: true functions, and runs evaluated on them."""
    path = Path(__file__).with_name("truth.py")
    spec = importlib.util.spec_from_file_location("kernel_truth", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def sign() -> Callable[..., tuple[bytes, bytes]]:
    """Bytes of a claim and of a certificate for it, from dictionaries."""

    def build(claim: Any, certificate: dict[str, Any]) -> tuple[bytes, bytes]:
        named = {"format": "proofcheck-certificate/1", "claim": wire.digest(claim), **certificate}
        return wire.canonical_bytes(claim), wire.canonical_bytes(named)

    return build


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test with the argument `case` runs on every case of the corpus."""
    if "case" in metafunc.fixturenames:
        metafunc.parametrize("case", CASES, ids=[case.name for case in CASES])

"""The corpus and small builders, shared by the tests of the kernel."""

import importlib.util
import json
import sys
import tomllib
from collections.abc import Callable
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
    """A claim, a certificate, and what the kernel has to say about them."""

    name: str
    claim: bytes
    certificate: bytes
    word: str
    reason: str


def read_cases() -> list[Case]:
    """Every case of the corpus; NAME.bytes is two cases, once as a claim, once as a certificate."""
    expected = tomllib.loads((CORPUS / "expected.toml").read_text())
    good = [(CORPUS / "accept" / f"{PLAIN}.{kind}.json").read_bytes() for kind in ("claim", "cert")]
    cases = []
    for folder in FOLDERS:
        for name, (word, reason) in expected[folder].items():
            path = CORPUS / folder / name
            raw = path.with_name(f"{name}.bytes")
            if raw.exists():
                data = raw.read_bytes()
                cases.append(Case(f"{folder}/{name} as claim", data, good[1], word, reason))
                cases.append(Case(f"{folder}/{name} as certificate", good[0], data, word, reason))
            else:
                pair = [path.with_name(f"{name}.{kind}.json").read_bytes() for kind in ("claim", "cert")]
                cases.append(Case(f"{folder}/{name}", *pair, word, reason))
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

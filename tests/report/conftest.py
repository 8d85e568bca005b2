"""Frozen claims and certificates of every kind."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

FIXTURES = Path(__file__).parent / "fixtures"

Pair = tuple[dict[str, Any], dict[str, Any]]


@pytest.fixture
def pair() -> Callable[[str], Pair]:
    """A fresh claim and certificate by name."""

    def load(name: str) -> Pair:
        claim, certificate = (json.loads((FIXTURES / f"{name}.{kind}.json").read_text()) for kind in ("claim", "cert"))
        return claim, certificate

    return load

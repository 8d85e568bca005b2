"""Names and lines of text in a claim: short, in ASCII, and on one line each."""

from __future__ import annotations

import re
from typing import Any

from .. import wire
from ..outcome import Declined, Invalid, require

MAX_NAME = 40
LOWER, ANY = (re.compile(f"[{first}][{first}0-9_]*", re.ASCII) for first in ("a-z", "a-zA-Z"))


def table(value: Any, where: str, limit: int, names: re.Pattern[str]) -> dict[str, Any]:
    """An object with at most so many keys, all of them names."""
    require(isinstance(value, dict), Invalid, f"{where}: expected an object, got {wire.shorten(value)}")
    require(len(value) <= limit, Declined, f"{where}: {len(value)} entries, the limit is {limit}")
    for name in value:
        require(len(name) <= MAX_NAME, Declined, f"{where}: a name of {len(name)} characters, the limit is {MAX_NAME}")
        fits = names.fullmatch(name) is not None
        require(fits, Invalid, f"{where}: {wire.shorten(name)} is not a name of the form {names.pattern}")
    return dict(value)


def line(value: Any, where: str) -> str:
    """One line of printable ASCII, for a reader."""
    found = wire.text(value, where)
    require(found.isascii() and found.isprintable(), Invalid, f"{where}: not one line of printable ASCII")
    return found

"""Functions of q as a file writes them, and the two ways in which a number can depend on q."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import lcm
from typing import Any

from .. import wire
from ..outcome import Declined, Invalid, require
from ..positivity import semidefinite_defect as of_numbers
from .matrices import semidefinite_defect as of_functions
from .polynomials import trimmed
from .ratio import Ratio, is_rootless

MAX_COEFFICIENTS = 33
MAX_CHARACTERS = 600  # of the coefficients of a polynomial together


@dataclass(frozen=True)
class Field:
    """Where the numbers of a claim and its certificate live: how to read one, and when a matrix is semidefinite."""

    number: Callable[[Any, str], Any]
    semidefinite_defect: Callable[[list[list[Any]]], str | None]


def function(value: Any, where: str) -> Ratio:
    """A polynomial ["1", "-1/4"] (here 1 - q/4), or {"numerator": ..., "denominator": ...}; no pole in (0, 1]."""
    if not isinstance(value, dict):
        return _polynomial(value, where)
    found = wire.fields(value, ("numerator", "denominator"), where)
    above, below = (_polynomial(found[key], f"{where}.{key}") for key in ("numerator", "denominator"))
    require(
        is_rootless(below.numerator), Invalid, f"{where}.denominator: {wire.shorten(str(below))} has a root in (0, 1]"
    )
    return above / below


def _polynomial(value: Any, where: str) -> Ratio:
    listed = wire.sequence(value, where, MAX_COEFFICIENTS)
    size = sum(len(entry) for entry in listed if isinstance(entry, str))
    require(size <= MAX_CHARACTERS, Declined, f"{where}: {size} characters, the limit is {MAX_CHARACTERS}")
    numbers = [wire.rational(entry, f"{where}[{i}]") for i, entry in enumerate(listed)]
    common = lcm(*(number.denominator for number in numbers))
    return Ratio(trimmed(int(number * common) for number in numbers), (common,))


NUMBERS = Field(wire.rational, of_numbers)
FUNCTIONS = Field(function, of_functions)

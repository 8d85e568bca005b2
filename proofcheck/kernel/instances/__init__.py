"""Explicit functions of a class, with exact evaluation."""

from __future__ import annotations

from typing import Any

from .. import wire
from ..classes import ProblemClass
from ..outcome import Declined, require
from .piecewise_quadratic import PiecewiseQuadratic
from .quadratic import Quadratic
from .staircase import Staircase

Function = Quadratic | PiecewiseQuadratic | Staircase

REGISTRY: dict[str, type[Function]] = {
    "quadratic": Quadratic,
    "piecewise_quadratic": PiecewiseQuadratic,
    "staircase": Staircase,
}


def read(value: Any, problem: ProblemClass) -> Function:
    """The function of a certificate; its constructor checks that it is in the class."""
    where = "certificate: function"
    name = wire.text(value.get("name") if isinstance(value, dict) else None, f"{where}.name")
    require(name in REGISTRY, Declined, f"{where}.name: unknown function {wire.shorten(name)}")
    kind = REGISTRY[name]
    return kind(wire.fields(value, ("name", *kind.FIELDS), where), problem)

"""The problem classes the kernel knows, by name."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from .. import wire
from ..outcome import Declined, require
from . import named_premises, partial_strong_convexity, smooth_strongly_convex
from .inequalities import outside
from .problem import ProblemClass

REGISTRY: dict[str, ModuleType] = {module.NAME: module for module in (smooth_strongly_convex, partial_strong_convexity)}


def read(value: Any) -> ProblemClass:
    """The class of a claim: parameters in their domain, and the class inhabited."""
    name = wire.text(value.get("name") if isinstance(value, dict) else None, "claim: class.name")
    if name == named_premises.NAME:
        return named_premises.read(value)
    require(name in REGISTRY, Declined, f"claim: class.name: unknown class {wire.shorten(name)}")
    module = REGISTRY[name]
    found = wire.fields(value, ("name", *module.PARAMETERS), "claim: class", module.OPTIONAL)
    given = [key for key in (*module.PARAMETERS, *module.OPTIONAL) if key in found]
    p = {key: wire.rational(found[key], f"claim: class.{key}") for key in given}
    module.domain(p)
    module.inhabit(p)
    words = module.words(p)
    return ProblemClass(name, p, module.PARTIAL, module.inequalities(p), module.premises(p), words, outside)


__all__ = ["REGISTRY", "ProblemClass", "read"]

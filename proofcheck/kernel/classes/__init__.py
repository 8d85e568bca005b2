"""The problem classes the kernel knows, by name."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Any

from .. import wire
from ..outcome import Declined, require
from . import partial_strong_convexity, smooth_strongly_convex
from .inequalities import Inequality


@dataclass(frozen=True)
class ProblemClass:
    """A class of functions with rational parameters."""

    name: str
    parameters: dict[str, Any]
    partial: bool
    inequalities: dict[str, Inequality]
    premises: list[str]
    words: list[str]
    balls: dict[str, Any] | None = None


REGISTRY: dict[str, ModuleType] = {module.NAME: module for module in (smooth_strongly_convex, partial_strong_convexity)}


def read(value: Any) -> ProblemClass:
    """The class of a claim: parameters in their domain, and the class inhabited."""
    name = wire.text(value.get("name") if isinstance(value, dict) else None, "claim: class.name")
    require(name in REGISTRY, Declined, f"claim: class.name: unknown class {wire.shorten(name)}")
    module = REGISTRY[name]
    found = wire.fields(value, ("name", *module.PARAMETERS), "claim: class", module.OPTIONAL)
    given = [key for key in (*module.PARAMETERS, *module.OPTIONAL) if key in found]
    p = {key: wire.rational(found[key], f"claim: class.{key}") for key in given}
    module.domain(p)
    module.inhabit(p)
    return ProblemClass(name, p, module.PARTIAL, module.inequalities(p), module.premises(p), module.words(p))

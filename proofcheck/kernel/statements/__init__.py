"""The statements a claim may make about every function of a class, by kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import wire
from ..classes import ProblemClass
from ..outcome import Declined, require
from . import linear_rate, rate_lower_bound, worst_case
from .linear_rate import LinearRate
from .metrics import INITIAL, METRICS
from .rate_lower_bound import RateLowerBound
from .worst_case import MAX_STEPS, WorstCase

Statement = LinearRate | WorstCase | RateLowerBound
LINEAR: tuple[type[Statement], tuple[str, ...]] = (LinearRate, linear_rate.KEYS)
OF_NUMBERS = {"linear_rate": LINEAR, "worst_case": (WorstCase, worst_case.KEYS)}
OF_FUNCTIONS = {"linear_rate": LINEAR, "rate_lower_bound": (RateLowerBound, rate_lower_bound.KEYS)}
Kinds = dict[str, tuple[type[Statement], tuple[str, ...]]]


def read(value: Any, problem: ProblemClass, kinds: Kinds, number: Callable[[Any, str], Any]) -> Statement:
    """The statement of a claim."""
    where = "claim: statement"
    kind = wire.text(value.get("kind") if isinstance(value, dict) else None, f"{where}.kind")
    require(kind in kinds, Declined, f"{where}.kind: unknown kind {wire.shorten(kind)}")
    chosen, keys = kinds[kind]
    found = wire.fields(value, ("kind", "metric", "initial", *keys), where)
    metric = wire.text(found["metric"], f"{where}.metric")
    initial = wire.text(found["initial"], f"{where}.initial")
    require(metric in METRICS, Declined, f"{where}.metric: unknown metric {wire.shorten(metric)}")
    require(initial in INITIAL, Declined, f"{where}.initial: unknown condition {wire.shorten(initial)}")
    for key, name in (("metric", metric), ("initial", initial)):
        allowed = name == "objective_gap" or not problem.partial
        require(allowed, Declined, f"{where}.{key}: {name} is not defined on the class {problem.name}")
    return chosen.read(metric, initial, found, number, where)


__all__ = ["INITIAL", "MAX_STEPS", "METRICS", "LinearRate", "RateLowerBound", "Statement", "WorstCase", "read"]

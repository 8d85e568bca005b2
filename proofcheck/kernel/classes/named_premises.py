"""Functions that satisfy named premises, which the claim states with numbers: see `premise`.

Only names, numbers and lines of text are read here. Title, parameters and sources are for readers; nothing depends
on them. `member` is the curvature of a quadratic that satisfies all premises, so that the class is not empty.
"""

from __future__ import annotations

import json
from fractions import Fraction
from functools import partial
from typing import Any

from .. import wire
from ..outcome import Invalid, require
from . import inequalities as known
from . import partial_strong_convexity
from .inequalities import Inequality
from .labels import ANY, LOWER, line, table
from .premise import Premise, misfit
from .problem import ProblemClass

NAME = "named_premises"
KEYS = ("title", "parameters", "inequalities", "member")
MAX_PREMISES, MAX_PARAMETERS = 16, 16
POINTS = {1: ("i",), 2: ("i", "j")}
TAKEN = {*partial_strong_convexity.inequalities({"G2": Fraction(0)}), "start_distance"}


def read(value: Any) -> ProblemClass:
    """The class of a claim; raises a Refusal."""
    where = "claim: class"
    found = wire.fields(value, ("name", *KEYS), where)
    title = line(found["title"], f"{where}.title")
    listed = table(found["parameters"], f"{where}.parameters", MAX_PARAMETERS, ANY)
    parameters = {name: wire.rational(number, f"{where}.parameters.{name}") for name, number in listed.items()}
    listed = table(found["inequalities"], f"{where}.inequalities", MAX_PREMISES, LOWER)
    require(bool(listed), Invalid, f"{where}.inequalities: none, expected 1 or more")
    premises = [premise(name, entry, f"{where}.inequalities.{name}") for name, entry in sorted(listed.items())]
    member = wire.rational(found["member"], f"{where}.member")
    defect = misfit(premises, member)
    require(defect is None, Invalid, f"{where}.member={member} {defect}")
    free: dict[str, Inequality] = {"nonnegative_value": known.nonnegative_value}
    shown = ", ".join([json.dumps(title), *(f"{name} = {number}" for name, number in sorted(parameters.items()))])
    words = [
        f"f: R^d -> R, differentiable, with a minimiser x* for which the premises below hold ({len(premises)} named),"
        " any dimension d",
        f"in words that nobody checked: {shown}",
        f"not empty: f = c/2 |x|^2 with c = {member} is such a function",
    ]
    return ProblemClass(
        name=NAME,
        parameters={},  # no rule may read numbers that have no meaning here
        partial=False,
        inequalities={**free, **{entry.name: entry for entry in premises}},
        premises=[
            "f is differentiable and x* is a minimiser; with x_i = (point i) - x*, g_i = grad f at point i:",
            *(text for entry in premises for text in entry.words()),
        ],
        words=words,
        quadratic=partial(_quadratic, premises),
        assumed=len(premises),
        member=member,
    )


def _quadratic(premises: list[Premise], p: dict[str, Any], curvature: Fraction) -> str | None:
    return misfit(premises, curvature)


def premise(name: str, value: Any, where: str) -> Premise:
    """One premise with its numbers."""
    require(name not in TAKEN, Invalid, f"{where}: the name of an inequality that the kernel knows")
    found = wire.fields(value, ("points", "values", "gram", "source"), where)
    points = POINTS[wire.integer(found["points"], f"{where}.points", 1, 2)]
    listed = wire.fields(found["values"], (), f"{where}.values", points)
    values = {p: wire.rational(number, f"{where}.values.{p}") for p, number in sorted(listed.items())}
    gram: dict[tuple[str, str], Fraction] = {}
    for position, entry in enumerate(wire.sequence(found["gram"], f"{where}.gram", 10)):
        here = f"{where}.gram[{position}]"
        parts = wire.sequence(entry, here, 3)
        require(len(parts) == 3, Invalid, f"{here}: {len(parts)} entries, expected 3")
        a, b = sorted(wire.text(part, here) for part in parts[:2])
        for vector in (a, b):
            known_here = vector[:2] in ("x_", "g_") and vector[2:] in points
            require(known_here, Invalid, f"{here}: {wire.shorten(vector)} is no vector of points {', '.join(points)}")
        require((a, b) not in gram, Invalid, f"{here}: <{a}, {b}> appears twice")
        gram[a, b] = wire.rational(parts[2], here)
    return Premise(name, points, values, gram, line(found["source"], f"{where}.source"))

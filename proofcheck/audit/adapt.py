"""Multipliers that are functions of the parameters: their support from numbers, their formulas from linear algebra."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from proofcheck.discover.obligations import support
from proofcheck.encode.linear import solve
from proofcheck.kernel.obligations.polynomials import Polynomial
from proofcheck.kernel.obligations.quotients import Quotient

from .squares import value_at

Monomial = tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Offer:
    """A fact as the goal minus multiples of facts wants it, and the certificate term of the fact."""

    polynomial: Polynomial
    term: dict[str, Any]
    free: bool
    weight: float = 1.0


def split(polynomial: Polynomial, parameters: set[str]) -> dict[Monomial, Polynomial]:
    """The polynomial as a sum of (monomial in unknowns) * (polynomial in parameters)."""
    found: dict[Monomial, dict[Monomial, Fraction]] = {}
    for m, c in polynomial.terms.items():
        outer = tuple((n, p) for n, p in m if n not in parameters)
        inner = tuple((n, p) for n, p in m if n in parameters)
        found.setdefault(outer, {})[inner] = c
    return {outer: Polynomial(terms) for outer, terms in found.items()}


def multipliers(
    goal: Polynomial, offers: list[Offer], parameters: list[str], points: list[dict[str, Fraction]]
) -> list[list[tuple[Offer, Quotient]]]:
    """Candidates for goal = sum of multiplier * fact on the unknowns; what is left depends on parameters alone."""
    names = set(parameters)
    aim = split(goal, names)
    parts = [split(offer.polynomial, names) for offer in offers]
    rows = sorted({m for part in [aim, *parts] for m in part if m})
    found: list[list[tuple[Offer, Quotient]]] = []
    seen: set[tuple[int, ...]] = set()
    for point in points:
        left = [[float(value_at(part[m], point)) if m in part else 0.0 for part in parts] for m in rows]
        right = [float(value_at(aim[m], point)) if m in aim else 0.0 for m in rows]
        rest = [float(value_at(part[()], point)) if () in part else 0.0 for part in parts]
        limit = float(value_at(aim[()], point)) if () in aim else 0.0
        chosen = support(left, right, rest, limit, [o.free for o in offers], [o.weight for o in offers])
        if chosen is None or chosen in seen:
            continue
        seen.add(chosen)
        zero = Polynomial({})
        equations = [([parts[j].get(m, zero).terms for j in chosen], aim.get(m, zero).terms) for m in rows]
        solved = solve(equations, parameters) if equations and chosen else []
        if solved is None:
            continue
        listed = []
        for j, (above, below) in zip(chosen, solved, strict=True):
            if above:
                listed.append((offers[j], Quotient(Polynomial(above)) / Quotient(Polynomial(below))))
        found.append(listed)
    return found

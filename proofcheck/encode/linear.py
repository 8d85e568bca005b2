"""Linear equations whose coefficients are rational functions of several parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from sympy import QQ
from sympy.polys.matrices import DomainMatrix

Monomial = tuple[tuple[str, int], ...]
Terms = Mapping[Monomial, Fraction]


def solve(rows: Sequence[tuple[Sequence[Terms], Terms]], names: Sequence[str]) -> list[tuple[Terms, Terms]] | None:
    """One solution x of sum_j rows[i].left[j] x_j = rows[i].right; free unknowns are 0.

    Coefficients are polynomials in `names` as {monomial: number}; a solution is a list of (numerator,
    denominator). None if there is no solution.
    """
    field = QQ.frac_field(*names) if names else QQ
    generators = dict(zip(names, field.gens, strict=True)) if names else {}

    def element(terms: Terms) -> object:
        total = field.zero
        for monomial, c in terms.items():
            part = field.one * QQ(c.numerator, c.denominator)
            for name, power in monomial:
                part = part * generators[name] ** power
            total = total + part
        return total

    size = len(rows[0][0])
    matrix = DomainMatrix([[*map(element, left), element(right)] for left, right in rows], (len(rows), size + 1), field)
    reduced, pivots = matrix.rref()
    if size in pivots:
        return None
    listed = reduced.to_list()
    found: list[tuple[Terms, Terms]] = [({}, {(): Fraction(1)})] * size
    for row, pivot in enumerate(pivots):
        value = listed[row][size]
        if names:
            found[pivot] = _terms(value.numer, names), _terms(value.denom, names)
        else:
            found[pivot] = {(): Fraction(int(value.numerator), int(value.denominator))}, {(): Fraction(1)}
    return found


def _terms(polynomial: object, names: Sequence[str]) -> Terms:
    found = {}
    for powers, c in polynomial.terms():  # type: ignore[attr-defined]
        monomial = tuple(sorted((name, power) for name, power in zip(names, powers, strict=True) if power))
        found[monomial] = Fraction(int(c.numerator), int(c.denominator))
    return found

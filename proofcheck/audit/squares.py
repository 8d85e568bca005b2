"""Quadratic polynomials as sums of squares."""

from __future__ import annotations

from fractions import Fraction

from proofcheck.kernel.obligations import language, values
from proofcheck.kernel.obligations.polynomials import ZERO, Monomial, Polynomial, number, variable
from proofcheck.kernel.obligations.quotients import Quotient
from proofcheck.kernel.obligations.values import General

from .expressions import names


def quadratic_squares(polynomial: Polynomial) -> list[dict[str, str]] | None:
    """Complete the squares of a quadratic polynomial; None if it is not a sum of squares of affine ones."""
    rest, found = polynomial, []
    for _ in range(60):
        squares = [m for m in rest.terms if len(m) == 1 and m[0][1] == 2]
        if not squares:
            break
        name = squares[0][0][0]
        a = rest.terms[((name, 2),)]
        if a < 0:
            return None
        linear = Polynomial({without(m, name): c for m, c in rest.terms.items() if dict(m).get(name) == 1})
        if any(sum(p for _, p in m) > 1 for m in linear.terms) or any(dict(m).get(name, 0) > 2 for m in rest.terms):
            return None
        root = variable(name) + Polynomial({m: c / (2 * a) for m, c in linear.terms.items()})
        found.append({"coefficient": str(a), "square": str(root)})
        rest = rest - Polynomial({(): a}) * root * root
    if rest.constant is None or rest.constant < 0:
        return None
    return found


def without(m: Monomial, name: str) -> Monomial:
    """The monomial without one variable."""
    return tuple((n, p) for n, p in m if n != name)


def sum_of_squares(squares: list[dict[str, str]]) -> Polynomial:
    """The polynomial that squares in scalars add up to."""
    total = ZERO
    for entry in squares:
        node = language.expression(entry["square"], "square")
        known: dict[str, values.Value] = {name: Quotient(variable(name)) for name in names(node)}
        root = values.scalar(node, General(known, {}), "square").numerator
        total = total + number(Fraction(entry["coefficient"])) * root * root
    return total


def value_at(polynomial: Polynomial, point: dict[str, Fraction]) -> Fraction:
    """The value of a polynomial at a point."""
    total = Fraction(0)
    for m, c in polynomial.terms.items():
        for name, power in m:
            c = c * point[name] ** power
        total += c
    return total

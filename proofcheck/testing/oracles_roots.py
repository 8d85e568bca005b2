"""Roots of the recursions on quadratics, decided in rationals: no root is ever computed in floating point.

On a quadratic of curvature c each of the four methods is x_{k+1} = a x_k - b x_{k-1}; the roots of
z^2 - a z + b decide how fast it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import isqrt
from typing import Any

from proofcheck.errors import InvalidInput
from proofcheck.testing.oracles_simulation import Textbook

DIGITS = 40
"""Of the square roots in enclosures."""


@dataclass(frozen=True)
class Enclosure:
    """Two rationals around a real number; equal where the number itself is rational and was found.

    Examples
    --------
    >>> Enclosure(Fraction(1), Fraction(1)).exact
    True
    """

    low: Fraction
    high: Fraction

    @property
    def exact(self) -> bool:
        """Whether the number is known exactly."""
        return self.low == self.high


def square_root(value: Fraction) -> Enclosure:
    """Rationals around the square root of a nonnegative rational.

    Examples
    --------
    >>> square_root(Fraction(9, 4))
    Enclosure(low=Fraction(3, 2), high=Fraction(3, 2))
    """
    scale = 10**DIGITS
    whole = isqrt(value.numerator * value.denominator * scale**2)
    low = Fraction(whole, value.denominator * scale)
    return Enclosure(low, low) if low**2 == value else Enclosure(low, low + Fraction(1, value.denominator * scale))


def polynomial(method: Any, curvature: Fraction) -> tuple[Fraction, Fraction]:
    """(a, b) of the polynomial z^2 - a z + b, found by running the method.

    One step from (x, x_before) = (1, 0) gives a and one from (0, 1) gives -b: the recursion is linear.

    Examples
    --------
    >>> polynomial({"name": "heavy_ball", "eta": "1/4", "beta": "1/9"}, Fraction(2))
    (Fraction(11, 18), Fraction(1, 9))
    """
    textbook, one, zero = Textbook.of(method), [Fraction(1)], [Fraction(0)]

    def gradient(at: list[Any]) -> list[Any]:
        return [curvature * at[0]]

    return textbook.step(one, zero, gradient)[0], -textbook.step(zero, one, gradient)[0]


def within(a: Fraction, b: Fraction, rate: Fraction) -> bool:
    """Whether both roots of z^2 - a z + b satisfy |z|^2 <= rate, by the criterion of Schur and Cohn.

    With r = sqrt(rate): |b| <= r^2 and |a| r <= r^2 + b, where the second is squared to stay rational.

    Source: Schur (1917), Cohn (1922); for degree two also Jury (1962).

    Tight: yes.

    Examples
    --------
    >>> within(Fraction(0), Fraction(1, 4), Fraction(1, 4)), within(Fraction(1), Fraction(0), Fraction(99, 100))
    (True, False)
    """
    if rate < 0:
        return False
    return abs(b) <= rate and rate + b >= 0 and (a**2 * rate <= (rate + b) ** 2)


def squared_modulus(a: Fraction, b: Fraction) -> Enclosure:
    """The largest |z|^2 over the roots of z^2 - a z + b.

    Examples
    --------
    >>> squared_modulus(Fraction(3, 2), Fraction(1, 2)).low, squared_modulus(Fraction(0), Fraction(1, 4)).low
    (Fraction(1, 1), Fraction(1, 4))
    """
    discriminant = a**2 - 4 * b
    if discriminant <= 0:  # a double root or a complex pair, |z|^2 = b
        return Enclosure(b, b)
    root = square_root(discriminant)
    return Enclosure(((abs(a) + root.low) / 2) ** 2, ((abs(a) + root.high) / 2) ** 2)


def curvatures(problem: Any) -> tuple[Fraction, Fraction]:
    """The least and the largest effective curvature of a class: mu and L1, with coupling mu - Gamma and L1 + Gamma.

    With a coupling Gamma = L2 G1^2 they are approached by the staircases of the partial class (docs/theory.md,
    section 6) and need not be attained.
    """
    coupling = problem.L2 * problem.G1**2 if hasattr(problem, "L2") else Fraction(0)
    return problem.mu - coupling, problem.L1 + coupling


def slowest(problem: Any, method: Any) -> Enclosure:
    """The largest squared root modulus over all effective curvatures of a class.

    The coefficients are affine in the curvature, and the polynomials with all roots within a disc form a triangle,
    a convex set. So the modulus is quasiconvex in the curvature, and largest at an end.

    Tight: yes on quadratics; on the class a lower bound of its rate.
    """
    ends = [squared_modulus(*polynomial(method, curvature)) for curvature in curvatures(problem)]
    return Enclosure(max(end.low for end in ends), max(end.high for end in ends))


def slowest_within(problem: Any, method: Any, rate: Fraction) -> bool:
    """Whether no effective curvature is slower than the rate: decided exactly, no square root is taken.

    False refutes the rate for the class (with every constant). True proves nothing beyond quadratics.
    """
    return all(within(*polynomial(method, curvature), rate) for curvature in curvatures(problem))


def obstruction(problem: Any, method: Any, rate: Fraction) -> Enclosure:
    r"""Tau_obs: no proof of this rate exists on the partial class with a larger tau = L2 G1^2/mu.

    The root z = sqrt(rate) belongs to the curvature
    :math:`\hat c=\frac{(1+\beta)z-\beta-z^2}{\eta((1+\gamma)z-\gamma)}` with the weight gamma of the query (for
    Nesterov's momentum gamma = beta), and the least effective curvature is mu (1 - tau).

    Raises
    ------
    InvalidInput
        Unless 0 < rate < 1 and (1 + gamma) z > gamma, that is, unless the root is the slow one.

    Source: docs/theory.md, section 6.

    Tight: yes as an obstruction; that everything below can be proved is measured, not proved.
    """
    c = Textbook.of(method).coefficients
    beta = c.get("beta", Fraction(0))
    gamma = {"nesterov": beta, "triple_momentum": c.get("gamma")}.get(Textbook.of(method).name) or Fraction(0)
    if not 0 < rate < 1:
        raise InvalidInput(f"rate={rate} must lie between 0 and 1")
    z = square_root(rate)
    if (1 + gamma) * z.low <= gamma or beta > rate:
        raise InvalidInput(f"rate={rate} is too small: beta={beta} must be <= rate, and (1 + gamma) sqrt(rate) > gamma")
    found = [1 - _curvature(beta, gamma, c["eta"], end) / problem.mu for end in (z.low, z.high)]
    # the curvature falls as the root grows towards 1, from the double root at sqrt(b) on: two ends enclose it
    return Enclosure(min(found), max(found))


def _curvature(beta: Fraction, gamma: Fraction, eta: Fraction, z: Fraction) -> Fraction:
    return ((1 + beta) * z - beta - z**2) / (eta * ((1 + gamma) * z - gamma))

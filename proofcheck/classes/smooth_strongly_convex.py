"""Smooth strongly convex functions."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

from proofcheck.classes.base import ProblemClass


@dataclass(frozen=True)
class SmoothStronglyConvex(ProblemClass):
    r"""L1-smooth mu-strongly convex functions on a Hilbert space.

    Statement: for all x, y,
    :math:`f(x) + \langle\nabla f(x), y-x\rangle + \frac\mu2|y-x|^2 \le f(y)
    \le f(x) + \langle\nabla f(x), y-x\rangle + \frac{L_1}2|y-x|^2`.

    Parameters
    ----------
    mu, L1 : int, str, Fraction or SymPy Rational
        ``0 < mu <= L1``; in units of a second derivative of f.

    Raises
    ------
    InvalidInput
        If a parameter is not exact or out of its domain.

    Source: Nesterov (2018), Section 2.1; interpolation: Taylor, Hendrickx, Glineur (2017), Theorem 4.

    Tight: yes (the interpolation inequalities between all pairs of points are necessary and sufficient).

    Examples
    --------
    >>> SmoothStronglyConvex(mu=1, L1="10").kappa
    Fraction(10, 1)
    >>> SmoothStronglyConvex(mu=3, L1=2)
    Traceback (most recent call last):
    ...
    proofcheck.errors.InvalidInput: mu=3 must be <= L1=2
    """

    name: ClassVar[str] = "smooth_strongly_convex"
    title: ClassVar[str] = "smooth strongly convex functions"
    source: ClassVar[str] = "Nesterov (2018), Section 2.1; Taylor, Hendrickx and Glineur (2017), Theorem 4"
    partial: ClassVar[bool] = False

    mu: Fraction
    L1: Fraction

    def latex_assumptions(self) -> list[str]:
        """The assumptions, one LaTeX sentence each."""
        return [
            r"$f$ is $\mu$-strongly convex on the whole space.",
            r"$f$ is differentiable and $L_1$-smooth on the whole space.",
        ]

"""Nesterov's momentum with constant coefficients."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

from proofcheck.classes.base import ProblemClass
from proofcheck.methods.base import Method


@dataclass(frozen=True)
class NesterovMomentum(Method):
    r"""Nesterov's momentum, :math:`y_k = x_k + \beta(x_k - x_{k-1})`, :math:`x_{k+1} = y_k - \eta\nabla f(y_k)`.

    Parameters
    ----------
    eta, beta : exact numbers
        Step size ``eta > 0`` and momentum ``0 <= beta < 1``.

    Source: Nesterov (2018), Section 2.2.1; Liao and Kyrillidis (ALT 2024), recursion (4).

    Examples
    --------
    >>> from proofcheck.classes import SmoothStronglyConvex
    >>> NesterovMomentum.classical(SmoothStronglyConvex(mu=1, L1=100)).beta
    Fraction(9, 11)
    """

    name: ClassVar[str] = "nesterov"
    title: ClassVar[str] = "Nesterov's momentum"
    source: ClassVar[str] = "Nesterov (2018), (2.2.22); Liao and Kyrillidis (ALT 2024), recursion (4)"

    beta: Fraction = Fraction(0)

    @classmethod
    def classical(cls, problem: ProblemClass, c: Any = 1) -> NesterovMomentum:
        """Classical tuning: eta = c/L1 and beta = (1 - q')/(1 + q') with q' = sqrt(c/kappa), which must be rational."""
        return cls.tuned("classical", problem, c)

    @classmethod
    def paper(cls, problem: ProblemClass, c: Any = 1) -> NesterovMomentum:
        """The paper's tuning: eta = c/L1, beta = (4 - q')/(4 + 7 q') with a rational q' = sqrt(c/kappa)."""
        return cls.tuned("paper", problem, c)

    def latex_recursion(self) -> str:
        """The recursion in LaTeX, written for one block of variables."""
        return r"\bar z_k=z_k+\beta(z_k-z_{k-1}),\qquad z_{k+1}=\bar z_k-\eta\nabla f(\bar z_k)"


NesterovMomentum.formulas = {
    "classical": lambda q: {"eta": 1, "beta": (1 - q) / (1 + q)},
    "paper": lambda q: {"eta": 1, "beta": (4 - q) / (4 + 7 * q)},
}
NesterovMomentum.tunings = {"classical": NesterovMomentum.classical, "paper": NesterovMomentum.paper}

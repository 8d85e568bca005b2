"""Polyak's heavy ball."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

from proofcheck.classes.base import ProblemClass
from proofcheck.methods.base import Method, step_size


@dataclass(frozen=True)
class HeavyBall(Method):
    r"""Polyak's heavy ball, :math:`x_{k+1} = x_k + \beta(x_k - x_{k-1}) - \eta\nabla f(x_k)`.

    Parameters
    ----------
    eta, beta : exact numbers
        Step size ``eta > 0`` and momentum ``0 <= beta < 1``.

    Source: Polyak (1964); Ghadimi, Feyzmahdavian and Johansson (2015).

    Examples
    --------
    >>> from proofcheck.classes import SmoothStronglyConvex
    >>> HeavyBall.polyak(SmoothStronglyConvex(mu=1, L1=9))
    HeavyBall(eta=Fraction(1, 4), beta=Fraction(1, 4))
    """

    name: ClassVar[str] = "heavy_ball"
    title: ClassVar[str] = "heavy ball"
    source: ClassVar[str] = "Polyak (1964); Ghadimi, Feyzmahdavian and Johansson (2015)"

    beta: Fraction = Fraction(0)

    @classmethod
    def polyak(cls, problem: ProblemClass) -> HeavyBall:
        """Polyak's tuning for quadratics: eta = 4/(sqrt(L1) + sqrt(mu))^2, beta = ((1 - q)/(1 + q))^2."""
        problem.q  # noqa: B018 - says what is wrong where kappa is no square
        return cls.tuned("polyak", problem)

    @classmethod
    def damped(cls, problem: ProblemClass, c: Any = 1) -> HeavyBall:
        """A tuning with little momentum that converges: eta = c/L1, beta = mu eta / 2."""
        eta = step_size(problem, c)
        return cls(eta, problem.constant("mu") * eta / 2)

    def latex_recursion(self) -> str:
        """The recursion in LaTeX, written for one block of variables."""
        return r"z_{k+1}=z_k+\beta(z_k-z_{k-1})-\eta\nabla f(z_k)"


HeavyBall.formulas = {
    "polyak": lambda q: {"eta": 4 / (1 + q) ** 2, "beta": ((1 - q) / (1 + q)) ** 2},
    "damped": lambda q: {"eta": 1, "beta": q**2 / 2},
}
HeavyBall.tunings = {"polyak": HeavyBall.polyak, "damped": HeavyBall.damped}

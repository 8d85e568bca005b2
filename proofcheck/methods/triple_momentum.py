"""The triple momentum method."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

from proofcheck.classes.base import ProblemClass
from proofcheck.methods.base import Method


@dataclass(frozen=True)
class TripleMomentum(Method):
    r"""The triple momentum method on its state.

    :math:`y_k = x_k + \gamma(x_k - x_{k-1})`,
    :math:`x_{k+1} = x_k + \beta(x_k - x_{k-1}) - \eta\nabla f(y_k)`.

    Parameters
    ----------
    eta, beta, gamma : exact numbers
        ``eta > 0``, ``0 <= beta < 1``, ``0 <= gamma <= 1``.

    Source: Van Scoy, Freeman and Lynch (2018), Section III.

    Examples
    --------
    >>> from proofcheck.classes import SmoothStronglyConvex
    >>> TripleMomentum.standard(SmoothStronglyConvex(mu=1, L1=4))
    TripleMomentum(eta=Fraction(3, 8), beta=Fraction(1, 6), gamma=Fraction(1, 9))
    """

    name: ClassVar[str] = "triple_momentum"
    title: ClassVar[str] = "triple momentum"
    source: ClassVar[str] = "Van Scoy, Freeman and Lynch (2018), Section III"

    beta: Fraction = Fraction(0)
    gamma: Fraction = Fraction(0)

    @classmethod
    def standard(cls, problem: ProblemClass) -> TripleMomentum:
        """The tuning with r = 1 - q: eta = (1+r)/L1, beta = r^2/(2-r), gamma = r^2/((1+r)(2-r))."""
        problem.q  # noqa: B018 - says what is wrong where kappa is no square
        return cls.tuned("standard", problem)

    def latex_recursion(self) -> str:
        """The recursion in LaTeX, written for one block of variables."""
        return (
            r"\bar z_k=z_k+\gamma(z_k-z_{k-1}),\qquad "
            r"z_{k+1}=z_k+\beta(z_k-z_{k-1})-\eta\nabla f(\bar z_k)"
        )


def _standard(q: Any) -> dict[str, Any]:
    r = 1 - q
    return {"eta": 1 + r, "beta": r**2 / (2 - r), "gamma": r**2 / ((1 + r) * (2 - r))}


TripleMomentum.formulas = {"standard": _standard}
TripleMomentum.tunings = {"standard": TripleMomentum.standard}

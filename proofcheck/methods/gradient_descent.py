"""Gradient descent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from proofcheck.classes.base import ProblemClass
from proofcheck.methods.base import Method, step_size


@dataclass(frozen=True)
class GradientDescent(Method):
    r"""Gradient descent, :math:`x_{k+1} = x_k - \eta\nabla f(x_k)`.

    Parameters
    ----------
    eta : exact number
        Step size, ``eta > 0``.

    Source: Liao and Kyrillidis (ALT 2024), Theorem 6, for the partial class.

    Examples
    --------
    >>> from proofcheck.classes import SmoothStronglyConvex
    >>> GradientDescent.classical(SmoothStronglyConvex(mu=1, L1=10)).eta
    Fraction(1, 10)
    """

    name: ClassVar[str] = "gradient_descent"
    title: ClassVar[str] = "gradient descent"
    source: ClassVar[str] = "Nesterov (2018), Section 2.1.5; Liao and Kyrillidis (ALT 2024), Theorem 6"

    @classmethod
    def classical(cls, problem: ProblemClass, c: Any = 1) -> GradientDescent:
        """Step size eta = c/L1."""
        return cls(step_size(problem, c))

    def latex_recursion(self) -> str:
        """The recursion in LaTeX, written for one block of variables."""
        return r"z_{k+1}=z_k-\eta\nabla f(z_k)"


GradientDescent.formulas = {"classical": lambda q: {"eta": 1}}
GradientDescent.tunings = {"classical": GradientDescent.classical}

"""Functions that are strongly convex in part of their parameters only."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

from proofcheck.classes.base import ProblemClass


@dataclass(frozen=True)
class PartialStrongConvexity(ProblemClass):
    r"""Functions f(x, u) = g(h(x, u)), strongly convex and smooth in x only.

    Statement, for all x, y, u, v of the whole space (no balls):

    - A1, A2: f(., u) is mu-strongly convex and L1-smooth;
    - A3: g is L2-smooth and :math:`\min g = \min f = f^*`;
    - A4: :math:`|h(x,u)-h(x,v)| \le G_1|u-v|`;
    - A5 (only if G2 is given): :math:`|\nabla_1 f(x,u)-\nabla_1 f(x,v)| \le G_2|u-v|`;
    - A6: :math:`\min_x f(x,u) = f^*` for every u;
    - proviso: the step in u uses :math:`\nabla_2 f = J^\top\nabla g(h)` with some J, :math:`|J| \le G_1`.

    Parameters
    ----------
    mu, L1, L2, G1 : int, str, Fraction or SymPy Rational
        ``0 < mu <= L1``, ``L2 > 0``, ``G1 >= 0``. Only ``tau = L2 G1^2 / mu`` and ``kappa = L1/mu`` matter.
    G2 : the same, optional
        ``G2^2 >= mu L2 G1^2``, else G1 would not be attained.

    Raises
    ------
    InvalidInput
        If a parameter is not exact or out of its domain.

    Source: Liao and Kyrillidis (ALT 2024), Assumptions 1 to 6.

    Tight: sufficient only (the inequalities are necessary; they are not known to characterise the class).

    Examples
    --------
    >>> PartialStrongConvexity(mu=1, L1=100, L2="3/4", G1=1).tau
    Fraction(3, 4)
    """

    name: ClassVar[str] = "partial_strong_convexity"
    title: ClassVar[str] = "functions strongly convex in part of their parameters"
    source: ClassVar[str] = "Liao and Kyrillidis (ALT 2024), Assumptions 1 to 6"
    partial: ClassVar[bool] = True

    mu: Fraction
    L1: Fraction
    L2: Fraction = Fraction(1)
    G1: Fraction = Fraction(0)
    G2: Fraction | None = None

    @property
    def tau(self) -> Fraction:
        """L2 G1^2 / mu, the strength of the coupling to u."""
        return self.L2 * self.G1**2 / self.mu

    def latex_assumptions(self) -> list[str]:
        """The assumptions, one LaTeX sentence each."""
        lines = [
            r"(A1) For every $u$, $f(\cdot,u)$ is $\mu$-strongly convex.",
            r"(A2) For every $u$, $f(\cdot,u)$ is $L_1$-smooth.",
            r"(A3) $f(x,u)=g(h(x,u))$ where $g$ is $L_2$-smooth and $\min g=\min f=f^\star$.",
            r"(A4) For every $x$, $h(x,\cdot)$ is $G_1$-Lipschitz.",
            r"(A6) $\min_x f(x,u)=f^\star$ for every $u$.",
            r"(Proviso) The step in $u$ uses $\nabla_2 f=J^{\top}\nabla g(h)$ with a matrix $J$, $|J|\le G_1$.",
        ]
        if self.G2 is not None:
            lines.insert(4, r"(A5) For every $x$, $\nabla_1 f(x,\cdot)$ is $G_2$-Lipschitz.")
        return lines

"""Inequalities that theorems in balls ask for, given the constants of an instance."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, sqrt
from typing import Protocol

from proofcheck.empirical.constants import Constants
from proofcheck.errors import InvalidInput


class Condition(Protocol):
    """What a theorem asks for."""

    @property
    def name(self) -> str:
        """What tables call it."""

    def radii(self, constants: Constants, f0: float) -> tuple[float, float]:
        """Radii that the theorem needs, as functions of the constants."""

    def ratios(self, constants: Constants) -> dict[str, float]:
        """Left side over right side of each inequality between constants; all have to be <= 1."""


@dataclass(frozen=True)
class TheoremInBalls:
    r"""The theorem of docs/theorem.md, section "In balls".

    Attributes
    ----------
    tau, Cx, Cu : float
        The bound of L2 G1^2 / mu and the constants of the radii.
    theta : float
        The rate is 1 - theta sqrt(c/kappa).
    name : str

    Raises
    ------
    InvalidInput

    Statement
    ---------
    .. math:: L_2G_1^2\le\tau\mu,\qquad R_x\ge C_x\sqrt{F_0/\mu},\qquad R_u\ge C_uG_1\sqrt{L_2F_0}/\mu.
    """

    tau: float = 0.25
    Cx: float = 2.73
    Cu: float = 2.56
    theta: float = 0.5
    name: str = "ours, any start"

    def __post_init__(self) -> None:
        for key in ("tau", "Cx", "Cu", "theta"):
            value = getattr(self, key)
            if not (0 < value < inf):
                raise InvalidInput(f"{key}={value} must be finite and > 0")

    def radii(self, constants: Constants, f0: float) -> tuple[float, float]:
        """Radii that the theorem needs."""
        mu = constants.mu
        return self.Cx * sqrt(f0 / mu), self.Cu * constants.G1 * sqrt(constants.L2 * f0) / mu

    def ratios(self, constants: Constants) -> dict[str, float]:
        """Left side over right side of the condition on tau."""
        return {"L2 G1^2 <= tau mu": constants.L2 * constants.G1**2 / (self.tau * constants.mu)}


@dataclass(frozen=True)
class PaperCondition:
    r"""Condition (5) of Theorem 7 with explicit constants.

    Attributes
    ----------
    c, C1, C2 : float
        The paper's unnamed constants.
    factor_x, factor_u : float
        In place of the two printed 36.
    name : str

    Raises
    ------
    InvalidInput

    Statement
    ---------
    With :math:`b=\frac{1-\beta}{1+\beta}=\frac{4\sqrt c}{4\sqrt\kappa+3\sqrt c}`, eta = c/L1:

    .. math::
        G_1^4\le\frac{C_1\mu^2b^3}{L_2(L_2+1)^2},\quad G_1^2G_2^2\le\frac{C_2\mu^3b^2}{L_2(L_2+1)\sqrt\kappa},\quad
        R_x\ge\frac{36}c\sqrt\kappa\Bigl(\frac{\eta(L_2+1)}{1-\beta}F_0\Bigr)^{1/2},\quad
        R_u\ge\frac{36}c\sqrt\kappa\Bigl(\frac{\eta G_1^2L_2(L_2+1)(1+\beta)^3}{\mu\beta(1-\beta)^3}F_0\Bigr)^{1/2}.

    Source: Liao and Kyrillidis (ALT 2024), Theorem 7; the constants: cases/liao24a, rows K-P-floor and K-summary.
    """

    c: float
    C1: float
    C2: float
    factor_x: float = 36.0
    factor_u: float = 36.0
    name: str = "paper"

    def __post_init__(self) -> None:
        for key in ("c", "C1", "C2", "factor_x", "factor_u"):
            value = getattr(self, key)
            if not (0 < value < inf):
                raise InvalidInput(f"{key}={value} must be finite and > 0")
        if self.c > 1:
            raise InvalidInput(f"c={self.c} must be <= 1")

    def radii(self, constants: Constants, f0: float) -> tuple[float, float]:
        """Radii that (5) asks for."""
        kappa, L2 = constants.L1 / constants.mu, constants.L2
        root, eta = sqrt(self.c), self.c / constants.L1
        gap = 8 * root / (4 * sqrt(kappa) + 7 * root)  # 1 - beta, without cancellation
        beta = 1 - gap
        common = sqrt(kappa) / self.c
        Rx = self.factor_x * common * sqrt(eta * (L2 + 1) / gap * f0)
        square = eta * L2 * (L2 + 1) * (1 + beta) ** 3 / (constants.mu * beta * gap**3) * f0
        return Rx, self.factor_u * common * constants.G1 * sqrt(square)

    def ratios(self, constants: Constants) -> dict[str, float]:
        """Left over right side of the two conditions on G1 and G2."""
        mu, L2 = constants.mu, constants.L2
        root, r = sqrt(self.c), sqrt(constants.L1 / mu)
        b = 4 * root / (4 * r + 3 * root)
        first = self.C1 * mu**2 * b**3 / (L2 * (L2 + 1) ** 2)
        second = self.C2 * mu**3 * b**2 / (L2 * (L2 + 1) * r)
        G1, G2 = constants.G1, constants.G2
        return {"G1^4 of (5)": G1**4 / first, "G1^2 G2^2 of (5)": G1**2 * G2**2 / second}


def paper_conditions(c: float = 4 / 9) -> tuple[PaperCondition, PaperCondition]:
    """Condition (5) with the constants of the printed induction, and of the corrected potential; both for c <= 4/9.

    Raises
    ------
    InvalidInput
        For c outside (0, 4/9].
    """
    if not 0 < c <= 4 / 9:
        raise InvalidInput(f"c={c} must be in (0, 4/9]")
    return (
        PaperCondition(c, c / 5, sqrt(c) / 38, name="paper, its induction"),
        PaperCondition(c, 3.0, 1 / 7, 12.0, 4.5, name="paper, corrected potential"),
    )

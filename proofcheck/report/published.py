r"""What the paper proves, as data: the two theorems a claim on the partial class can be compared with.

Formulas are functions of q = 1/sqrt(kappa): the paper's constant c is set to 1. L2, on which
the paper's conditions depend beyond L2 G1^2, is replaced in each of them by the value that favours the paper.
"""

from __future__ import annotations

from dataclasses import dataclass

from proofcheck.families import Q
from proofcheck.kernel.parameter.ratio import Ratio, of

from .escape import Tex

SOURCE = Tex("Liao and Kyrillidis (ALT 2024)")


@dataclass(frozen=True)
class Published:
    """One theorem of the paper.

    Attributes
    ----------
    theorem : Tex
        Its number.
    tuning, assumptions, constants, factor : Tex
        Step and momentum; what it assumes; which constants are not named; the factor in front of the region.
    region_squared : Ratio
        The square of the largest tau = L2 G1^2/mu it allows, without that factor.
    second : Ratio or None
        The largest L2 G1^2 G2^2/mu^3 it allows, in units of C2.
    rate, constant : Ratio
        The contraction factor and the constant.
    radius_x_squared, radius_u_squared : Ratio
        The squares of the least radii R_x in units sqrt(F_0/mu) and R_u in units G1 sqrt(L2 F_0)/mu.
    statement, derivation : list of Tex
        What is printed in the paper, as displays; how the functions above follow, as sentences.
    """

    theorem: Tex
    tuning: Tex
    assumptions: Tex
    constants: Tex
    factor: Tex
    region_squared: Ratio
    second: Ratio | None
    rate: Ratio
    constant: Ratio
    radius_x_squared: Ratio
    radius_u_squared: Ratio
    statement: list[Tex]
    derivation: list[Tex]


_BETA = (4 - Q) / (4 + 7 * Q)
_DAMPING = (1 - _BETA) / (1 + _BETA)

MOMENTUM = Published(
    theorem=Tex("Theorem~7"),
    tuning=Tex(r"$\eta=c/L_1$, $\beta=\frac{4\sqrt\kappa-\sqrt c}{4\sqrt\kappa+7\sqrt c}$ for one unnamed $c$"),
    assumptions=Tex(
        r"(A1)--(A6): (A1), (A2), (A6) for $u$ in a ball, (A4), (A5) for $x$ and $u$ in balls, (A3) everywhere"
    ),
    constants=Tex(r"$c$, $C_1$ and $C_2$"),
    factor=Tex(r"\sqrt{C_1}"),
    region_squared=_DAMPING**3 / 4,
    second=Q * _DAMPING**2,
    rate=1 - Q / 4,
    constant=of(2),
    radius_x_squared=36**2 / (1 - _BETA),
    radius_u_squared=36**2 / (_BETA * _DAMPING**3),
    statement=[
        Tex(
            r"G_1^4\le\frac{C_1\mu^2}{L_2(L_2+1)^2}\Bigl(\frac{1-\beta}{1+\beta}\Bigr)^3,\qquad "
            r"G_1^2G_2^2\le\frac{C_2\mu^3}{L_2(L_2+1)\sqrt\kappa}\Bigl(\frac{1-\beta}{1+\beta}\Bigr)^2,"
        ),
        Tex(
            r"R_x\ge\frac{36}{c}\sqrt\kappa\,\Bigl(\frac{\eta(L_2+1)}{1-\beta}\Bigr)^{1/2}\sqrt{F_0},\qquad "
            r"R_u\ge\frac{36}{c}\sqrt\kappa\,\Bigl(\frac{\eta G_1^2L_2(L_2+1)(1+\beta)^3}"
            r"{\mu\beta(1-\beta)^3}\Bigr)^{1/2}\sqrt{F_0},"
        ),
        Tex(r"f(x_k,u_k)-f^\star\;\le\;2\Bigl(1-\frac{c}{4\sqrt\kappa}\Bigr)^kF_0."),
    ],
    derivation=[
        Tex(
            r"\emph{Region.} With $r=(1-\beta)/(1+\beta)$ the first condition says "
            r"$\tau^2=L_2^2G_1^4/\mu^2\le C_1\,\frac{L_2}{(L_2+1)^2}\,r^3\le\frac{C_1}{4}\,r^3$ whatever $L_2$, "
            r"because $4L_2\le(L_2+1)^2$, with equality at $L_2=1$. For the paper's $\beta$, "
            r"$r=4\sqrt c/(4\sqrt\kappa+3\sqrt c)$. So $\tau\le\sqrt{C_1}\cdot\frac12r^{3/2}$, which tends to $0$ like "
            r"$\kappa^{-3/4}$."
        ),
        Tex(
            r"\emph{Second condition.} It says $L_2G_1^2G_2^2/\mu^3\le C_2\,\frac{1}{(L_2+1)\sqrt\kappa}\,r^2\le "
            r"C_2\,\kappa^{-1/2}r^2$, of order $\kappa^{-3/2}$."
        ),
        Tex(
            r"\emph{Radii.} Since $\eta=c/L_1=c/(\kappa\mu)$ and $L_2+1\ge1$, "
            r"$R_x\ge\frac{36}{\sqrt c}(1-\beta)^{-1/2}\sqrt{F_0/\mu}$, where "
            r"$1-\beta=8\sqrt c/(4\sqrt\kappa+7\sqrt c)$: it grows like $\kappa^{1/4}$; and "
            r"$R_u\ge\frac{36}{\sqrt c}\,\beta^{-1/2}r^{-3/2}\,G_1\sqrt{L_2F_0}/\mu$, which grows like $\kappa^{3/4}$."
        ),
        Tex(
            r"\emph{The value $c=1$.} Rate, regions and radii all improve as $c$ grows. The paper's proof of its "
            r"Lemma~21 takes $c\le1/51$, so that $c=1$ is more than it proves."
        ),
    ],
)

DESCENT = Published(
    theorem=Tex("Theorem~6"),
    tuning=Tex(r"$\eta=c/L_1$ for one unnamed $c$"),
    assumptions=Tex(
        r"(A1)--(A4) and (A6): (A1), (A2), (A6) for $u$ in a ball, (A4) for $x$ and $u$ in balls, (A3) everywhere"
    ),
    constants=Tex("$c$"),
    factor=Tex(""),
    region_squared=of(1) / 8,
    second=None,
    rate=1 - Q**2 / 4,
    constant=of(1),
    radius_x_squared=256 / Q**2,
    radius_u_squared=of(256),
    statement=[
        Tex(
            r"G_1^4\le\frac{\mu^2}{8L_2^2},\qquad R_x\ge16\,\eta\kappa\sqrt{L_1F_0},\qquad "
            r"R_u\ge16\,\eta\kappa G_1\sqrt{L_2F_0},"
        ),
        Tex(r"f(x_k,u_k)-f^\star\;\le\;\Bigl(1-\frac{c}{4\kappa}\Bigr)^kF_0."),
    ],
    derivation=[
        Tex(r"\emph{Region.} The condition says $\tau^2=L_2^2G_1^4/\mu^2\le1/8$."),
        Tex(
            r"\emph{Radii.} Since $\eta=c/L_1$ and $L_1=\kappa\mu$, $R_x\ge16\,c\sqrt\kappa\,\sqrt{F_0/\mu}$, which "
            r"grows like $\kappa^{1/2}$, and $R_u\ge16\,c\,G_1\sqrt{L_2F_0}/\mu$."
        ),
        Tex(
            r"\emph{The value $c=1$} favours the paper's rate; its radii would be smaller with a smaller $c$, by the "
            r"factor $c$."
        ),
    ],
)

THEOREMS = {"nesterov": MOMENTUM, "gradient_descent": DESCENT}

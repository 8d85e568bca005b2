"""A proved claim side by side with the paper's theorem, at a few condition numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from proofcheck.kernel.claim import Claim
from proofcheck.kernel.parameter.ratio import Ratio
from proofcheck.kernel.statements import LinearRate, RateLowerBound

from . import functions, notation, surds
from .escape import Tex
from .published import SOURCE, THEOREMS, Published

KAPPAS = (1, 10, 10**2, 10**4, 10**6)
FIGURES = 5
RATE_FIGURES = 7
PAPER, OURS, NONE = Tex("paper"), Tex("here"), Tex("")


@dataclass(frozen=True)
class Row:
    """One line of numbers: who states it, and its values; `first` where a new quantity begins."""

    quantity: Tex
    who: Tex
    factor: Tex
    cells: list[Tex]
    first: bool


@dataclass(frozen=True)
class Comparison:
    """The paper's theorem beside a claim."""

    source: Tex
    published: Published
    lower: bool
    balls: bool
    assumptions: Tex
    tuning: Tex
    kappas: list[Tex]
    rows: list[Row]


def values(function: Ratio, *, up: bool, root: bool = False, figures: int = FIGURES) -> list[Tex]:
    """The function (or its square root) at q = 1/sqrt(kappa) for each kappa, rounded to a side."""
    return [Tex(f"${value(function, kappa, up=up, root=root, figures=figures)}$") for kappa in KAPPAS]


def value(function: Ratio, kappa: int, *, up: bool, root: bool = False, figures: int = FIGURES) -> Tex:
    """The function at q = 1/sqrt(kappa) as a decimal, rounded up or down.

    Examples
    --------
    >>> from proofcheck.families import Q
    >>> print(value(1 - Q / 4, 10, up=True), value(1 - Q / 4, 10, up=False))
    0.92095 0.92094
    """
    low, high = surds.enclosure(function, Fraction(1, kappa), root=root)
    return notation.rounded(high if up else low, up=up, figures=figures)


def comparison(claim: Claim, constant: Ratio | None) -> Comparison | None:
    """The comparison, for claims about the paper's class and one of its methods.

    Parameters
    ----------
    claim : Claim
        A claim of format 2.
    constant : Ratio or None
        The constant that was proved, in a claim about a rate.
    """
    published = THEOREMS.get(claim.method.name)
    if published is None or not claim.problem.partial:
        return None
    lower = not isinstance(claim.statement, LinearRate)
    return Comparison(
        source=SOURCE,
        published=published,
        lower=lower,
        balls=bool(claim.problem.balls),
        assumptions=_assumptions(claim),
        tuning=_tuning(claim),
        kappas=[Tex(f"${kappa}$" if kappa < 100 else f"$10^{{{len(str(kappa)) - 1}}}$") for kappa in KAPPAS],
        rows=_rows(claim, published, constant),
    )


def _rows(claim: Claim, published: Published, constant: Ratio | None) -> list[Row]:
    tau = claim.problem.parameters["L2"] * claim.problem.parameters["G1"] ** 2 / claim.problem.parameters["mu"]
    rows: list[Row] = []
    add = _adder(rows)
    add(r"$L_2G_1^2/\mu\le$", PAPER, values(published.region_squared, up=True, root=True), published.factor)
    add("", OURS, values(tau, up=False))
    if published.second is not None:
        add(r"$L_2G_1^2G_2^2/\mu^3\le$", PAPER, values(published.second, up=True), Tex("C_2"))
        add("", OURS, [Tex("any")] * len(KAPPAS))
    s = claim.statement
    add("rate", PAPER, values(published.rate, up=False, figures=RATE_FIGURES))
    if isinstance(s, RateLowerBound):
        add("no rate below", OURS, values(s.rate, up=False, figures=RATE_FIGURES))
        return rows
    assert isinstance(s, LinearRate)
    add("", OURS, values(s.rate, up=True, figures=RATE_FIGURES))
    add("constant", PAPER, values(published.constant, up=False))
    if constant is not None:
        add("", OURS, values(constant, up=True))
    balls = claim.problem.balls or {}
    for key, unit, least in (
        ("x", r"$R_x/\sqrt{F_0/\mu}$", published.radius_x_squared),
        ("u", r"$R_u\mu/(G_1\sqrt{L_2F_0})$", published.radius_u_squared),
    ):
        add(unit, PAPER, values(least, up=False, root=True))
        add("", OURS, values(balls[key], up=True) if balls else [Tex(r"$\infty$")] * len(KAPPAS))
    return rows


def _adder(rows: list[Row]) -> Callable[..., None]:
    def add(quantity: str, who: Tex, cells: list[Tex], factor: Tex = NONE) -> None:
        shown = Tex(rf"${factor}\;\times$" if factor else "")
        rows.append(Row(Tex(quantity), who, shown, cells, bool(quantity) and who is PAPER and bool(rows)))

    return add


def _assumptions(claim: Claim) -> Tex:
    place = "in balls, in the same way" if claim.problem.balls else "on the whole space"
    return Tex(rf"(A1)--(A4), (A6) {place}, and the proviso on $\nabla_2f$; not (A5): no $G_2$ enters")


def _tuning(claim: Claim) -> Tex:
    shown = [rf"$\eta={functions.step(claim.method.coefficients['eta'])}$"]
    if "beta" in claim.method.coefficients:
        shown.append(rf"$\beta={functions.display(claim.method.coefficients['beta'])}$")
    return Tex(", ".join(shown) + r" for every $c\in(0,1]$")

"""The numbers of a network certificate as LaTeX: exact, with decimals on the safe side, for the report's tables."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from proofcheck.families import Q
from proofcheck.kernel.networks.balls import inequalities, lengths, spread, step
from proofcheck.kernel.networks.check import Application
from proofcheck.kernel.networks.claim import Network
from proofcheck.kernel.networks.layers import Start
from proofcheck.kernel.networks.matrices import root_up
from proofcheck.numbers import significant

from . import functions, notation
from .escape import Tex, text

FORMULAS = {
    "mu |x_0 - x*(u_0)|^2": r"\mu\,\delta^2\le C_0(q)^2f(W(0))",
    "L1 over the ball": r"(\sigma_{\max}+D_{L-1})^2\le L_1/c",
    "the mu of q and eta": r"\mu\le(\sigma_{\min}-D_{L-1})^2",
    "G1 over the ball": r"Q\,S_L\le G_1",
    "L2 G1^2 / mu": r"G_1^2/\mu\le\tau(q)",
    "the rate of the theorem": r"\rho(q)\le\rho",
    "the constant of the theorem": r"C(q)\le C",
    "the radius of x": r"C_x(q)\sqrt{f(W(0))/\mu}\le R_x",
    "the radius of u": r"C_u(q)\,G_1\sqrt{f(W(0))}/\mu\le R_u",
}
"""What each inequality of the kernel compares, by the kernel's name for it."""


@dataclass(frozen=True)
class Inequality:
    """One comparison that the kernel makes: left rounded up, right rounded down, their ratio rounded up."""

    number: int
    name: Tex
    formula: Tex
    left: Tex
    right: Tex
    ratio: Tex


def compared(left: Fraction, right: Fraction) -> tuple[Tex, Tex, Tex]:
    r"""Decimals that show left < right, and the ratio rounded up; "=" stands for an equal right side.

    Examples
    --------
    >>> print(*compared(Fraction(2, 3), Fraction(1)), sep=" | ")
    0.666667 | 1 | 0.6667
    >>> print(*compared(Fraction(1, 3), Fraction(1, 3)), sep=" | ")
    0.333334 | \text{the same} | 1
    """
    if left == right:
        return notation.rounded(left, up=True, figures=6), Tex(r"\text{the same}"), Tex("1")
    shown = left, right
    for figures in range(6, 40, 2):
        shown = significant(left, figures, up=True), significant(right, figures, up=False)
        if shown[0] < shown[1]:
            break
    return _decimal(shown[0]), _decimal(shown[1]), _ratio(left / right)


def _ratio(ratio: Fraction) -> Tex:
    r"""A ratio rounded up; close to 1 as "1-3.1\cdot 10^{-9}"."""
    if Fraction(9999, 10000) < ratio < 1:
        return Tex(f"1-{notation.rounded(1 - ratio, up=False, figures=2)}")
    return notation.rounded(ratio, up=True, figures=4)


def _decimal(number: Fraction) -> Tex:
    return notation.rounded(number, up=True, figures=40)  # it has few digits already


def table(network: Network, found: Application) -> list[Inequality]:
    """Every inequality that the kernel checks, in its order."""
    rows: list[Inequality] = []
    for name, left, right in inequalities(network, found.theorem, found.said, found.start, found.q, found.G1):
        formula = Tex(f"${FORMULAS[name]}$") if name in FORMULAS else Tex("")
        rows.append(Inequality(len(rows) + 1, text(name), formula, *compared(left, right)))
    return rows


def theorem_rows(found: Application) -> list[tuple[Tex, Tex, Tex, Tex]]:
    """(symbol, what, function of q, its value at q): of the theorem that is applied."""
    p, balls, said = found.theorem.problem.parameters, found.theorem.problem.balls or {}, found.said
    rows: list[tuple[str, str, Any, bool | None]] = [
        (r"\eta", "step over $c/L_1$", found.theorem.method.coefficients["eta"], None),
        (r"\beta", "momentum", found.theorem.method.coefficients.get("beta"), None),
        (r"\tau", r"largest $L_2G_1^2/\mu$", p["L2"] * p["G1"] ** 2 / p["mu"], False),
        ("C_x", "radius in $x$", balls["x"], True),
        ("C_u", "radius in $u$", balls["u"], True),
        ("C_0", "distance of the start", balls.get("start"), False),
        (r"\rho", "rate", said.rate, True),
        (r"\theta", r"$(1-\rho)/q$", (1 - said.rate) / Q, False),
        ("C", "constant", said.constant, True),
    ]
    return [
        (Tex(f"${symbol}(q)$"), Tex(what), functions.running(function), _valued(function(found.q), up))
        for symbol, what, function, up in rows
        if function is not None
    ]


def _valued(number: Fraction, up: bool | None) -> Tex:
    """A number, exact where it is short, with a decimal on the safe side."""
    side = notation.about(number) if up is None else notation.bounded(number, up=up, figures=8)
    if number.denominator == 1:
        return Tex(f"${notation.fraction(number)}$")
    if notation.is_short(number):
        return Tex(f"${notation.fraction(number, small=True)}{side}$")
    return Tex(f"${side}$")


def applied_rows(network: Network, found: Application) -> list[tuple[Tex, Tex, Tex, Tex]]:
    """(symbol, what, exact, decimal on the safe side): with which numbers the theorem is applied."""
    scale = step(network, found.theorem, found.q)
    mu = found.q**2 * scale
    rows = [
        ("q", r"$\sqrt{c/\kappa}$", found.q, False),
        (r"\kappa/c", "$1/q^2$", 1 / found.q**2, True),
        ("L_1/c", r"$\eta(q)/\eta$", scale, True),
        (r"\mu", "$q^2L_1/c$", mu, False),
        ("G_1", "from the certificate", found.G1, True),
        (r"\tau", r"$L_2G_1^2/\mu$, $L_2=1$", found.G1**2 / mu, True),
    ]
    return [
        (Tex(f"${symbol}$"), Tex(what), notation.digits(number), notation.bounded(number, up=up, figures=7))
        for symbol, what, number, up in rows
    ]


@dataclass(frozen=True)
class Layer:
    """What is bounded about layer l, rounded up; `moved` is D_(l-1) and `reach` N_(l-1), of the layer before."""

    number: int
    weight: Tex
    over_ball: Tex
    before: Tex
    moved: Tex
    reach: Tex


@dataclass(frozen=True)
class Sizes:
    """The kernel's bounds of the start and over the balls."""

    layers: list[Layer]
    lowest: Tex
    highest: Tex
    value: tuple[Tex, Tex]
    distance: Tex
    radii: tuple[Tex, Tex]
    moved: Tex
    slope: Tex
    room: Tex


def sizes(network: Network, found: Application) -> Sizes:
    """The bounds of the start, and over the balls of the theorem's radii, as `kernel.networks.balls` has them."""
    begin = found.start
    mu = found.q**2 * step(network, found.theorem, found.q)
    radii = lengths(found.theorem.problem.balls or {}, begin, found.q, mu, found.G1)
    moves = [_moved(begin, radii, number) for number in range(len(begin.layers) + 1)]
    last = begin.weights[-1] + root_up(radii["x"] ** 2 + radii["u"] ** 2)
    norms = [*(weight + radii["u"] for weight in begin.weights[:-1]), last]
    before = [*begin.layers, begin.highest]
    layers = [
        Layer(number, *map(_up, (begin.weights[i], norms[i], before[i], moves[i], before[i] + moves[i])))
        for i, number in enumerate(range(1, len(norms) + 1))
    ]
    return Sizes(
        layers=layers,
        lowest=_down(begin.lowest),
        highest=_up(begin.highest),
        value=(_down(begin.value[0]), _up(begin.value[1])),
        distance=_up(begin.distance),
        radii=(_up(radii["x"]), _up(radii["u"])),
        moved=_up(moves[-1]),
        slope=_up(spread(begin, radii)[1]),
        room=_down(begin.lowest - moves[-1]),
    )


def _moved(begin: Start, radii: dict[str, Fraction], number: int) -> Fraction:
    """D_l: the kernel's D of the network that ends after this layer."""
    return spread(replace(begin, weights=begin.weights[: number + 1], layers=begin.layers[:number]), radii)[0]


def _up(number: Fraction) -> Tex:
    return notation.rounded(number, up=True, figures=6)


def _down(number: Fraction) -> Tex:
    return notation.rounded(number, up=False, figures=6)

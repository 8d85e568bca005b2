"""The balls of a claim: the second Lyapunov function that keeps the run inside, as the kernel's rule builds it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from proofcheck.kernel.claim import Claim
from proofcheck.kernel.forms import Form
from proofcheck.kernel.parameter.ratio import Ratio, of
from proofcheck.kernel.rules import balls as rule
from proofcheck.kernel.rules import radii as kernel_radii
from proofcheck.kernel.rules.lyapunov_form import Lyapunov
from proofcheck.kernel.run import Run

from . import functions, minors, notation
from .escape import Tex, text

SYMBOLS = {
    "rate": "r",
    "constant": "K",
    "weight": "s",
    "path": "p",
    "share": r"\sigma",
    "part_u": "A",
    "part_x": "B",
    "moved": "M",
    "query": "Q",
    "next": "N",
    "move": "D",
    "root_of_2": r"\lambda",
    "root_of_constant": r"\nu",
}
CONDITIONS = {
    "rate": r"0<r<1",
    "weight": r"s>0",
    "share": r"0\le\sigma\le1",
    "query": "Q>0",
    "root_of_2": r"\lambda\ge0,\ \lambda^2\ge2",
    "root_of_constant": r"\nu\ge0,\ \nu^2\ge K",
}
REST, STEP = Tex("from rest"), Tex(r"from any state, $k\ge1$")
STATEMENTS = {
    "base": (r"s\lVert w_0\rVert^2+p\,\mu\lVert y_1-y_0\rVert^2+U_1\;\le\;r\,K F_0", REST),
    "query": (r"\mu\lVert y_k-x^\star(v_k)\rVert^2\;\le\;Q^2\,U_k", STEP),
    "early": (r"s\,(1-r)\lVert w_k\rVert^2\;\le\;r\,U_k", STEP),
    "next": (r"\mu\lVert x_{k+1}-x^\star(v_k)\rVert^2\;\le\;N^2\,U_k", STEP),
    "move": (r"\mu\lVert x_{k+1}-y_k\rVert^2\;\le\;D^2\,U_k", STEP),
    "decrease": (r"s\lVert w_k\rVert^2+p\,\mu\lVert y_{k+1}-y_k\rVert^2+U_{k+1}\;\le\;r\,U_k", STEP),
}


@dataclass(frozen=True)
class Number:
    """A number of the certificate, with the condition the kernel checks on it."""

    symbol: Tex
    name: Tex
    value: Tex
    condition: Tex


@dataclass(frozen=True)
class Inside:
    """One part of the radii: what it states, the points that may not be used in it, and its proof."""

    statement: Tex
    where: Tex
    ahead: list[Tex]
    proof: Any


@dataclass(frozen=True)
class Check:
    """An inequality between functions of q: what is nonnegative, and on how many intervals Descartes' rule shows it."""

    number: int
    statement: Tex
    difference: Tex
    intervals: Tex


@dataclass(frozen=True)
class Radii:
    """Why the run stays in the balls."""

    numbers: list[Number]
    values: list[Tex]
    matrices: list[Tex]
    parts: list[Inside]
    checks: list[Check]
    path: bool
    near: bool
    far: Tex


def goals(claim: Claim, given: dict[str, Any]) -> dict[str, tuple[Run, Form, set[str]]]:
    """The forms that the parts of the radii prove nonnegative, as the kernel's rule builds them, and what is ahead."""
    potential = Lyapunov(given["lyapunov"], claim.problem.partial, claim.field.number)
    return kernel_radii.goals(claim, _numbers(claim, given), potential)


def radii(claim: Claim, given: dict[str, Any], parts: dict[str, tuple[Any, set[str]]], function: Any) -> Radii:
    """The radii of an accepted certificate.

    Parameters
    ----------
    claim : Claim
    given : dict
        The part "radii" of the certificate.
    parts : dict
        Its parts, by name, as the report prints them, and the labels of points ahead of each.
    function : tuple
        The coefficients of its Lyapunov function: those of the values, and the matrices.
    """
    n = _numbers(claim, given)
    return Radii(
        numbers=[_number(key, value) for key, value in n.items()],
        values=function[0],
        matrices=function[1],
        parts=[_inside(key, part, ahead) for key, (part, ahead) in parts.items()],
        checks=_checks(claim, n),
        path=bool(n["share"]),
        near="start" in (claim.problem.balls or {}),
        far=Tex(far(claim)),
    )


def far(claim: Claim) -> str:
    """The symbol for the bound of the distance from x_0 to the minimiser: given, or what (A1) gives."""
    return "C_0" if "start" in (claim.problem.balls or {}) else r"\lambda"


def _numbers(claim: Claim, given: dict[str, Any]) -> dict[str, Ratio]:
    return {key: claim.field.number(given[key], key) for key in rule.NUMBERS}


def _number(key: str, value: Ratio) -> Number:
    symbol = SYMBOLS.get(key, rf"\text{{{text(key)}}}")
    name = text(key.replace("_", " "))
    condition = CONDITIONS.get(key, rf"{symbol}\ge0")
    return Number(Tex(f"${symbol}$"), name, functions.running(value), Tex(f"${condition}$"))


def _inside(key: str, part: Any, ahead: set[str]) -> Inside:
    statement, where = STATEMENTS.get(key, ("", ""))
    labels = [Tex(f"${notation.position(label)}$") for label in sorted(ahead)]
    return Inside(Tex(statement), Tex(where), labels, part)


def _checks(claim: Claim, n: dict[str, Ratio]) -> list[Check]:
    """The inequalities between radii and numbers, as in the kernel's rule."""
    balls, p = claim.problem.balls, claim.problem.parameters
    assert balls is not None
    eta, beta, gamma = (of(number) for number in kernel_radii.coefficients(claim))
    mu, tau, rate, big = p["mu"], p["L2"] * p["G1"] ** 2 / p["mu"], n["rate"], n["constant"]
    start, end, share, moved, part_u = (n[k] for k in ("root_of_2", "root_of_constant", "share", "moved", "part_u"))
    rest, x, u, away = 1 - share, balls["x"], balls["u"], far(claim)
    start = balls.get("start", start)
    first = (
        (r"C_0^2\eta^2\le C_x^2", x**2 - start**2 * eta**2)
        if "start" in balls
        else (r"\lambda^2\mu\eta^2\le C_x^2", x**2 - start**2 * mu * eta**2)
    )
    budget, across = rate * big, (n["part_x"] ** 2 * moved**2) * n["path"] * (1 - rate)
    found = [
        (r"\gamma(1-\beta)\le\beta", beta - gamma * (1 - beta)),
        (r"s(1-r)\le rK", budget - n["weight"] * (1 - rate)),
        (r"A^2+B^2\le1", 1 - part_u**2 - n["part_x"] ** 2),
        (
            r"2\mu^2\eta^2rK\le C_u^2\,s(1-r)(1-\beta)^2",
            u**2 * n["weight"] * (1 - rate) * (1 - beta) ** 2 - 2 * mu**2 * eta**2 * budget,
        ),
        (r"\sigma^2rK\le B^2M^2p(1-r)", across - share**2 * budget),
        (r"(1-\sigma)\tau C_u\le AM", part_u * moved - rest * tau * u),
        first,
        (rf"{away}+\tau C_u\le C_x", x - start - tau * u),
        (rf"(1-\sigma){away}+M\le C_x", x - rest * start - moved),
        (rf"(1-\sigma)({away}+Q\nu)\le C_x", x - rest * (start + n["query"] * end)),
        (
            rf"\sigma D\nu+(1-\sigma)({away}+N\nu)\le C_x",
            x - share * n["move"] * end - rest * (start + n["next"] * end),
        ),
    ]
    return [_check(number, *entry) for number, entry in enumerate(found, 1)]


def _check(number: int, statement: str, difference: Ratio) -> Check:
    if not difference:
        return Check(number, Tex(f"${statement}$"), Tex("$0$"), Tex(""))
    return Check(number, Tex(f"${statement}$"), functions.running(difference), minors.shown_intervals(difference))

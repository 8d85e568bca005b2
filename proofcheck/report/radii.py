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

from . import functions, minors
from .escape import Tex, text

SYMBOLS = {
    "rate": "r",
    "constant": "K",
    "weight": "s",
    "root_of_2": "a",
    "root_of_constant": "b",
    "query": "p",
    "next": "n",
}
MEANING = {
    "rate": r"$0<r<1$",
    "constant": "",
    "weight": r"$s>0$",
    "root_of_2": r"$a^2\ge2$",
    "root_of_constant": r"$b^2\ge K$",
    "query": r"$p\ge0$",
    "next": r"$n\ge0$",
}
REST, STEP = "from rest", r"from an arbitrary state, $k\ge1$"
STATEMENTS = {
    "early_start": (r"s\lVert w_0\rVert^2\le K\,r\,F_0", REST),
    "next_start": (r"\mu\lVert x_1-x^\star(v_0)\rVert^2\le n^2K\,F_0", REST),
    "base": (r"s\lVert w_0\rVert^2+U_1\le K\,r\,F_0", REST),
    "query": (r"\mu\lVert y_k-x^\star(v_{k-1})\rVert^2\le p^2\,U_k", STEP),
    "early": (r"s\lVert w_k\rVert^2\le r\,U_k", STEP),
    "next_step": (r"\mu\lVert x_{k+1}-x^\star(v_k)\rVert^2\le n^2\,U_k", STEP),
    "decrease": (r"s\lVert w_k\rVert^2+U_{k+1}\le r\,U_k", STEP),
}


@dataclass(frozen=True)
class Number:
    """A number of the certificate, with the condition the kernel checks on it."""

    symbol: Tex
    value: Tex
    condition: Tex


@dataclass(frozen=True)
class Inside:
    """One part of the radii: what it states, and its proof."""

    statement: Tex
    where: Tex
    proof: Any


@dataclass(frozen=True)
class Check:
    """An inequality between functions of q: what is nonnegative, and on how many intervals Descartes' rule shows it."""

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


def goals(claim: Claim, given: dict[str, Any]) -> dict[str, tuple[Run, Form]]:
    """The forms that the parts of the radii prove nonnegative, as the kernel's rule builds them."""
    potential = Lyapunov(given["lyapunov"], claim.problem.partial, claim.field.number)
    found = kernel_radii.goals(claim, _numbers(claim, given), potential)
    return {key: (run, goal) for key, (run, goal, *_) in found.items()}


def radii(claim: Claim, given: dict[str, Any], parts: dict[str, Any]) -> Radii:
    """The radii of an accepted certificate.

    Parameters
    ----------
    claim : Claim
    given : dict
        The part "radii" of the certificate.
    parts : dict
        Its parts, by name, as the report prints them.
    """
    from .family import lyapunov  # the module that calls this one

    n = _numbers(claim, given)
    values, matrices = lyapunov(claim.field.number, given["lyapunov"])
    return Radii(
        numbers=[_number(key, value) for key, value in n.items()],
        values=values,
        matrices=matrices,
        parts=[_inside(key, part) for key, part in parts.items()],
        checks=_checks(claim, n),
    )


def _numbers(claim: Claim, given: dict[str, Any]) -> dict[str, Ratio]:
    return {key: claim.field.number(given[key], key) for key in rule.NUMBERS}


def _number(key: str, value: Ratio) -> Number:
    symbol = SYMBOLS.get(key, rf"\text{{{text(key)}}}")
    condition = MEANING.get(key, "")
    return Number(Tex(f"${symbol}$"), functions.running(value), Tex(f"({condition})" if condition else ""))


def _inside(key: str, part: Any) -> Inside:
    statement, where = STATEMENTS.get(key, ("", ""))
    return Inside(Tex(statement), Tex(where), part)


def _checks(claim: Claim, n: dict[str, Ratio]) -> list[Check]:
    """The inequalities between radii and numbers, as in the kernel's rule."""
    balls, p = claim.problem.balls, claim.problem.parameters
    assert balls is not None
    eta, beta, _ = (of(number) for number in kernel_radii.coefficients(claim))
    room = balls["u"] ** 2 * n["weight"] * (1 - n["rate"]) * (1 - beta) ** 2
    found = [
        _check(
            r"2\,q^4\eta^2\,r\,K\;\le\;C_u^2\,s\,(1-r)(1-\beta)^2",
            room - 2 * p["mu"] ** 2 * eta**2 * n["rate"] * n["constant"],
        )
    ]
    moved = n["root_of_2"] + p["L2"] * p["G1"] ** 2 / p["mu"] * balls["u"]
    for key, symbol in (("query", "p"), ("next", "n")):
        left = moved + n[key] * n["root_of_constant"]
        found.append(_check(rf"a+\tau C_u+{symbol}\,b\;\le\;C_x", balls["x"] - left))
    return found


def _check(statement: str, difference: Ratio) -> Check:
    count = minors.intervals(difference.numerator) if difference else 1
    return Check(Tex(statement), functions.running(difference), Tex("roots" if count is None else f"${count}$"))

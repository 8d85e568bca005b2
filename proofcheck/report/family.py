"""Claims about every condition number: their class, method and conclusion, and the parts of their proofs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from proofcheck.classes import REGISTRY as CLASSES
from proofcheck.errors import ProofcheckError
from proofcheck.kernel.claim import Claim
from proofcheck.kernel.forms import SPACES, Form
from proofcheck.kernel.parameter.ratio import Ratio
from proofcheck.kernel.rules import combine
from proofcheck.kernel.run import Run
from proofcheck.kernel.statements import LinearRate, RateLowerBound

from . import comparison, functions, lower_bound, minors, notation, pieces, premises, proof, radii
from .escape import Tex, text

SAMPLE = Fraction(1, 10)
COEFFICIENTS = {"beta": r"\beta", "gamma": r"\gamma"}
TEMPLATES = {
    "theorem": "family_theorem.tex",
    "setting": "family_setting.tex",
    "part": "family_part.tex",
    "slacks": "family_slacks.tex",
    "pivots": "minors.tex",
}
UNITS = {
    "objective_gap": "",
    "squared_distance": r"\frac{L_1}{c}",
    "squared_gradient_norm": r"\frac{c}{L_1}",
}


@dataclass(frozen=True)
class Part:
    """One form that a certificate proves nonnegative for every q."""

    key: Tex
    groups: list[proof.Group]
    slacks: list[minors.Slack]


@dataclass(frozen=True)
class Family:
    """What only claims about every condition number have."""

    tau: Tex
    coupled: bool
    balls: list[Tex]
    near: bool
    local: list[Tex]
    step: Tex
    rate: Tex
    lower: bool
    beta: bool


def context(claim: Claim, certificate: dict[str, Any] | None) -> dict[str, Any]:
    """What the templates print; `certificate` only if the kernel accepted it."""
    found: dict[str, Any] = {
        "templates": TEMPLATES,
        "family": _family(claim),
        "setting": _setting(claim),
        "theorem": _theorem(claim, certificate),
        "comparison": None,
        "radii": None,
    }
    return found if certificate is None else found | _evidence(claim, certificate)


def _evidence(claim: Claim, certificate: dict[str, Any]) -> dict[str, Any]:
    rule = certificate["rule"]
    if rule == "slow_family":
        slow = lower_bound.slow(claim, certificate)
        return {"rule": rule, "slow": slow, "comparison": comparison.comparison(claim, None)}
    if rule == "specialise":
        return {"rule": rule, **lower_bound.specialised(claim, certificate)}
    if rule not in ("lyapunov", "lyapunov_in_balls"):
        raise ProofcheckError(f"there is no report for certificates of rule {rule!r}")
    goals = proof.goals(claim, certificate)
    parts = {key: part(claim, key, *goal, certificate[key]) for key, goal in goals.items()}
    found: dict[str, Any] = {"rule": "lyapunov", "parts": parts, "lyapunov": _function(claim, certificate)}
    every = list(parts.values())
    if rule == "lyapunov_in_balls":
        found["radii"] = _radii(claim, certificate["radii"])
        every += [inside.proof for inside in found["radii"].parts]
    slacks = [slack for one in every for slack in one.slacks]
    spaces = [name for name in proof.SPACE_NAMES.values() if any(slack.space == name for slack in slacks)]
    legends = proof.legends(claim, [group for one in every for group in one.groups])
    constant = claim.field.number(certificate["constant"], "constant")
    beside = comparison.comparison(claim, constant)
    return found | {"slacks": slacks, "spaces": spaces, "legends": legends, "comparison": beside}


def _radii(claim: Claim, given: dict[str, Any]) -> radii.Radii:
    parts = {}
    for key, (run, goal, ahead) in radii.goals(claim, given).items():
        name = f"{key} (radii)"
        parts[key] = part(claim, name, run, goal, given[f"{key}_proof"]), ahead
    return radii.radii(claim, given, parts, lyapunov(claim.field.number, given["lyapunov"]))


def part(claim: Claim, key: str, run: Run, goal: Form, value: Any) -> Part:
    """One part of an accepted certificate: its inequalities with multipliers, and its slack."""
    terms = combine.read_terms(value, key, claim.field.number)
    rest = combine.slack(claim, run, goal, terms, key)
    slacks = [minors.slack(key, run, space, proof.SPACE_NAMES[space], *_matrix(rest, space)) for space in SPACES]
    return Part(Tex(key), proof.groups_of(claim, terms, _shown), [s for s in slacks if s.size])


def _matrix(rest: Form, space: str) -> tuple[list[str], list[list[Any]]]:
    return rest.matrix(space)


def _shown(multiplier: Ratio) -> tuple[Tex, Tex]:
    return functions.running(multiplier), Tex(f"${notation.near(multiplier(SAMPLE), 4)}$")


def _family(claim: Claim) -> Family:
    p, s, balls = claim.problem.parameters, claim.statement, claim.problem.balls
    assert isinstance(s, (LinearRate, RateLowerBound))
    coupled = claim.problem.partial and p["G1"] != 0
    tau = p["L2"] * p["G1"] ** 2 / p["mu"] if claim.problem.partial else None
    return Family(
        tau=Tex("") if tau is None else functions.equation(r"\tau", tau),
        coupled=coupled,
        balls=[functions.equation(_RADII[key], radius) for key, radius in (balls or {}).items()],
        near="start" in (balls or {}),
        local=[Tex(line) for line in ([*_START[: "start" in balls], *_LOCAL] if balls else [])],
        step=functions.step(claim.method.coefficients["eta"]),
        rate=functions.equation(r"\rho", s.rate),
        lower=not isinstance(s, LinearRate),
        beta="beta" in premises.coefficients(claim),
    )


_RADII = {"x": "C_x", "u": "C_u", "start": "C_0"}
_START = [
    r"(N) The start is near: $\lVert x_0-x^\star(u_0)\rVert\le C_0\sqrt{F_0/\mu}$ for the minimiser $x^\star(u_0)$ of "
    r"$f(\cdot,u_0)$."
]
_LOCAL = [
    r"(A1) For every $u\in\mathcal U$, $f(\cdot,u)$ is $\mu$-strongly convex.",
    r"(A2) For every $u\in\mathcal U$, $f(\cdot,u)$ is $L_1$-smooth.",
    r"(A3) $f(x,u)=g(h(x,u))$ where $g$ is $L_2$-smooth and $\min g=\min f=f^\star$.",
    r"(A4) For every $x\in\mathcal X$, $h(x,\cdot)$ is $G_1$-Lipschitz on $\mathcal U$.",
    r"(A6) $\min_x f(x,u)=f^\star$ for every $u\in\mathcal U$.",
    r"(Proviso) At points of $\mathcal X\times\mathcal U$ the step in $u$ uses $\nabla_2 f=J^{\top}\nabla g(h)$ with a "
    r"matrix $J$, $|J|\le G_1$.",
]


def _setting(claim: Claim) -> pieces.Setting:
    partial, name = claim.problem.partial, premises.symbolic(claim)[1]
    sample: dict[str, Any] = {"mu": 1, "L1": 1, **({"L2": 1, "G1": 1} if partial else {})}
    problem, (title, source) = CLASSES[claim.problem.name](**sample), premises.method_of(claim)
    eta = Tex(rf"$\eta={functions.step(claim.method.coefficients['eta'])}$")
    others = {COEFFICIENTS[key]: f for key, f in premises.coefficients(claim).items() if key != "eta"}
    coefficients = [eta, *(Tex(f"${key}={functions.display(f)}$") for key, f in others.items())]
    return pieces.Setting(
        partial=partial,
        coupled=bool(partial and claim.problem.parameters["G1"] != 0),
        fifth=False,
        class_title=text(problem.title),
        class_source=text(problem.source),
        assumptions=[Tex(line) for line in problem.latex_assumptions()],
        exact=[],
        parameters=[],
        derived=[],
        heading=Tex(title[:1].upper() + title[1:]),
        method_title=title,
        method_source=source,
        exact_coefficients=coefficients,
        coefficients=[functions.equation(r"\eta", claim.method.coefficients["eta"])],
        pieces=pieces.recursion(name, partial),
    )


def _theorem(claim: Claim, certificate: dict[str, Any] | None) -> pieces.Theorem:
    s, partial = claim.statement, claim.problem.partial
    assert isinstance(s, (LinearRate, RateLowerBound))
    metric, initial = notation.measure(s.metric, partial, "k"), notation.bracketed(s.initial, partial, "0")
    shown = [Tex(rf"{UNITS[name]}{side}") for name, side in ((s.metric, metric), (s.initial, initial))]
    numbers = [functions.equation(r"\rho", s.rate)]
    short = functions.is_short(s.rate)
    rate = rf"\Bigl({functions.display(s.rate)}\Bigr)" if short else r"\rho"
    if short:
        numbers = []
    factor, constant = Tex("C"), None
    if isinstance(s, LinearRate):
        constant = s.constant
        if constant is None and certificate is not None and "constant" in certificate:
            constant = claim.field.number(certificate["constant"], "constant")
        if constant is not None and (s.constant is None or not functions.is_short(constant)):
            numbers.append(functions.equation("C", constant))
        elif constant is not None:
            factor = _factor(constant)
    else:
        rate = "r"
    lead = "" if constant == 1 and factor != "C" else rf"{factor}\,"
    return pieces.Theorem(
        rate=isinstance(s, LinearRate),
        some=isinstance(s, LinearRate) and s.constant is None,
        statement=Tex(rf"{shown[0]}\;\le\;{lead}{rate}^{{k}}\,{shown[1]}\qquad\text{{for all }}k\ge0"),
        numbers=numbers,
        factor=factor,
        metric=shown[0],
        metric_k=Tex(metric),
        initial=Tex(initial),
        metric_0=notation.measure(s.metric, partial, "0"),
    )


def _factor(constant: Ratio) -> Tex:
    shown = functions.display(constant)
    return shown if sum(map(bool, constant.numerator)) <= 1 else Tex(rf"\Bigl({shown}\Bigr)")


def _function(claim: Claim, certificate: dict[str, Any]) -> pieces.Function:
    s, number = claim.statement, claim.field.number
    assert isinstance(s, LinearRate)
    symbolic = pieces.conditions(*premises.symbolic(claim), s.metric, s.initial)
    values, matrices = lyapunov(number, certificate["lyapunov"])
    named = [functions.equation("C", number(certificate["constant"], "constant")), functions.equation(r"\rho", s.rate)]
    return pieces.Function(Tex(" and ".join(named)), values, matrices, symbolic)


def lyapunov(number: Any, given: dict[str, Any]) -> tuple[list[Tex], list[Tex]]:
    """The coefficient functions of a Lyapunov function: of its values, and its matrices as displays."""
    values = [functions.equation(f"a_{{{i}}}", number(entry, "values")) for i, entry in enumerate(given["values"])]
    matrices: list[Tex] = []
    for letter, key in (("P", "x"), ("B", "u")):
        rows = [[number(entry, key) for entry in row] for row in given[key]]
        if rows:
            matrices.append(matrix(letter, rows))
    return values, matrices


def matrix(letter: str, rows: list[list[Ratio]]) -> Tex:
    """A symmetric matrix of functions as a display, or entry by entry where it is too wide."""
    if all(functions.is_short(f) for row in rows for f in row):
        shown = [[functions.display(f) for f in row] for row in rows]
        return Tex(rf"\[{letter}={pieces.pmatrix(shown, stretch=True)}\]")
    return Tex(r"\par{\raggedright " + ", ".join(_entries(letter, rows)) + r".\par}")


def _entries(letter: str, rows: list[list[Ratio]]) -> Iterable[str]:
    for i, row in enumerate(rows):
        for j in range(i, len(row)):
            yield functions.equation(f"{letter}_{{{i + 1}{j + 1}}}", row[j])

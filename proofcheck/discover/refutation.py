"""Search for exact counterexamples: functions of the class on which the method breaks the claim.

Candidates come from the recursion on constant effective curvature (floats choose, exact numbers are
built); the kernel runs them again and decides.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from proofcheck.discover.candidate import Candidate
from proofcheck.discover.curvatures import momentum
from proofcheck.discover.spectrum import places, squared_modulus
from proofcheck.documents import Document, certificate_document, parse, verdict
from proofcheck.kernel.claim import Claim
from proofcheck.kernel.rules.growth import recursion
from proofcheck.kernel.statements import MAX_STEPS, WorstCase

Floats = npt.NDArray[Any]
GAPS = tuple(Fraction(1, 10**digits) for digits in (6, 4, 2, 8, 10, 12))


@dataclass(frozen=True)
class Instance:
    """A function of constant effective curvature in exact numbers, with what the method reaches on it.

    Attributes
    ----------
    function : dict
        The `function` field of a certificate (rule `instance`).
    reached : Fraction
        metric_N / initial, exactly.
    """

    function: Document
    steps: int
    reached: Fraction


def refute(claim: Document) -> Candidate | None:
    """Return a counterexample that the kernel accepts, or None."""
    parsed = parse(claim)
    attempts = [] if isinstance(parsed.statement, WorstCase) else [_growth(parsed)]
    attempts += [_instances(parsed), _oscillations(parsed)]
    for attempt in attempts:
        for rule, fields in attempt:
            certificate = certificate_document(claim, rule, fields)
            if verdict(claim, certificate).word == "REFUTED":
                return Candidate(claim, certificate)
    return None


def _slopes(slope: Fraction) -> list[Fraction]:
    """A slope that a staircase can have: -1 is approached, not attained."""
    return [slope + gap for gap in GAPS] if slope == -1 else [slope]


def _growth(claim: Claim) -> Iterator[tuple[str, Document]]:
    p = claim.problem.parameters
    coupling = p["L2"] * p["G1"] ** 2 if claim.problem.partial else Fraction(0)
    rate = float(claim.statement.rate) if not isinstance(claim.statement, WorstCase) else 1.0
    for curvature, end in places(claim):
        for slope in _slopes(end):
            if slope > -1 and squared_modulus(claim, curvature + slope * coupling) > rate:
                yield "growth", {"curvature": str(curvature), "slope": str(slope)}


def _instances(claim: Claim) -> Iterator[tuple[str, Document]]:
    """Promising instances, the worst by floating point first."""
    s: Any = claim.statement
    if isinstance(s, WorstCase):
        steps, factor = [s.steps], [float(s.bound)]
    elif s.constant is None:
        return
    else:
        steps = list(range(MAX_STEPS + 1))
        factor = [float(s.constant) * float(s.rate) ** n for n in steps]
    best = []
    for curvature, slope in places(claim):
        reached = ratios(claim, curvature, slope, steps[-1])
        for n, allowed in zip(steps, factor, strict=True):
            if allowed == 0 or reached[n] > allowed * (1 - 1e-9):
                best.append((reached[n] / max(allowed, 1e-300), -n, curvature, slope))
    for _, negative, curvature, slope in sorted(best, reverse=True)[:6]:
        for exact in _slopes(slope):
            if exact > -1:
                instance = build(claim, curvature, exact, -negative)
                yield "instance", {"function": instance.function, "steps": -negative}


SHAPES = ("HLH", "LHL", "HLL", "LHH", "HHL", "LLH")
SAMPLES = 6_000
TRIES = 4


def _oscillations(claim: Claim) -> Iterator[tuple[str, Document]]:
    """Functions of one variable with two curvature changes on which momentum does not settle.

    Curvatures are the extremes of the class, in three pieces with breakpoints 1 and r on one side of
    the minimiser; r and the start are drawn (from a fixed seed) and rounded to tenths. Lessard, Recht
    and Packard (2016), Section 4.6, have such a function for the heavy ball.
    """
    s: Any = claim.statement
    p = claim.problem.parameters
    if claim.problem.partial or claim.problem.assumed or not momentum(claim)[0]:
        return
    if isinstance(s, WorstCase):
        allowed = np.full(s.steps + 1, np.inf)
        allowed[s.steps] = float(s.bound)
    elif s.constant is None:
        return
    else:
        allowed = float(s.constant) * float(s.rate) ** np.arange(MAX_STEPS + 1)
    draw = np.random.default_rng(0)
    shape = draw.integers(0, len(SHAPES), SAMPLES)
    slopes = np.where([[piece == "H" for piece in SHAPES[i]] for i in shape], float(p["L1"]), float(p["mu"]))
    ends = np.round(1 + draw.uniform(0.1, 4, SAMPLES), 1)
    starts = np.round(draw.uniform(0.1, 6, SAMPLES), 1) * draw.choice([-1, 1], SAMPLES)
    excess = _excess(claim, slopes, ends, starts, allowed)
    for index in np.argsort(-excess.max(axis=1))[:TRIES]:
        steps = int(np.argmax(excess[index] > max(1 + 1e-9, excess[index].max() * 1e-3)))
        if excess[index, steps] <= 1 + 1e-9:
            return
        function = {
            "name": "piecewise_quadratic",
            "start": str(Fraction(round(10 * starts[index]), 10)),
            "breakpoints": ["1", str(Fraction(round(10 * ends[index]), 10))],
            "slopes": [str(p["L1"] if piece == "H" else p["mu"]) for piece in SHAPES[shape[index]]],
        }
        yield "instance", {"function": function, "steps": steps}


def _excess(claim: Claim, slopes: Floats, ends: Floats, starts: Floats, allowed: Floats) -> Floats:
    """metric_n / (allowed_n initial) for every sample and n, in floating point."""
    s: Any = claim.statement
    coefficients: Any = {name: float(value) for name, value in claim.method.coefficients.items()}
    method = replace(claim.method, coefficients=coefficients)

    def metrics(x: Floats) -> dict[str, Floats]:
        lengths = np.stack([np.minimum(x, 1), np.clip(x - 1, 0, ends - 1), np.maximum(x - ends, 0)], axis=1)
        pieces = slopes * lengths
        before = np.cumsum(pieces, axis=1) - pieces
        value = (before * lengths + pieces * lengths / 2).sum(axis=1)
        gradient = pieces.sum(axis=1)
        return {"objective_gap": value, "squared_distance": x**2, "squared_gradient_norm": gradient**2, "g": gradient}

    x = before = starts
    initial = metrics(starts)[s.initial]
    rows = [metrics(x)[s.metric] / initial]
    for _ in range(len(allowed) - 1):
        y = method.query(x, before)
        x, before = method.advance(x, before, y, metrics(y)["g"]), x
        rows.append(metrics(x)[s.metric] / initial)
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        return np.nan_to_num(np.stack(rows, axis=1) / allowed, nan=0.0, posinf=1e300)


def ratios(claim: Claim, curvature: Fraction, slope: Fraction, steps: int) -> list[float]:
    """metric_n / initial for n = 0..steps on this effective curvature, in floating point."""
    p, s = claim.problem.parameters, claim.statement
    effective = float(curvature + slope * p["L2"] * p["G1"] ** 2) if claim.problem.partial else float(curvature)
    a, b = (float(number) for number in recursion(claim, Fraction(effective)))
    weight = {"objective_gap": effective / 2, "squared_distance": 1.0, "squared_gradient_norm": effective**2}
    factor = 1.0 if claim.problem.partial else weight[s.metric] / weight[s.initial]
    now = before = 1.0
    found = [factor]
    for _ in range(steps):
        now, before = a * now + b * before, now
        found.append(factor * now**2)
    return found


def build(claim: Claim, curvature: Fraction, slope: Fraction, steps: int) -> Instance:
    """The exact instance of effective curvature `curvature + slope L2 G1^2` for so many steps."""
    p, s, method = claim.problem.parameters, claim.statement, claim.method
    coupling = p["L2"] * p["G1"] ** 2 if claim.problem.partial else Fraction(0)
    effective = curvature + slope * coupling
    u = u_before = Fraction(0)
    t = before = Fraction(1)
    visited = []
    for _ in range(steps):
        v, here = method.query(u, u_before), method.query(t, before)
        visited.append(v)
        t, before = method.advance(t, before, here, effective * here), t
        u, u_before = method.advance(u, u_before, v, here), u
    if not claim.problem.partial:
        weight = {
            "objective_gap": effective / 2,
            "squared_distance": Fraction(1),
            "squared_gradient_norm": effective**2,
        }
        reached = weight[s.metric] * t**2 / weight[s.initial]
        return Instance({"name": "quadratic", "curvature": str(curvature)}, steps, reached)
    breakpoints, slopes = _staircase(sorted({*visited, u}), slope)
    function = {
        "name": "staircase",
        "curvature": str(curvature),
        "start": "1",
        "breakpoints": [str(number) for number in breakpoints],
        "slopes": [str(number) for number in slopes],
    }
    return Instance(function, steps, t**2)


def _staircase(points: list[Fraction], slope: Fraction) -> tuple[list[Fraction], list[Fraction]]:
    """Pieces of slope +1 around every point and -1 between, with average `slope` between points.

    Slope 1 needs no pieces. The length of each +1 piece is a quarter of (1 + slope) times the gap.
    """
    if slope == 1:
        return [], [Fraction(1)]
    breakpoints: list[Fraction] = []
    for left, right in pairwise(points):
        piece = (1 + slope) / 4 * (right - left)
        breakpoints += [left + piece, right - piece]
    slopes = [Fraction((-1) ** i) for i in range(len(breakpoints) + 1)]
    return breakpoints, slopes


def lower_bound(claim: Document) -> Instance | None:
    """The exact instance that comes closest to a worst_case claim's metric: a lower bound for its bound."""
    parsed = parse(claim)
    if not isinstance(parsed.statement, WorstCase):
        return None
    steps = parsed.statement.steps
    options = [(ratios(parsed, *place, steps)[steps], place) for place in places(parsed)]
    if not options:
        return None
    curvature, slope = max(options)[1]
    return build(parsed, curvature, _slopes(slope)[0], steps)

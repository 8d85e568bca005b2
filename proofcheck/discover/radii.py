"""Search balls around the start that the run does not leave, for every q in (0, 1], with a certificate.

First the rate, on the whole space; then numbers for the radii at a few q; then one program for U; then the
multipliers of the side parts; last the radii. What is returned passed the kernel's exact check.
"""

from __future__ import annotations

from fractions import Fraction
from math import ceil
from typing import Any

import numpy as np
from scipy.optimize import linprog

from proofcheck.discover.candidate import Candidate, Progress, silent
from proofcheck.discover.candidates import Term
from proofcheck.discover.functions import power
from proofcheck.discover.parametric import prove_theorem
from proofcheck.discover.radii_numbers import POINTS, Balls, Plan, best_slope, fitting, limits, planned
from proofcheck.discover.radii_points import SHARES, Geometry, PointSearch, Setting, at
from proofcheck.discover.radii_search import MAIN, SIDES, PartSearch, RadiiSearch, SideSearch, holds, lyapunov_document
from proofcheck.discover.theorem_search import Shape
from proofcheck.documents import Document, parse, verdict
from proofcheck.families import document as written
from proofcheck.kernel import wire
from proofcheck.kernel.outcome import Refusal
from proofcheck.kernel.parameter.ratio import Ratio, of

TRIES = ((Shape(4, 1), True), (Shape(4, 1), False), (Shape(2, 1), False), (Shape(4, 2), False))  # few inequalities?
SIDE_SHAPES = ((Shape(2, 1), True), (Shape(3, 1), False), (Shape(6, 2), False))
FLOOR = 0.001
DENOMINATORS = (200, 500, 1000, 2000, 5000, 10**4, 2 * 10**4, 5 * 10**4, 10**5, 10**6)
SMALLEST = 1e-7


def prove_in_balls(claim: Document, progress: Progress = silent) -> Candidate:
    """Search a certificate of a claim/2 linear_rate document whose assumptions hold in balls only.

    Parameters
    ----------
    claim : dict
        The claim. Without radii in the balls of its class, small constant ones are found and claimed.
    progress : callable, optional
        Called with a message and the fraction done.
    """
    bare, placed, given = _without_balls(claim)
    rate = prove_theorem(bare, lambda message, done: progress(message, 0.3 * done))
    if rate.claim is None or rate.certificate is None:
        return rate
    notes = dict(rate.notes)
    progress("choosing the numbers of the radii", 0.3)
    search = PointSearch(placed)
    wanted = [(1.0, 1.0) if given is None else _values(given, q) for q in POINTS]
    plan = planned(search, wanted)
    found = _target(search, plan, given)
    if found is None:
        return Candidate(None, None, {**notes, "radii": "no numbers found at some q"})
    target, slope, kept = found
    notes["radii aimed at"] = ", ".join(f"C_{name} = {r}" for name, r in target.items())
    for number, (shape, few) in enumerate(TRIES):
        progress(f"searching the radii: {shape}", 0.4 + 0.15 * number)
        try:
            main = RadiiSearch(placed, shape, plan.numbers, limits(search, plan, slope, target), kept if few else None)
            done = _complete(main, plan, target, given is None, rate, notes)
        except Refusal as refusal:  # a fitted function has a root where it must not have one
            notes["radii, last failure"] = str(refusal)
            continue
        if done is not None:
            return done
    return Candidate(None, None, notes)


def _without_balls(claim: Document) -> tuple[Document, Document, Balls | None]:
    """The claim on the whole space, the claim that the radii are searched for, and the radii if there are any.

    What is known of the start is in the second: balls of any radii, with that start.
    """
    problem = {key: value for key, value in claim["class"].items() if key != "balls"}
    bare, balls = {**claim, "class": problem}, claim["class"].get("balls", {})
    statement = {**claim["statement"], "constant": claim["statement"]["constant"] or "some"}
    placed = {**bare, "statement": statement}
    if "start" in balls:
        placed = {**placed, "class": {**problem, "balls": {"x": ["1"], "u": ["1"], "start": balls["start"]}}}
    if "x" not in balls:
        return bare, placed, None
    given: Any = parse({**claim, "statement": statement}).problem.balls
    return bare, placed, {name: given[name] for name in ("x", "u")}


def _values(balls: Balls, q: float) -> tuple[float, float]:
    x, u = (float(at(balls[name], np.array([q]))[0]) for name in ("x", "u"))
    return x, u


def _target(search: PointSearch, plan: Plan, given: Balls | None) -> tuple[Balls, Ratio, dict[str, set[Term]]] | None:
    """The radii to aim at, the share over the root of path, and the inequalities that are of use."""
    points, constants, solutions = np.array(POINTS), [], []
    for q, theta, nu, path in zip(POINTS, *plan.setting(points), strict=True):
        constant, z = search.smallest(q, Setting(float(theta), float(nu), float(path)))
        constants.append(constant)
        solutions.append((q, z))
    if np.isinf(constants).any():
        return None
    geometry, k, setting = Geometry(search, points), np.array(constants), plan.setting(points)
    u = geometry.u(k, setting[0])
    fitted = _constant if search.claim.problem.balls is None else _line  # a start is near for large kappa only
    balls = given or {"x": of(1), "u": fitted(u)}
    if fitted is _line:
        lone = [geometry.x(k, setting, np.full(len(points), share), at(balls["u"], points)) for share in SHARES]
        balls["x"] = fitted(np.min(lone, axis=0))  # each q with its own share: what the slope is to come near
    slope = best_slope(geometry, k, plan, at(balls["u"], points), at(balls["x"], points))
    if given is None:
        share = at(slope * plan.root_path, points)
        balls["x"] = fitted(geometry.x(k, setting, share, at(balls["u"], points)))
    return balls, slope, search.used(solutions)


def _constant(values: np.ndarray) -> Ratio:
    """The smallest constant above the values, rounded up to three decimals."""
    return of(0) + int(1000 * float(values.max()) + 1) * (of(1) / 1000)


def _line(values: np.ndarray) -> Ratio:
    """The line above the values at `POINTS` that is lowest at the first two, where kappa is large."""
    rows = np.column_stack([np.ones(len(POINTS)), POINTS])
    found = linprog(rows[:2].sum(axis=0), A_ub=-rows, b_ub=-values, bounds=[(1e-3, None), (0.0, None)]).x
    first, slope = (ceil(1000 * float(x)) for x in found)
    return Fraction(first + 1, 1000) + Fraction(slope + 1, 1000) * power(1)


def _complete(
    main: RadiiSearch, plan: Plan, balls: Balls, free: bool, rate: Candidate, notes: dict[str, str]
) -> Candidate | None:
    """Solve the program, round it, prove the side parts and fit the balls (multiples of these, if free)."""
    equalities = main.program.refine(main.bounds)
    if equalities is None:
        notes[f"radii, {main.shape}"] = "no solution to leading order as q -> 0"
        return None
    cost = np.zeros(main.program.size)
    cost[main.program.first["excess"]] = 1.0
    solution = main.solve(equalities, cost=cost, floor=FLOOR)
    notes[f"radii, {main.shape}"] = (
        f"excess {float(cost @ solution.z) if solution.z.size else 0:.4f} ({solution.status})"
    )
    for exact in _rounded(main, solution, equalities):
        functions = main.functions(exact)
        radii: Document = {"lyapunov": lyapunov_document(functions), "constant": written(functions["constant"])}
        proofs = {part: main.proof(part, functions) for part in MAIN}
        if not all(holds(main, plan.numbers, functions, part, proof) for part, proof in proofs.items()):
            continue
        fitted = fitting(main, plan, functions["constant"], balls, free)
        sides = {} if fitted is None else _sides(main, plan, functions)
        if fitted is None or isinstance(sides, str):
            notes["radii, last failure"] = "the numbers do not fit" if fitted is None else f"part {sides}"
            return None
        proofs |= sides
        radii |= {**fitted[1], **{f"{part}_proof": proof for part, proof in proofs.items()}}
        return _accepted(main, rate, fitted[0], radii, notes)
    return None


def _rounded(search: PartSearch, solution: Any, equalities: Any) -> Any:
    """Exact coefficients near the solution, simple ones first, that seem to leave all slacks semidefinite."""
    for denominator in DENOMINATORS if solution.z.size else ():
        exact = search.exact(solution, equalities, denominator)
        if exact is not None and search.program.worst(np.array([float(x) for x in exact]))[0] > 0:
            yield exact


def _sides(main: RadiiSearch, plan: Plan, functions: dict[str, Ratio]) -> dict[str, list[Document]] | str:
    """The multipliers of the side parts, or the name of the part without."""
    found = {}
    for part in SIDES:
        tries = (_side(main, plan, functions, part, shape, plain) for shape, plain in SIDE_SHAPES)
        proof = next((proof for proof in tries if proof is not None), None)
        if proof is None:
            return part
        found[part] = proof
    return found


def _side(
    main: RadiiSearch, plan: Plan, functions: dict[str, Ratio], part: str, shape: Shape, plain: bool
) -> list[Document] | None:
    """The multipliers of one side part."""
    side = SideSearch(main.document, shape, part, plan.numbers, functions, plain=plain)
    side.program.thin()
    equalities = side.program.refine({})
    solution = None if equalities is None else side.solve(equalities)
    if solution is not None and solution.margin > SMALLEST:
        for exact in _rounded(side, solution, equalities):
            proof = side.proof(part, side.functions(exact))
            if holds(side, plan.numbers, functions, part, proof):
                return proof
    return None


def _accepted(
    main: RadiiSearch, rate: Candidate, balls: Balls, radii: Document, notes: dict[str, str]
) -> Candidate | None:
    """The claim with its balls, if the kernel accepts the certificate."""
    assert rate.claim is not None
    assert rate.certificate is not None
    near = {"start": written(start)} if (start := (main.claim.problem.balls or {}).get("start")) else {}
    found = {name: written(radius) for name, radius in balls.items()}
    problem = {**rate.claim["class"], "balls": {**found, **near}}
    claim = {**rate.claim, "class": problem}
    certificate = {**rate.certificate, "rule": "lyapunov_in_balls", "claim": wire.digest(claim), "radii": radii}
    result = verdict(claim, certificate)
    if result.word == "PROVED":
        return Candidate(claim, certificate, notes)
    notes["radii, last failure"] = str(result)
    return None

"""`assert_holds`: look for a violation of an assumption, and say what was found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from time import monotonic
from typing import Any

import numpy as np

from proofcheck.errors import InvalidInput
from proofcheck.testing.catalogue import Assumption, assumption_of
from proofcheck.testing.centring import centred, placed
from proofcheck.testing.forms import Form
from proofcheck.testing.function import Function
from proofcheck.testing.point import Points
from proofcheck.testing.probing import ExactView, Probe, RoundedView, exactly
from proofcheck.testing.region import Region
from proofcheck.testing.rounding import EPS, Rounded
from proofcheck.testing.searching import FREE, Search, check_region
from proofcheck.testing.witnesses import Judge, exact_witness

EVALUATIONS, EXACT_EVALUATIONS = 2000, 1000
"""Calls of the function's callables that a search may take, for each form of an assumption; of exact functions."""


@dataclass(frozen=True)
class Violation:
    """An inequality that fails at points.

    Attributes
    ----------
    assumption, form, function : str
        Names.
    points : Points
    left, right : numbers
        left <= right is what the assumption says.
    margin : number
        left - right > 0.
    allowance : float
        What rounding may have done to the margin; 0 in exact numbers.
    constant : str
        Its name; empty where the inequality has none to solve for.
    declared, would_pass : numbers or None
        The constant as declared, and the smallest (mu, f_star from below: largest) one that passes at these points;
        None where none does.
    larger : bool
        Whether larger constants pass.
    exact : bool
        Whether the numbers are exact: then the assumption is refuted. Else OBSERVED.
    """

    assumption: str
    form: str
    function: str
    points: Points
    left: Any
    right: Any
    margin: Any
    allowance: float
    constant: str
    declared: Any
    would_pass: Any
    larger: bool
    exact: bool

    def __str__(self) -> str:
        how = "in exact numbers" if self.exact else f"OBSERVED; rounding explains at most {self.allowance:.2g}"
        lines = [
            f"{self.assumption} ({self.form}) fails for {self.function!r} at {self.points}",
            f"  left = {_number(self.left)} must be <= right = {_number(self.right)}; "
            f"violated by {_number(self.margin)} ({how})",
        ]
        if self.constant and self.would_pass is None:
            lines.append(f"  no {self.constant} would have passed; declared {_number(self.declared)}")
        elif self.constant:
            word, sign = ("smallest", ">=") if self.larger else ("largest", "<=")
            passing = f"{word} {self.constant} that would have passed here: {_number(self.would_pass)}"
            lines.append(f"  {passing} (needs {sign}); declared {_number(self.declared)}")
        return "\n".join(lines)


def _number(number: Any) -> str:
    if isinstance(number, float | np.floating):
        return f"{number:.10g}"
    shown = str(number)
    return shown if len(shown) <= 24 else f"about {float(number):.10g}"


class AssumptionViolated(AssertionError):
    """An assumption fails; the fields of `Violation` are attributes."""

    def __init__(self, violation: Violation) -> None:
        super().__init__(str(violation))
        self.violation = violation

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name == "violation":
            raise AttributeError(name)
        return getattr(self.violation, name)


@dataclass(frozen=True)
class Holds:
    """No violation was found: OBSERVED, never a proof.

    Attributes
    ----------
    assumption, function : str
    tried : int
        Points (or pairs) at which the inequality was evaluated.
    evaluations : int
        Calls of the function's callables.
    ratio : float or None
        The tightest constant seen, relative to the declared one: 1 where the assumption is tight; None where there is
        nothing to compare (f_star, convexity).
    points : Points or None
        Where it was seen.
    seed : int
    status : str
        OBSERVED.
    """

    assumption: str
    function: str
    tried: int
    evaluations: int
    ratio: float | None
    points: Points | None
    seed: int
    status: str = "OBSERVED"


def assert_holds(
    assumption: str | Assumption,
    f: Function,
    region: Region,
    *,
    constants: Mapping[str, Any] | None = None,
    seed: int = 0,
    evaluations: int | None = None,
    seconds: float | None = None,
    allowance: float | None = None,
) -> Holds:
    """Look for a violation of an assumption in a region; raise it if there is one.

    Random pairs at all distances, then the pairs that matrices of differences propose, then random improvement of
    the worst. Exact functions: only a violation in exact numbers counts, at short rationals. Floats: every number
    that a callable returns may be wrong by `allowance` units of eps = 2^-52 times the largest magnitude that this
    callable showed in the region (those of `minimiser`: times L1/mu), and 1 + |x_0|/R_x + |u_0|/R_u times that: far
    from the origin rounding an argument moves it by so much more of the region. These errors are carried through
    the inequality, and a violation counts if they cannot explain it. There is no absolute tolerance.

    Parameters
    ----------
    assumption : str or Assumption
        A name of `ASSUMPTIONS`.
    f : Function
    region : Region
        A6 and nonnegative_value are about all x and may leave its ball of x, not that of u.
    constants : mapping, optional
        In place of those that f declares.
    seed : int
        The same seed gives the same search.
    evaluations : int, optional
        Calls of the callables, for each inequality of the assumption (about: a proposal that has begun is ended);
        by default 2000, for exact functions 1000.
    seconds : float, optional
        A limit of time beside it; the result then depends on the machine.
    allowance : float, optional
        In units of eps; by default 8 (8 + numbers in x and u). For float32 code about 2^29 times as much.

    Returns
    -------
    Holds

    Raises
    ------
    AssumptionViolated
        With the points, both sides, the margin and the constant that would have passed.
    NotSupported, InvalidInput
        Where a callable or constant is missing; where a callable raises or returns what is not finite.

    Examples
    --------
    >>> from fractions import Fraction
    >>> f = Function(
    ...     name="bowl", dimensions=(2, 0), constants={"mu": 1, "L1": 4}, exact=True,
    ...     value=lambda x, u: x[0] ** 2 / 2 + 2 * x[1] ** 2, gradient_x=lambda x, u: (x[0], 4 * x[1]),
    ... )
    >>> region = Region(x=(0, 0), x_radius=2)
    >>> assert_holds("A2", f, region).status
    'OBSERVED'
    >>> try:
    ...     assert_holds("A2", f, region, constants={"L1": 3})
    ... except AssumptionViolated as error:
    ...     print(error.would_pass > 3, error.exact)
    True True
    """
    chosen = assumption_of(assumption)
    check_region(region, f.dimensions, f.name)
    declared = chosen.declared(f, constants)
    evaluations, units = budget(f, evaluations), allowed(f, allowance)
    moved, around = centred(f, region)
    probe = Probe(moved)
    deadline = float("inf") if seconds is None else monotonic() + seconds
    searches = []
    for form in chosen.chosen(f):
        search = Search(form, probe, around, declared, seed, evaluations)
        search.deadline = deadline
        if f.exact:
            search.confirmed = _exact_confirmer(search, declared)
        else:
            search.confirmed = _confirmer(search, declared, units)
        searches.append(search)
        for candidates in search.stages():
            confirm = _exactly if f.exact else _beyond_rounding
            found = confirm(chosen, search, (f, region), declared, candidates, units)
            if found is not None:
                raise AssumptionViolated(found)
            if search.spent > 1:
                break
    held = _held(chosen, f, searches, declared, seed)
    if moved is f or held.points is None:
        return held
    return replace(held, points=placed(held.points, region).map(lambda vector: np.array(vector, dtype=float)))


def budget(f: Function, evaluations: int | None) -> int:
    """The number of evaluations, or the default.

    Raises
    ------
    InvalidInput
    """
    if evaluations is None:
        return EXACT_EVALUATIONS if f.exact else EVALUATIONS
    if not evaluations >= 1:
        raise InvalidInput(f"evaluations={evaluations} must be >= 1")
    return evaluations


def allowed(f: Function, allowance: float | None) -> float:
    """The allowance in units of eps, or the default.

    Raises
    ------
    InvalidInput
    """
    if allowance is None:
        return 8.0 * (8 + sum(f.dimensions))
    if not 0 <= allowance < float("inf"):
        raise InvalidInput(f"allowance={allowance} must be >= 0")
    return float(allowance)


def _confirmer(search: Search, declared: Mapping[str, Any], units: float) -> Callable[[Points], bool]:
    return lambda points: _certain(search, points, declared, units) is not None


def _exact_confirmer(search: Search, declared: Mapping[str, Any]) -> Callable[[Points], bool]:
    view, constants = ExactView(search.probe.f), {name: Fraction(number) for name, number in declared.items()}

    def confirmed(points: Points) -> bool:
        left, right = search.form.compare(search.form.measure(view, points.map(exactly)), constants)
        return bool(left > right)

    return confirmed


def _held(chosen: Assumption, f: Function, searches: list[Search], declared: Mapping[str, Any], seed: int) -> Holds:
    tightest: tuple[float, Points] | None = None
    for search in searches:
        form, best = search.form, search.best
        if best is None or form.solves in ("", "f_star"):
            continue
        constant = float(declared[form.solves])
        top, bottom = (best[0], constant) if form.larger else (constant, -best[0])
        found = top / bottom if bottom else float(top > 0)
        if tightest is None or found > tightest[0]:
            tightest = found, best[1]
    tried, calls = sum(search.tried for search in searches), searches[-1].probe.calls
    if tightest is None:
        return Holds(chosen.name, f.name, tried, calls, None, None, seed)
    return Holds(chosen.name, f.name, tried, calls, *tightest, seed)


def _exactly(
    chosen: Assumption, search: Search, asked: tuple[Function, Region], declared: Mapping[str, Any],
    candidates: list[Points], _: float,
) -> Violation | None:  # fmt: skip
    """The first candidate that, rounded to short rationals, is an exact violation."""
    f, region = asked
    view = ExactView(f)
    judge = Judge(search.form, view, declared, region, search.form.search in FREE)
    for points in candidates:
        found = exact_witness(judge, placed(points, region))
        if found is not None:
            return _violation(chosen, search.form, view, judge.constants, found, None)
    return None


def condition(declared: Mapping[str, Any]) -> float:
    """L1/mu where both are declared; it amplifies what rounding does to minimisers."""
    mu, L1 = float(declared.get("mu", 0)), float(declared.get("L1", 0))
    return max(1.0, L1 / mu) if mu > 0 else 1.0


def _beyond_rounding(
    chosen: Assumption, search: Search, _: tuple[Function, Region], declared: Mapping[str, Any],
    candidates: list[Points], units: float,
) -> Violation | None:  # fmt: skip
    """The first candidate whose margin rounding cannot explain."""
    for points in candidates:
        margin = _certain(search, points, declared, units)
        if margin is not None:
            return _violation(chosen, search.form, search.probe, search.constants, points, margin.error)
    return None


def _certain(search: Search, points: Points, declared: Mapping[str, Any], units: float) -> Rounded | None:
    """Left - right at points, where rounding cannot explain that it is positive."""
    view = RoundedView(search.probe, units, condition(declared), search.reach())
    numbers = points.map(lambda vector: tuple(Rounded(float(entry)) for entry in vector))
    left, right = search.form.compare(search.form.measure(view, numbers), search.constants)
    margin = left - right
    return margin if isinstance(margin, Rounded) and margin.low > 0 else None


def _violation(
    chosen: Assumption, form: Form, view: Any, constants: Mapping[str, Any], points: Points, error: float | None
) -> Violation:
    measured = form.measure(view, points)
    left, right = form.compare(measured, constants)
    needed = form.needed(measured, constants) if form.solves else None
    if needed is not None:
        needed = _passing(form, measured, constants, needed)
    return Violation(
        chosen.name, form.name, view.f.name, points, left, right, left - right, error or 0.0,
        form.solves, constants.get(form.solves), needed, form.larger, error is None,
    )  # fmt: skip


def _passing(form: Form, measured: tuple[Any, ...], constants: Mapping[str, Any], needed: Any) -> Any:
    """The needed constant, moved by as few units as it takes until the sides themselves pass."""
    trial, step = needed, EPS
    while step < 1e-3:
        left, right = form.compare(measured, {**constants, form.solves: trial})
        if left <= right:
            return trial
        change = abs(needed) * type(needed)(step)
        trial = needed + change if form.larger else needed - change
        step *= 2
    return trial

"""`estimate_constants`: bounds of the constants that were attained at points. OBSERVED."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import nextafter
from typing import Any

from proofcheck.errors import InvalidInput
from proofcheck.testing.catalogue import ASSUMPTIONS
from proofcheck.testing.centring import centred, placed
from proofcheck.testing.forms import VALUE_ROOT, Form
from proofcheck.testing.function import Function
from proofcheck.testing.holding import allowed, budget, condition
from proofcheck.testing.point import PARTS, Points
from proofcheck.testing.probing import ExactView, Probe, RoundedView
from proofcheck.testing.region import Region
from proofcheck.testing.rounding import Rounded
from proofcheck.testing.searching import FREE, Search, check_region
from proofcheck.testing.witnesses import DENOMINATORS, Judge

_SOURCES = {"mu": ("A1", 0), "L1": ("A2", 0), "L2": ("A3", 0), "G1": ("A4", 0), "G2": ("A5", 0), "f_star": ("A6", 0)}


@dataclass(frozen=True)
class Estimate:
    """A bound of a constant that was attained.

    Attributes
    ----------
    constant : str
    bound : number
        No valid constant is better: a lower bound, of mu and f_star an upper bound. Floats are rounded to the safe
        side: what rounding may have added is taken off.
    points : Points
        Where it was attained.
    relation : str
        ">=" or "<=": constant, relation, bound is what every valid constant fulfils.
    """

    constant: str
    bound: Any
    points: Points
    relation: str


@dataclass(frozen=True, repr=False)
class Estimates:
    """What `estimate_constants` saw.

    Attributes
    ----------
    function : str
    rows : tuple of Estimate
    missing : dict
        Why there is no bound for a constant.
    exact : bool
        Whether the bounds are attained in exact numbers.
    evaluations : int
    status : str
        OBSERVED: sampling bounds a constant from one side.
    """

    function: str
    rows: tuple[Estimate, ...]
    missing: dict[str, str]
    exact: bool
    evaluations: int
    status: str = "OBSERVED"

    def __getitem__(self, constant: str) -> Estimate:
        """The row of a constant.

        Raises
        ------
        InvalidInput
        """
        for row in self.rows:
            if row.constant == constant:
                return row
        raise InvalidInput(f"constant={constant!r}: {self.missing.get(constant, 'is not estimated')}")

    @property
    def bounds(self) -> dict[str, Any]:
        """Constant -> bound."""
        return {row.constant: row.bound for row in self.rows}

    def table(self) -> str:
        """One line for each constant."""
        lines = [f"constants of {self.function}, OBSERVED at points (no proof)"]
        lines += [
            f"{row.constant:<7}{row.relation} {float(row.bound):<14.8g} attained at {row.points}" for row in self.rows
        ]
        return "\n".join(lines + [f"{name:<7}no bound: {why}" for name, why in self.missing.items()])

    def __repr__(self) -> str:
        found = ", ".join(f"{row.constant} {row.relation} {float(row.bound):.6g}" for row in self.rows)
        return f"<Estimates of {self.function!r}, OBSERVED: {found}>"


def estimate_constants(
    f: Function, region: Region, *, seed: int = 0, evaluations: int | None = None, allowance: float | None = None
) -> Estimates:
    """Bounds of the constants that were attained in a region, with the points. OBSERVED.

    Where h is not given, G1 comes from the value root (Assumptions 3 and 4 together), with the declared L2 and
    f_star.

    Parameters
    ----------
    f : Function
        Its declared constants are not used, except where said above.
    region : Region
    seed, evaluations, allowance
        As in `assert_holds`.

    Raises
    ------
    InvalidInput

    Examples
    --------
    >>> f = Function(name="bowl", dimensions=(2, 0), constants={}, exact=True,
    ...              value=lambda x, u: x[0] ** 2 / 2 + 2 * x[1] ** 2, gradient_x=lambda x, u: (x[0], 4 * x[1]))
    >>> found = estimate_constants(f, Region(x=(1, 0), x_radius=3))
    >>> found["L1"].bound <= 4, float(found["L1"].bound) > 3.99, float(found["mu"].bound) < 1.01
    (True, True, True)
    >>> found
    <Estimates of 'bowl', OBSERVED: mu <= 1, L1 >= 4, f_star <= 0>
    """
    check_region(region, f.dimensions, f.name)
    moved, around = centred(f, region)
    probe = Probe(moved)
    evaluations, units = budget(f, evaluations), allowed(f, allowance)
    rows: list[Estimate] = []
    missing: dict[str, str] = {}
    for name in _SOURCES:
        form = _form(f, name)
        if isinstance(form, str):
            missing[name] = form
            continue
        search = Search(form, probe, around, _nominal(f, form), seed, evaluations)
        candidates = [points for stage in search.stages() for points in stage]
        best = _attained(form, search, (f, region), candidates, units)
        if best is None:
            missing[name] = "no pair was told apart from rounding"
        else:
            rows.append(Estimate(name, best[0], best[1], ">=" if form.larger else "<="))
    return Estimates(f.name, tuple(rows), missing, f.exact, probe.calls)


def _form(f: Function, name: str) -> Form | str:
    """The form that bounds a constant, or why there is none."""
    assumption, index = _SOURCES[name]
    group = ASSUMPTIONS[assumption].forms[index]
    for form in group:
        in_u = "v" in PARTS[form.about]
        if in_u and not f.dimensions[1]:
            return "the function has no u"
        if all(getattr(f, what) is not None for what in form.callables):
            return form
    if name == "G1" and f.dimensions[1] and {"L2", "f_star"} <= set(f.constants):
        return VALUE_ROOT
    return f"needs {' and '.join(group[0].callables)}"


def _nominal(f: Function, form: Form) -> dict[str, Any]:
    """The declared constants that a form uses beside the one it is solved for."""
    return {name: f.constants[name] for name in form.constants if name != form.solves}


def _attained(
    form: Form, search: Search, asked: tuple[Function, Region], candidates: list[Points], units: float
) -> tuple[Any, Points] | None:
    """The best bound among candidates, on the safe side of rounding."""
    (f, region), sign = asked, 1 if form.larger else -1
    found: list[tuple[Any, Points]] = []
    if f.exact:
        judge = Judge(form, ExactView(f), _nominal(f, form), region, form.search in FREE)
        for points in candidates:
            short = judge.rounded(placed(points, region), DENOMINATORS[5])
            if judge.inside(short):
                needed = form.needed(form.measure(judge.view, short), judge.constants)
                if needed is not None:
                    found.append((_safe(needed, form), short))
    else:
        view = RoundedView(search.probe, units, condition(f.constants), search.reach())
        for points in candidates:
            numbers = points.map(lambda vector: tuple(Rounded(float(entry)) for entry in vector))
            needed = form.needed(form.measure(view, numbers), search.constants)
            if isinstance(needed, Rounded) and needed.error < float("inf"):
                safe = needed.low if form.larger else needed.high
                found.append((nextafter(safe, -sign * float("inf")), points))
    return max(found, key=lambda entry: sign * entry[0], default=None)


def _safe(needed: Fraction, form: Form) -> Fraction:
    """Roots were rounded up: a bound from below gives way by more than that."""
    rooted = form.solves in ("G1", "G2") and needed.denominator.bit_length() > 120
    return needed * (1 - Fraction(1, 2**100)) if rooted else needed

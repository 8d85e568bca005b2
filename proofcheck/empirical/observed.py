"""Constants seen along a run, with witnesses, beside the formulas and the sharp bounds. OBSERVED."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import inf, isfinite, isnan, nan

from torch import Tensor

from proofcheck.empirical.additive import AdditiveModels
from proofcheck.empirical.constants import NAMES, formula, sharp
from proofcheck.empirical.devices import generator, one_thread, positive
from proofcheck.empirical.norms import norms_of
from proofcheck.empirical.points import (
    Models,
    Point,
    gradient_quotient,
    random_in_ball,
    shifted,
    single,
    trajectory,
)
from proofcheck.empirical.spectrum import hessian_u, hessian_x, jacobian_norm
from proofcheck.empirical.tunings import Tuning
from proofcheck.errors import InvalidInput

SLACK = 1e-9
COLUMNS = ("status", "constant", "formula", "sharp", "observed", "witness", "ordered")


@dataclass(frozen=True)
class ConstantRow:
    """One constant three times.

    Attributes
    ----------
    name : str
        mu, L1, L2, G1, G2, or "Hessian in u", which no assumption bounds (NaN for formula and sharp).
    formula, sharp, observed : float
        The formula is NaN where the lemma is not proved for the radii.
    witness : str
        The step of the run, or the pair of points, that attains the observed value.
    """

    name: str
    formula: float
    sharp: float
    observed: float
    witness: str

    @property
    def ordered(self) -> bool:
        """Whether observed <= sharp <= formula, for mu the other way round."""
        values = [value for value in (self.observed, self.sharp, self.formula) if not isnan(value)]
        values = values[::-1] if self.name == "mu" else values
        return all(low <= high + SLACK * abs(high) for low, high in pairwise(values))


@dataclass(frozen=True)
class ConstantsTable:
    """Formula, sharp and observed constants of one instance in balls around its start.

    Attributes
    ----------
    rows : tuple of ConstantRow
    Rx, Ru : float
        Radii of the balls.
    reach_x, reach_u : float
        The largest distances of the run from the start.
    inside, points : int
        How many of the points looked at are in the balls; the others do not count.
    """

    rows: tuple[ConstantRow, ...]
    Rx: float
    Ru: float
    reach_x: float
    reach_u: float
    inside: int
    points: int


def constants_table(
    models: Models,
    tuning: Tuning,
    steps: int = 50,
    *,
    every: int = 10,
    Rx: float | None = None,
    Ru: float | None = None,
    samples: int = 8,
    seed: int = 0,
) -> ConstantsTable:
    """Measure the constants of one instance along a run and set them beside the bounds.

    Parameters
    ----------
    models : AdditiveModels or Networks
        One instance.
    tuning : Tuning
        Of that instance.
    steps, every : int
        The run, and which of its points are looked at.
    Rx, Ru : float, optional
        Radii. Where left out: infinite for additive models; for networks the Ru of Lemma 14, and as Rx that of the
        lemma or twice the distance from x_0 to the minimiser of f(., u_0), if that is larger.
    samples : int
        Random points of the ball in u with which each point of the run is paired.
    seed : int

    Raises
    ------
    InvalidInput
    """
    single(models, models.start)
    for name, value in (("steps", steps), ("every", every), ("samples", samples)):
        positive(name, value, 10**5)
    if tuning.eta.shape != (1,):
        raise InvalidInput(f"tuning {tuning.label!r} has {len(tuning.eta)} entries and must have 1")
    (norms,) = norms_of(models)
    printed = formula(norms)
    if Rx is None:
        Rx = printed.Rx if isinstance(models, AdditiveModels) else max(printed.Rx, 2 * norms.distance)
    Ru = printed.Ru if Ru is None else Ru
    if not isinstance(models, AdditiveModels) and not (isfinite(Rx) and isfinite(Ru)):
        raise InvalidInput(f"Rx={Rx}, Ru={Ru} must be finite")
    printed = formula(norms, Rx, Ru)
    if Ru > printed.limit:
        printed = replace(printed, mu=nan, L1=nan, G1=nan, G2=nan)
    bounds = printed, sharp(norms, Rx, Ru)
    seen: dict[str, tuple[float, str]] = {"mu": (inf, "")}
    with one_thread():
        points = list(trajectory(models, tuning, steps, every))
        reach = [[float(value[0]) ** 0.5 for value in _moved(models, point)] for _, point in points]
        near = [entry for entry, (x, u) in zip(points, reach, strict=True) if x <= Rx and u <= Ru]
        for k, point in near:
            _local(models, k, point, Ru, seen)
        _quotients(models, near, min(Ru, max(1.0, *(u for _, u in reach))), samples, seed, seen)
    seen["L2"] = 1.0, "g is a quadratic"
    rows = []
    for name in (*NAMES, "Hessian in u"):
        first, second = (getattr(bound, name, nan) for bound in bounds)
        rows.append(ConstantRow(name, first, second, *seen[name]))
    reach_x, reach_u = (max(column) for column in zip(*reach, strict=True))
    return ConstantsTable(tuple(rows), Rx, Ru, reach_x, reach_u, len(near), len(points))


def _moved(models: Models, point: Point) -> tuple[Tensor, Tensor]:
    return models.measure(tuple(a - b for a, b in zip(point, models.start, strict=True)))


def _better(seen: dict[str, tuple[float, str]], name: str, value: float, witness: str) -> None:
    best = seen.get(name)
    if best is None or (value < best[0] if name == "mu" else value > best[0]):
        seen[name] = value, witness


def _local(models: Models, k: int, point: Point, radius: float, seen: dict[str, tuple[float, str]]) -> None:
    """Spectra at one point, and the quotient of grad_1 f along the change of u that h feels most."""
    low, high = hessian_x(models, point)
    norm, change = jacobian_norm(models, point)
    for name, value in (("mu", low), ("L1", high), ("G1", norm), ("Hessian in u", hessian_u(models, point))):
        _better(seen, name, value, f"k={k}")
    for sign in (1, -1):  # so near that the quotient is a directional derivative
        nearby = shifted(models, point, change, sign * 1e-6)
        if float(_moved(models, nearby)[1][0]) <= radius**2:
            witness = f"k={k}, top singular direction of J"
            _better(seen, "G2", gradient_quotient(models, point, nearby), witness)


def _quotients(
    models: Models,
    near: Sequence[tuple[int, Point]],
    radius: float,
    samples: int,
    seed: int,
    seen: dict[str, tuple[float, str]],
) -> None:
    """Quotients of grad_1 f between points of the run, and between them and random points of the ball."""
    source = generator(seed)
    others = [(f"random point {i}", random_in_ball(models, radius, source)) for i in range(1, samples + 1)] + [
        (f"k={k}", point) for k, point in near
    ]
    for k, point in near:
        for label, other in others:
            _better(seen, "G2", gradient_quotient(models, point, other), f"k={k} and {label}")


def table(found: ConstantsTable) -> bytes:
    """The rows as CSV, each labelled OBSERVED."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in found.rows:
        numbers = ("" if isnan(value) else repr(value) for value in (row.formula, row.sharp, row.observed))
        writer.writerow(["OBSERVED", row.name, *numbers, row.witness, row.ordered])
    return stream.getvalue().encode()


def lines(found: ConstantsTable) -> list[str]:
    """A table for a reader."""
    shown = [f"{'constant':<14}{'formula':>11}{'sharp':>11}{'observed':>11}  witness"]
    for row in found.rows:
        numbers = "".join(f"{'-' if isnan(v) else f'{v:.4g}':>11}" for v in (row.formula, row.sharp, row.observed))
        shown.append(f"{row.name:<14}{numbers}  {row.witness}")
    shown.append(f"balls: R_x = {found.Rx:.4g}, R_u = {found.Ru:.4g}; points inside: {found.inside} of {found.points}")
    shown.append(f"the run goes {found.reach_x:.4g} in x and {found.reach_u:.4g} in u away from the start")
    return shown

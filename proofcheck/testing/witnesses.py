"""Exact witnesses: short rationals inside the region that violate an inequality in exact numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from proofcheck.testing.forms import Form
from proofcheck.testing.point import Points, minus, square
from proofcheck.testing.probing import ExactView
from proofcheck.testing.region import Region

DENOMINATORS = (1, 2, 4, 10, 100, 1000, 10**4, 10**6, 10**9)
"""Tried in this order."""


class Judge:
    """Decides in exact numbers whether points are in the region and violate the form."""

    def __init__(self, form: Form, view: ExactView, constants: Mapping[str, Any], region: Region, free: bool) -> None:
        self.form, self.view, self.free = form, view, free
        self.constants = {name: Fraction(number) for name, number in constants.items()}
        self.centres = {"x": tuple(map(Fraction, region.x)), "u": tuple(map(Fraction, region.u))}
        self.radii = {"x": Fraction(region.x_radius), "u": Fraction(region.u_radius)}

    def _key(self, name: str) -> str:
        return {"y": "x", "v": "u"}.get(name, name)

    def inside(self, points: Points) -> bool:
        """Whether every vector is in its ball; outputs are anywhere."""
        for name, vector in points.items():
            key = self._key(name)
            if key not in self.centres or (self.free and key == "x"):
                continue
            if square(minus(vector, self.centres[key])) > self.radii[key] ** 2:
                return False
        return True

    def excess(self, points: Points) -> Fraction | None:
        """How far the needed constant is beyond the declared one; None where nothing is violated."""
        if not self.inside(points):
            return None
        measured = self.form.measure(self.view, points)
        left, right = self.form.compare(measured, self.constants)
        if not left > right:
            return None
        needed = self.form.needed(measured, self.constants)
        if needed is None:
            return Fraction(1)
        return Fraction(abs(needed - self.constants.get(self.form.solves, 0)))

    def rounded(self, points: Points, denominator: int) -> Points:
        """Points with that denominator relative to the centre, rounded towards it."""
        found = {}
        for name, vector in points.items():
            key = self._key(name)
            centre = self.centres.get(key, (Fraction(0),) * len(vector))
            scale = denominator / _magnitude(self.radii.get(key) or _spread(points))
            found[name] = tuple(
                c + int((Fraction(entry) - c) * scale) / scale for c, entry in zip(centre, vector, strict=True)
            )
        return Points(**found)


def _spread(points: Points) -> Fraction:
    """The size of outputs: how far apart two are, or how far from 0; 1 where that is 0."""
    vector = points.s if points.t is None else minus(tuple(points.t), tuple(points.s))
    return max((abs(Fraction(entry)) for entry in vector), default=Fraction(0)) or Fraction(1)


def _magnitude(radius: Fraction) -> Fraction:
    """The power of ten that is next below a radius of less than 1; else 1."""
    found = Fraction(1)
    while radius < found:
        found /= 10
    return found


def exact_witness(judge: Judge, points: Points) -> Points | None:
    """Short exact points near the given ones that violate the form; None where there are none.

    Of the rounded points the first is taken whose excess is at least half of that of the finest, and simplified as
    long as it is.
    """
    finest = judge.rounded(points, DENOMINATORS[-1])
    target = judge.excess(finest)
    if target is None:
        return None
    for denominator in DENOMINATORS:
        trial = judge.rounded(points, denominator)
        found = judge.excess(trial)
        if found is not None and 2 * found >= target:
            return _simplified(judge, trial, target / 2)
    return finest


def _simplified(judge: Judge, points: Points, least: Fraction) -> Points:
    for name, vector in points.items():
        for index in range(len(vector)):
            for entry in _simpler(points, name, index):
                changed = list(getattr(points, name))
                changed[index] = entry
                trial = replace(points, **{name: tuple(changed)})
                found = judge.excess(trial)
                if found is not None and found >= least:
                    points = trial
                    break
    return points


def _simpler(points: Points, name: str, index: int) -> Iterator[Fraction]:
    """Simpler numbers for an entry, the simplest first: 0, that of the other point, an integer, one decimal."""
    entry = getattr(points, name)[index]
    partner = {"y": "x", "v": "u", "t": "s"}.get(name)
    trials = [Fraction(0)]
    if partner is not None and getattr(points, partner) is not None:
        trials.append(getattr(points, partner)[index])
    trials += [Fraction(round(entry)), Fraction(round(entry * 10), 10), Fraction(round(entry * 100), 100)]
    for trial in trials:
        if trial == entry:
            return
        if _length(trial) <= _length(entry):
            yield trial


def _length(number: Fraction) -> int:
    return len(str(number))

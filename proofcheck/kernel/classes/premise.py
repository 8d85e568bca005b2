"""One named premise: an inequality that a claim itself states, and nothing here proves.

f: R^d -> R is differentiable and has a minimiser x*, with any d >= 1 and f* = f(x*). A premise says: for all points
i (and j) of R^d

    sum_p c_p (f(p) - f*) + sum c <a, b> >= 0,    a, b among x_i, g_i, x_j, g_j,

where x_i is the position minus x* and g_i the gradient. On f = c/2 |x|^2 this is a quadratic form in x_i (and x_j),
so the kernel decides which quadratics are in the class: one of them is given, `member`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from fractions import Fraction

from ..forms import Form, Vector, combine, inner, square
from ..outcome import Rejected, require
from ..positivity import semidefinite_defect
from ..run import Run

Ends = dict[str, tuple[Form, dict[str, Vector]]]


@dataclass(frozen=True)
class Premise:
    """One premise; an inequality that the rule `combine` may use."""

    name: str
    points: tuple[str, ...]
    values: dict[str, Fraction]
    gram: dict[tuple[str, str], Fraction]
    source: str

    def form(self, ends: Ends) -> Form:
        """The form where point p has the value and the vectors x_p, g_p in ends[p]."""
        vectors = {f"{letter}_{p}": vector for p, (_, pair) in ends.items() for letter, vector in pair.items()}
        parts = [(c, ends[p][0]) for p, c in self.values.items()]
        return combine([*parts, *((c, inner(vectors[a], vectors[b])) for (a, b), c in self.gram.items())])

    def __call__(self, p: dict[str, Fraction], run: Run, at: list[str]) -> Form:
        """The inequality between points of a run."""
        fits = len(at) == len(self.points)
        require(fits, Rejected, f"{self.name} is about {len(self.points)} points, got {len(at)}")
        points = dict(zip(self.points, map(run.point, at), strict=True))
        star = run.x_at("x*")
        return self.form({p: (end.value, {"x": end.x - star, "g": end.gradient}) for p, end in points.items()})

    def defect(self, curvature: Fraction) -> str | None:
        """None if it holds on curvature |x|^2 / 2, at all points, else one line saying why not."""
        places = {p: Vector("x", {p: Fraction(1)}) for p in self.points}
        half = curvature / 2
        form = self.form({p: (half * square(x), {"x": x, "g": curvature * x}) for p, x in places.items()})
        return semidefinite_defect(form.matrix("x")[1])

    def words(self) -> list[str]:
        """The premise, for a reader."""
        terms = [(c, f"(f({p}) - f*)") for p, c in self.values.items()]
        terms += [(c, f"|{a}|^2" if a == b else f"<{a}, {b}>") for (a, b), c in self.gram.items()]
        shown = " ".join(f"{'-' if c < 0 else '+'} {abs(c)} {name}" for c, name in terms) or "0"
        every = "all points i and j" if len(self.points) == 2 else "every point i"
        return [
            f"{self.name}, for {every}: {shown.removeprefix('+ ')} >= 0",
            f"  (source: {json.dumps(self.source)}; a premise: not discharged by the kernel)",
        ]


def misfit(premises: list[Premise], curvature: Fraction) -> str | None:
    """None if curvature |x|^2 / 2 has a minimiser and satisfies every premise, else why not."""
    if curvature < 0:
        return "is negative: there is no minimiser"
    for premise in premises:
        defect = premise.defect(curvature)
        if defect is not None:
            return f"breaks the premise {premise.name}: {defect}"
    return None

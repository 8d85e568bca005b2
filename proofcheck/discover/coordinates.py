"""Coordinates in which the semidefinite programs are well conditioned for large kappa.

In the kernel's own basis a certificate for kappa = 10^6 mixes numbers from 1e-6 to 1e6. Three exact
changes of basis and a diagonal scaling bring the slack matrices to order one:

- a generic run starts at x_{k-1}, x_{k-2}; these are replaced by x_k and x_k - x_{k-1}, the vectors that V
  is made of (and likewise in u);
- roots of values at one x and several u differ little: all but one are replaced by differences,
  scaled by the loss 1 - rho;
- positions are measured in sqrt(1/mu), gradients in sqrt(L1), steps in u by the length that momentum
  accumulates. Where a class is given by named premises and the method has no momentum, gradients are measured in
  L1/sqrt(mu), the largest that they may be at such a distance: nothing else bounds them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction

from proofcheck.discover.curvatures import curvatures, momentum
from proofcheck.kernel.claim import Claim
from proofcheck.kernel.forms import SPACES, Form, Vector, combine, inner
from proofcheck.kernel.run import Run
from proofcheck.numbers import significant


@dataclass(frozen=True)
class Coordinates:
    """An exact change of basis and a length for every basis vector."""

    mu: float
    L1: float
    eta: float
    accumulation: float
    loss: Fraction
    decay: float = 1.0
    replace: dict[tuple[str, str], Vector] = field(default_factory=dict)
    steep: bool = False

    @classmethod
    def of(
        cls,
        claim: Claim,
        loss: float,
        run: Run,
        forms: Iterable[Form],
        centre: Vector | None = None,
        decay: float = 1.0,
        iterates: bool = False,
    ) -> Coordinates:
        """Coordinates for forms of one run of the claim's method at about this loss 1 - rho.

        With a `centre` (a minimiser), positions are measured from it instead of from the kernel's origin.
        With `iterates`, gradients are expressed through the iterates they lead to. With a `decay`, what
        belongs to step i is measured in units decay^i smaller.
        """
        found, c = curvatures(claim), claim.method.coefficients
        mu, big = float(found.mu), float(found.L1)
        accumulation = (big / mu) ** 0.5 if momentum(claim)[0] > 0 else 1.0
        step = significant(loss, 3)
        replace = _recentre(run, centre or Vector("x", {}))
        if iterates:
            replace |= _through_iterates(run)
        roots = {name for form in forms for name in form.values}
        roots.update(name for form in forms for pair in form.gram["r"] for name in pair)
        same_x: dict[str, list[str]] = {}
        for name in sorted(roots, key=lambda name: ("@u[" not in name, name)):
            same_x.setdefault(name.partition("@")[0], []).append(name)
        for reference, *others in same_x.values():  # the iterate itself, if it is there
            for name in others:
                replace["r", name] = Vector("r", {reference: Fraction(1), f"d {name}": step})
        return cls(mu, big, float(c["eta"]), accumulation, step, decay, replace, claim.problem.assumed > 0)

    def length(self, name: str, space: str) -> float:
        """The typical size of a basis vector when function values are of order one."""
        if self.decay != 1.0:
            step = max((int(number) for number in re.findall(r"\[(\d+)\]", name)), default=0)
            return self._length(name, space) * self.decay**step
        return self._length(name, space)

    def _length(self, name: str, space: str) -> float:
        if space == "r":
            return 1.0
        if space == "u":
            return 1.0 if name.startswith("w[") else self.eta * self.accumulation
        if name.startswith("g("):
            if self.steep and self.accumulation == 1:
                return float(self.L1 * self.mu**-0.5)
            return float(self.L1**0.5 if self.accumulation > 1 else self.mu**0.5)
        return float(self.mu**-0.5 if name.startswith("x[") else self.L1**-0.5)

    def change(self, form: Form) -> Form:
        """The form in the new basis, values moved to the line of roots (F = R^2)."""
        gram = {space: dict(form.gram[space]) for space in SPACES}
        for name, value in form.values.items():
            gram["r"][name, name] = gram["r"].get((name, name), Fraction(0)) + value
        parts = []
        for space in SPACES:
            for (a, b), value in list(gram[space].items()):
                if (space, a) in self.replace or (space, b) in self.replace:
                    del gram[space][a, b]
                    left = self.replace.get((space, a)) or Vector(space, {a: Fraction(1)})
                    right = self.replace.get((space, b)) or Vector(space, {b: Fraction(1)})
                    parts.append((value, inner(left, right)))
        return combine([(Fraction(1), Form({}, gram)), *parts])


def _recentre(run: Run, centre: Vector) -> dict[tuple[str, str], Vector]:
    """Express the start of a generic run through "x[k]" and "dx" = x_k - x_{k-1}; "du" likewise."""
    if not run.generic:
        return {}
    found: dict[tuple[str, str], Vector] = {}
    rest = dict(run.x["x[k]"].terms)
    first, second = rest.pop("x[k-1]", Fraction(0)), rest.pop("x[k-2]", Fraction(0))
    here, others = Vector("x", {"x[k]": Fraction(1)}) + centre, Vector("x", rest)
    if second:
        found["x", "x[k-1]"] = here - Vector("x", {"dx": Fraction(1)})
        found["x", "x[k-2]"] = (1 / second) * (here - others - first * found["x", "x[k-1]"])
    else:
        found["x", "x[k-1]"] = (1 / first) * (here - others)
    rest = dict(run.u["u[k]"].terms)
    second = rest.pop("u[k-2]", Fraction(0))
    if second:
        found["u", "u[k-2]"] = (1 / second) * (Vector("u", {"du": Fraction(1)}) - Vector("u", rest))
    return found


def _through_iterates(run: Run) -> dict[tuple[str, str], Vector]:
    """Express each gradient of a run from rest through the iterate that its step leads to."""
    found: dict[tuple[str, str], Vector] = {}
    for label, position in run.x.items():
        new = {name: value for name, value in position.terms.items() if name.startswith("g(")}
        new = {name: value for name, value in new.items() if ("x", name) not in found}
        if label.startswith("x[") and len(new) == 1:
            ((name, value),) = new.items()
            rest = Vector("x", {label: Fraction(1)})
            for other, factor in position.terms.items():
                if other != name:
                    rest = rest - factor * found.get(("x", other), Vector("x", {other: Fraction(1)}))
            found["x", name] = (1 / value) * rest
    return found

"""Powers of q as natural lengths, and exact changes of basis, for the parametric search."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from proofcheck.discover.functions import order, power
from proofcheck.kernel.claim import Claim
from proofcheck.kernel.forms import SPACES, Form, Vector, combine, inner
from proofcheck.kernel.parameter.ratio import Ratio, of
from proofcheck.kernel.run import Run
from proofcheck.kernel.statements import LinearRate


@dataclass(frozen=True)
class Scales:
    """Orders of magnitude as q -> 0, for function values of order one.

    Attributes
    ----------
    loss : int
        1 - rate is of the order q^loss.
    memory : int
        Momentum accumulates steps over q^-memory iterations.
    far : bool
        A start from rest is at a distance of the order 1/q, as for an initial value of order one.
    """

    loss: int
    memory: int
    far: bool

    @classmethod
    def of(cls, claim: Claim, *, far: bool) -> Scales:
        """The scales of a linear rate."""
        assert isinstance(claim.statement, LinearRate)
        left = of(1) - claim.method.coefficients.get("beta", Fraction(0))
        return cls(max(order(of(1) - claim.statement.rate), 0), max(order(left), 0), far)

    def exponent(self, name: str, space: str) -> int:
        """The typical size of a basis vector is q^-exponent."""
        if space == "r":
            return 0
        if space == "u":
            return 0 if name.startswith("w[") else self.memory
        if name == "x[0]":
            return int(self.far)
        return 1 if name.startswith("x[") else self.memory - 1


def changed(form: Form, replace: Mapping[tuple[str, str], Vector]) -> Form:
    """The form in the new basis, values moved to the line of roots (F = R^2)."""
    gram = {space: dict(form.gram[space]) for space in SPACES}
    for name, value in form.values.items():
        gram["r"][name, name] = gram["r"].get((name, name), Fraction(0)) + value
    kept: dict[str, dict[tuple[str, str], Fraction]] = {space: {} for space in SPACES}
    parts = []
    for space in SPACES:
        for (a, b), value in gram[space].items():
            if (space, a) not in replace and (space, b) not in replace:
                kept[space][a, b] = value
                continue
            left = replace.get((space, a)) or Vector(space, {a: Fraction(1)})
            right = replace.get((space, b)) or Vector(space, {b: Fraction(1)})
            parts.append((value, inner(left, right)))
    return combine([(Fraction(1), Form({}, kept)), *parts])


def basis(scales: Scales, run: Run, forms: Iterable[Form], centre: Vector) -> dict[tuple[str, str], Vector]:
    """New vectors: x_k and x_k - x_{k-1}, and differences of roots at one x, in units q^loss."""
    replace = recentred(run, centre)
    roots = {name for form in forms for name in form.values}
    roots.update(name for form in forms for pair in form.gram["r"] for name in pair)
    same_x: dict[str, list[str]] = {}
    for name in sorted(roots, key=lambda name: ("@u[" not in name, name)):
        same_x.setdefault(name.partition("@")[0], []).append(name)
    for reference, *others in same_x.values():
        for name in others:
            replace["r", name] = Vector("r", {reference: Fraction(1), f"d {name}": power(scales.loss)})  # type: ignore[dict-item]
    return replace


def recentred(run: Run, centre: Vector) -> dict[tuple[str, str], Vector]:
    """Express the start of a generic run through "x[k]" = x_k - centre and "dx" = x_k - x_{k-1}; "du" likewise.

    The inverses may have a pole where momentum vanishes (q = 1); no form of the search keeps it.
    """
    if not run.generic:
        return {}
    found: dict[tuple[str, str], Vector] = {}
    rest = dict(run.x["x[k]"].terms)
    first, second = rest.pop("x[k-1]"), rest.pop("x[k-2]", None)
    here, others = Vector("x", {"x[k]": Fraction(1)}) + centre, Vector("x", rest)
    if second:
        found["x", "x[k-1]"] = here - Vector("x", {"dx": Fraction(1)})
        found["x", "x[k-2]"] = _inverse(second) * (here - others - first * found["x", "x[k-1]"])
    else:
        found["x", "x[k-1]"] = _inverse(first) * (here - others)
    rest = dict(run.u["u[k]"].terms)
    second = rest.pop("u[k-2]", None)
    if second:
        found["u", "u[k-2]"] = _inverse(second) * (Vector("u", {"du": Fraction(1)}) - Vector("u", rest))
    return found


def _inverse(value: Fraction) -> Fraction:
    function = of(value)
    return Ratio(function.denominator, function.numerator)  # type: ignore[return-value]


def natural(form: Form, exponents: Mapping[tuple[str, str], int], weight: int) -> int:
    """The power of q that brings a form to order one."""
    return max(
        weight + exponents[space, a] + exponents[space, b] - order(of(value))
        for space in SPACES
        for (a, b), value in form.gram[space].items()
    )

"""The run of a method on an unknown function, as exact vectors and labelled points.

A `Run` executes the textbook recursion of a method on basis vectors. Positions get labels: "x[k]",
"y[k]" (where the gradient is taken), and for a partial class also "u[k]", "v[k]", the minimiser
"x*[v[k]]" of f(., v[k]), and points "x[k]@u[k]". Two labels for one position name one point.

The origin is the minimiser at the first query; the classes are invariant under translation.
Units: u is measured in G1 sqrt(2 L2), so that the gradient in u is the vector w with |w|^2 <= F.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from .forms import ZERO, Form, Vector, value
from .methods import Method
from .outcome import Rejected, require

ONE = Fraction(1)


@dataclass(frozen=True)
class Point:
    """A position with what the class inequalities may say about it."""

    x: Vector
    u: Vector
    value: Form
    root: Vector
    gradient: Vector


class Run:
    """Steps `first`..`last - 1` of `method`, from rest (x[-1] = x[0]) or from an arbitrary state.

    A generic run names its steps relative to k: first = -1 is "k-1". `moving` is False where f does not
    depend on u (G1 = 0): then all u are one position and w = 0.
    """

    def __init__(
        self, method: Method, partial: bool, first: int, last: int, generic: bool, moving: bool = True
    ) -> None:
        self.partial = partial
        self.generic = generic
        self.x: dict[str, Vector] = {}
        self.u: dict[str, Vector] = {}
        self.w: dict[str, Vector] = {}
        self._points: dict[tuple[frozenset[tuple[str, Fraction]], ...], Point] = {}
        start = self.step(first)
        x = Vector("x", {f"x[{start}]": ONE})
        u = Vector("u", {})
        x_before, u_before = x, u
        if generic:
            before = self.step(first - 1)
            x_before = Vector("x", {f"x[{before}]": ONE})
            u_before = Vector("u", {f"u[{before}]": ONE} if partial and moving else {})
            self.x[f"x[{before}]"] = x_before
        self.x[f"x[{start}]"], self.u[f"u[{start}]"] = x, u
        origin = method.query(u, u_before)
        self._origin = origin.key
        for index in range(first, last):
            here, after = self.step(index), self.step(index + 1)
            y, v = method.query(x, x_before), method.query(u, u_before)
            self.x[f"y[{here}]"], self.u[f"v[{here}]"] = y, v
            self.w[here] = Vector("u", {f"w[{here}]": ONE} if partial and moving else {})
            gradient = self._at(y, v, self.query_label(index)).gradient
            x, x_before = method.advance(x, x_before, y, gradient), x
            u, u_before = method.advance(u, u_before, v, self.w[here]), u
            self.x[f"x[{after}]"], self.u[f"u[{after}]"] = x, u
        for label, position in list(self.u.items()) if partial else []:
            self.x[f"x*[{label}]"] = self._minimiser(position)
        if not partial:
            self.x["x*"] = Vector("x", {})

    def step(self, index: int) -> str:
        """The name of an index: "3" from rest, "k-1" in a generic run."""
        if not self.generic:
            return str(index)
        return "k" if index == 0 else f"k{index:+d}"

    def label(self, index: int) -> str:
        """The label of a position: point("x[k]@u[k]") on a partial class, point("x[k]") else."""
        name = self.step(index)
        return f"x[{name}]@u[{name}]" if self.partial else f"x[{name}]"

    def query_label(self, index: int) -> str:
        """The label of the point where step `index` takes its gradient."""
        name = self.step(index)
        return f"y[{name}]@v[{name}]" if self.partial else f"y[{name}]"

    def minimiser_label(self, index: int) -> str:
        """The label of the minimiser at the u of the query of step `index`."""
        return f"x*[v[{self.step(index)}]]" if self.partial else "x*"

    def x_at(self, label: str) -> Vector:
        """The position in x with this label."""
        require(label in self.x, Rejected, f"there is no x-position {label!r} in this run")
        return self.x[label]

    def u_at(self, label: str) -> Vector:
        """The position in u with this label."""
        require(label in self.u, Rejected, f"there is no u-position {label!r} in this run")
        return self.u[label]

    def w_at(self, label: str) -> Vector:
        """The scaled gradient in u taken at the step with this label."""
        require(label in self.w, Rejected, f"there is no step {label!r} in this run")
        return self.w[label]

    def point(self, label: str) -> Point:
        """The point with this label, "x-position@u-position" on a partial class."""
        if not self.partial:
            return self._at(self.x_at(label), Vector("u", {}), label)
        x_label, _, u_label = label.partition("@")
        return self._at(self.x_at(x_label), self.u_at(u_label), label)

    def _at(self, x: Vector, u: Vector, label: str) -> Point:
        position = (x.key, u.key)
        if position not in self._points:
            if x.key == self._minimiser(u).key:
                zero = Vector("x", {})
                self._points[position] = Point(x, u, ZERO, Vector("r", {}), zero)
            else:
                root, gradient = Vector("r", {label: ONE}), Vector("x", {f"g({label})": ONE})
                self._points[position] = Point(x, u, value(label), root, gradient)
        return self._points[position]

    def _minimiser(self, u: Vector) -> Vector:
        """The minimiser of f(., u): the origin at the first query, an unknown vector elsewhere."""
        if u.key == self._origin:
            return Vector("x", {})
        name = "+".join(f"{c.numerator:x}/{c.denominator:x}*{term}" for term, c in sorted(u.terms.items()))
        return Vector("x", {f"x*({name})": ONE})

"""Exact runs that go as far as they are asked, by the textbook definitions: nothing of the kernel is used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from proofcheck.testing.function import Function
from proofcheck.testing.oracles_simulation import Textbook

Vector = tuple[Fraction, ...]


@dataclass(frozen=True)
class Visit:
    """One step: the iterate (x_k, u_k) and the query (y_k, v_k) that follows it."""

    x: Vector
    u: Vector
    y: Vector
    v: Vector


class Run:
    """A method on f from rest at (x_0, u_0); ask for step k, it goes as far as it is asked.

    Both blocks x and u move by the same recursion, that of `Textbook`.

    Raises
    ------
    NotSupported
        If no textbook definition of the method is known.

    Examples
    --------
    >>> from fractions import Fraction as Q
    >>> f = Function(name="f", dimensions=(1, 0), constants={}, value=lambda x, u: x[0]**2/2, gradient_x=lambda x, u: x)
    >>> Run(f, "gradient_descent", {"eta": Q(1, 2)}, ((Q(8),), ())).visit(3).x
    (Fraction(1, 1),)
    """

    def __init__(
        self, f: Function, method: str, coefficients: Mapping[str, Fraction], start: tuple[Vector, Vector]
    ) -> None:
        self._f, self._method = f, Textbook.of({"name": method, **coefficients})
        self._now = self._before = start
        self.visits: list[Visit] = []

    def visit(self, k: int) -> Visit:
        """Step k."""
        while len(self.visits) <= k:
            self._step()
        return self.visits[k]

    def _step(self) -> None:
        f, (x, u), (x_old, u_old) = self._f, self._now, self._before
        y, v = tuple(self._method.query(x, x_old)), tuple(self._method.query(u, u_old))
        self.visits.append(Visit(x, u, y, v))
        assert f.gradient_x is not None
        slope_x = f.gradient_x(y, v)
        x_new = tuple(self._method.step(x, x_old, lambda at: slope_x))
        u_new = u
        if u:
            assert f.gradient_u is not None
            slope_u = f.gradient_u(y, v)
            u_new = tuple(self._method.step(u, u_old, lambda at: slope_u))
        self._now, self._before = (x_new, u_new), self._now

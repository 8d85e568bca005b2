"""The methods once more, from their textbook definitions, on exact functions: nothing of the kernel is used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from proofcheck.errors import NotSupported
from proofcheck.testing.function import Function

Vector = tuple[Fraction, ...]


@dataclass(frozen=True)
class Visit:
    """One step: the iterate (x_k, u_k) and the query (y_k, v_k) that follows it."""

    x: Vector
    u: Vector
    y: Vector
    v: Vector


def _along(a: Vector, b: Vector, t: Fraction) -> Vector:
    """Return a + t (a - b)."""
    return tuple(p + t * (p - r) for p, r in zip(a, b, strict=True))


def _minus(a: Vector, b: Vector, t: Fraction) -> Vector:
    return tuple(p - t * r for p, r in zip(a, b, strict=True))


def simulate(f: Function, method: str, coefficients: Mapping[str, Fraction], start: tuple[Vector, Vector]) -> Run:
    """Run a method on f from rest at (x_0, u_0); ask the run for step k, it goes as far as it is asked.

    Gradient descent x_{k+1} = x_k - eta g(x_k); heavy ball x_{k+1} = x_k - eta g(x_k) + beta (x_k - x_{k-1});
    Nesterov y_k = x_k + beta (x_k - x_{k-1}), x_{k+1} = y_k - eta g(y_k); triple momentum
    y_k = x_k + gamma (x_k - x_{k-1}), x_{k+1} = x_k + beta (x_k - x_{k-1}) - eta g(y_k).
    Both blocks x and u move by the same recursion.

    Raises
    ------
    NotSupported
        If the method is not one of these.

    Source: Nesterov (2018), Sections 2.1.5 and 2.2.1; Polyak (1964); Van Scoy, Freeman and Lynch (2018), Section III.

    Examples
    --------
    >>> from fractions import Fraction as Q
    >>> f = Function(name="f", dimensions=(1, 0), constants={}, value=lambda x, u: x[0]**2/2, gradient_x=lambda x, u: x)
    >>> simulate(f, "gradient_descent", {"eta": Q(1, 2)}, ((Q(8),), ())).visit(3).x
    (Fraction(1, 1),)
    """
    return Run(f, method, dict(coefficients), start)


class Run:
    """A run that is extended on demand."""

    def __init__(
        self, f: Function, method: str, coefficients: Mapping[str, Fraction], start: tuple[Vector, Vector]
    ) -> None:
        c, zero = coefficients, Fraction(0)
        known = {
            "gradient_descent": lambda: (zero, zero),
            "heavy_ball": lambda: (zero, c["beta"]),
            "nesterov": lambda: (c["beta"], c["beta"]),
            "triple_momentum": lambda: (c["gamma"], c["beta"]),
        }
        if method not in known:
            raise NotSupported(f"method={method!r} must be one of {', '.join(known)}")
        self._f, self._eta = f, c["eta"]
        self._look, self._carry = known[method]()
        self._now = self._before = start
        self.visits: list[Visit] = []

    def visit(self, k: int) -> Visit:
        """Step k."""
        while len(self.visits) <= k:
            self._step()
        return self.visits[k]

    def _step(self) -> None:
        (x, u), (x_old, u_old) = self._now, self._before
        y, v = _along(x, x_old, self._look), _along(u, u_old, self._look)
        self.visits.append(Visit(x, u, y, v))
        assert self._f.gradient_x is not None
        x_new = _minus(_along(x, x_old, self._carry), self._f.gradient_x(y, v), self._eta)
        u_new = u
        if u:
            assert self._f.gradient_u is not None
            u_new = _minus(_along(u, u_old, self._carry), self._f.gradient_u(y, v), self._eta)
        self._now, self._before = (x_new, u_new), self._now


__all__ = ["Run", "Visit", "simulate"]

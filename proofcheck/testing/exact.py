"""Exact functions of x alone: members of the smooth strongly convex class whose constants are the best ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

from proofcheck.errors import InvalidInput
from proofcheck.numbers import exact
from proofcheck.testing.exact_linear import (
    ZERO,
    Vector,
    add,
    apply,
    dot,
    rotation,
    scaled,
    subtract,
    transposed,
    vector,
)
from proofcheck.testing.function import Function


def bent(s: Fraction, width: Fraction) -> Fraction:
    """The Huber function: s^2/2 within the width, linear beyond."""
    return s * s / 2 if abs(s) <= width else width * abs(s) - width * width / 2


def clipped(s: Fraction, width: Fraction) -> Fraction:
    """Its derivative."""
    return max(-width, min(width, s))


def positive(value: Any, name: str) -> Fraction:
    """An exact number above zero."""
    number = exact(value, name)
    if number <= 0:
        raise InvalidInput(f"{name}={number} must be > 0")
    return number


def _centre(centre: Sequence[Any] | None, size: int) -> Vector:
    found = (ZERO,) * size if centre is None else vector(centre, "centre")
    if len(found) != size:
        raise InvalidInput(f"centre has {len(found)} numbers, expected {size}")
    return found


def quadratic(
    *,
    spectrum: Iterable[Any] = (1,),
    reflections: Iterable[Sequence[Any]] = (),
    centre: Sequence[Any] | None = None,
    f_star: Any = 0,
) -> Function:
    r"""A quadratic :math:`f(x) = f^* + \frac12 (x-c)^\top Q\,\mathrm{diag}(\lambda)\,Q^\top (x-c)`.

    Q is the product of the Householder reflections along the given vectors, so the Hessian is a full matrix of
    rationals with the prescribed eigenvalues.

    Constants: mu = min of the spectrum and L1 = max of it, both attained, between any two points that differ by the
    eigenvector; proof: the Hessian is constant, and f(y) - f(x) - <grad f(x), y - x> is half its quadratic form.
    ``f_star`` is attained at the centre c.

    Parameters
    ----------
    spectrum : exact positive numbers
        The eigenvalues of the Hessian.
    reflections : vectors of exact numbers
        Each nonzero, as long as the spectrum.
    centre : exact numbers, optional
        The minimiser c.
    f_star : exact number
        The minimum.

    Raises
    ------
    InvalidInput

    Source: Nesterov (2018), Section 2.1.3.

    Tight: yes

    Examples
    --------
    >>> f = quadratic(spectrum=(1, 4), reflections=[(1, 2)])
    >>> f.constants["mu"], f.constants["L1"], f.value((Fraction(1), Fraction(0)), ())
    (Fraction(1, 1), Fraction(4, 1), Fraction(73, 50))
    """
    values = tuple(positive(value, f"spectrum[{i}]") for i, value in enumerate(spectrum))
    if not values:
        raise InvalidInput("spectrum must not be empty")
    size, least = len(values), exact(f_star, "f_star")
    turn, c = rotation(reflections, size), _centre(centre, size)
    back = transposed(turn)

    def value(x: Any, u: Any) -> Fraction:
        d = apply(back, subtract(x, c))
        return least + sum((e * s * s for e, s in zip(values, d, strict=True)), ZERO) / 2

    def gradient(x: Any, u: Any) -> Vector:
        d = apply(back, subtract(x, c))
        return apply(turn, tuple(e * s for e, s in zip(values, d, strict=True)))

    return Function(
        name="quadratic",
        dimensions=(size, 0),
        constants={"mu": min(values), "L1": max(values), "f_star": least},
        value=value,
        gradient_x=gradient,
        minimiser=lambda u: c,
        exact=True,
    )


def huber(
    *,
    mu: Any = 1,
    L1: Any = 2,
    width: Any = 1,
    dimension: int = 1,
    reflections: Iterable[Sequence[Any]] = (),
    centre: Sequence[Any] | None = None,
    f_star: Any = 0,
) -> Function:
    r"""A Huber-like :math:`f(x) = f^* + \frac\mu2|x-c|^2 + (L_1-\mu)\sum_i H_w(q_i^\top(x-c))`.

    The q_i are the columns of Q as in `quadratic`; :math:`H_w(s) = s^2/2` for :math:`|s| \le w` and
    :math:`w|s| - w^2/2` beyond. Along each q_i the curvature is L1 within the width and mu beyond it.

    Constants: in the coordinates s_i the Hessian is diagonal with entries mu and L1 almost everywhere, so they bound f.
    L1 is attained between points with all |s_i| <= w, mu between points that differ along one q_i with s_i >= w at
    both. ``f_star`` is attained at c.

    Parameters
    ----------
    mu, L1 : exact numbers
        ``0 < mu <= L1``.
    width : exact number
        The w > 0 above.
    dimension : int
        Of x.
    reflections, centre, f_star
        As in `quadratic`.

    Raises
    ------
    InvalidInput

    Source: Drori and Teboulle (2014): worst cases of gradient descent on smooth convex functions are of this form.

    Tight: yes

    Examples
    --------
    >>> f = huber(mu=1, L1=3, width=1)
    >>> f.value((Fraction(1),), ()), f.value((Fraction(2),), ()), f.gradient_x((Fraction(2),), ())
    (Fraction(3, 2), Fraction(5, 1), (Fraction(4, 1),))
    """
    low, high, w, least = positive(mu, "mu"), exact(L1, "L1"), positive(width, "width"), exact(f_star, "f_star")
    if low > high:
        raise InvalidInput(f"mu={low} must be <= L1={high}")
    if dimension < 1:
        raise InvalidInput(f"dimension={dimension} must be >= 1")
    turn, c, bend = rotation(reflections, dimension), _centre(centre, dimension), high - low
    back = transposed(turn)

    def value(x: Any, u: Any) -> Fraction:
        d = subtract(x, c)
        return least + low / 2 * dot(d, d) + bend * sum((bent(s, w) for s in apply(back, d)), ZERO)

    def gradient(x: Any, u: Any) -> Vector:
        d = subtract(x, c)
        pull = tuple(clipped(s, w) for s in apply(back, d))
        return add(scaled(low, d), scaled(bend, apply(turn, pull)))

    return Function(
        name="huber",
        dimensions=(dimension, 0),
        constants={"mu": low, "L1": high, "f_star": least},
        value=value,
        gradient_x=gradient,
        minimiser=lambda u: c,
        exact=True,
    )

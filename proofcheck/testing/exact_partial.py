"""Exact functions f(x, u) = g(h(x, u)), strongly convex in x only, whose constants are the best ones."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

from proofcheck.errors import InvalidInput
from proofcheck.numbers import exact, rational_sqrt
from proofcheck.testing.exact import bent, clipped, positive
from proofcheck.testing.exact_linear import (
    ZERO,
    Matrix,
    Vector,
    add,
    apply,
    diagonal,
    dot,
    product,
    root_block,
    rotation,
    scaled,
    subtract,
    transposed,
    vector,
)
from proofcheck.testing.exact_pieces import Piecewise, activation_of
from proofcheck.testing.function import Function

Reflections = Iterable[Sequence[Any]]


def valley(*, curvature: Any = 1, L2: Any = 1, G1: Any = 1) -> Function:
    r"""The coupled valley :math:`f(x,u) = \frac{L_2}{2}|A x - G_1 u e_1|^2`, by default :math:`(x-u)^2/2`.

    u is a number; :math:`A^\top A = (\mathrm{curvature}/L_2) I`, and A is a number if that is the square of a rational.

    Constants: those of `additive`, with mu = L1 = curvature; G1 and G2 are attained by every pair of u.

    Parameters
    ----------
    curvature, L2, G1 : exact numbers
        The first two positive, G1 nonnegative.

    Raises
    ------
    InvalidInput

    Source: the inhabitant of the partial class in docs/theory.md.

    Tight: yes

    Examples
    --------
    >>> f = valley()
    >>> f.value((Fraction(3),), (Fraction(1),)), f.gradient_u((Fraction(3),), (Fraction(1),))
    (Fraction(2, 1), (Fraction(-2, 1),))
    """
    return _named("valley", additive(curvatures=(curvature,), L2=L2, G1=G1, activation=((), (-1,)), coupled=1))


def staircase(
    *, curvature: Any = 1, L2: Any = 1, G1: Any = 1, breakpoints: Sequence[Any] = (0,), slopes: Sequence[Any] = (-1, 1)
) -> Function:
    r"""A staircase :math:`f(x,u) = \frac{L_2}{2}|A x + G_1\varphi(u) e_1|^2` with a piecewise linear phi of one number.

    Constants: those of `additive`, with mu = L1 = curvature. J is the slope of phi, at a breakpoint the one on the
    right. With slopes +1 around the visited points and -1 between, the method sees a curvature near
    curvature - L2 G1^2.

    Parameters
    ----------
    curvature, L2, G1 : exact numbers
        The first two positive, G1 nonnegative.
    breakpoints, slopes : exact numbers
        One slope more than breakpoints; G1 is attained as such if the steepest slope is 1 or -1.

    Raises
    ------
    InvalidInput

    Source: docs/theory.md, Lemma 4.

    Tight: yes

    Examples
    --------
    >>> f = staircase(breakpoints=(1,), slopes=(1, -1))
    >>> [str(f.value((Fraction(0),), (Fraction(u),))) for u in (1, 2, 3)]
    ['1/2', '0', '1/2']
    """
    shape = (breakpoints, slopes)
    return _named("staircase", additive(curvatures=(curvature,), L2=L2, G1=G1, activation=shape, coupled=1))


def _named(name: str, f: Function) -> Function:
    return dataclasses.replace(f, name=name)


def additive(
    *,
    curvatures: Iterable[Any] = (1,),
    L2: Any = 1,
    G1: Any = 1,
    activation: Any = "linear",
    coupled: int | None = None,
    least: Any = 1,
    width: Any = 1,
    reflections: Reflections = (),
    x_reflections: Reflections = (),
    u_reflections: Reflections = (),
    centre: Sequence[Any] | None = None,
    f_star: Any = 0,
) -> Function:
    r"""An additive model :math:`f(x,u) = g(A(x-c) + G_1 Q_m\varphi(W^\top u))` with a quadratic or Huber-like g.

    :math:`A = Q\,D\,P` with rational orthogonal Q, P and blocks in D: one for each curvature c, of 1, 2 or 4 rows
    (as many squares as c/L2 needs), with :math:`D^\top D = (c/L_2) I`. phi acts on each coordinate, :math:`Q_m` are the
    first m columns of Q, and

    .. math:: g(s) = f^* + \frac{L_2}{2}\Big(\ell|s|^2 + 2(1-\ell)\sum_i H_w(q_i^\top s)\Big)

    with the Huber function H_w of `huber`; for least = l = 1 it is quadratic.

    Constants, all of them the best ones on the whole space:

    - mu = l min c and L1 = max c: in x the Hessian is :math:`P^\top D^\top E D P` almost everywhere, with a diagonal E
      whose entries are l L2 and L2; every E occurs, since A is invertible. mu is attained where all
      :math:`|q_i^\top h| \ge w`, L1 where all are at most w.
    - L2: within the width, g is L2/2 |s|^2.
    - G1 times the steepest slope of phi: phi is so Lipschitz in each coordinate; attained along one column of W by two
      u in the steepest piece.
    - G2 = L2 G1 (steepest slope) sqrt(max c/L2), over the blocks that the first m coordinates touch: grad_1 f changes
      by at most L2 |A^T Q_m (phi - phi')|; attained by two near u in the steepest piece, at an h within the width.
      Left out where it is irrational.
    - f_star: A is invertible, so every u has x = c - A^-1 G1 Q_m phi(W^T u) with g = f*.

    The Jacobian J in u is :math:`G_1 Q_m\,\mathrm{diag}(\varphi'(W^\top u)) W^\top`, with the slope on the right at a
    breakpoint.

    Parameters
    ----------
    curvatures : exact positive numbers
        Eigenvalues of the Hessian in x where g is steepest.
    L2, G1 : exact numbers
        L2 > 0, G1 >= 0.
    activation : str or (breakpoints, slopes)
        "linear", "absolute", "relu", "zigzag" or a piecewise linear function of your own with phi(0) = 0.
    coupled : int, optional
        m, the length of u; by default that of x.
    least, width : exact numbers
        l in (0, 1], and w > 0.
    reflections, x_reflections, u_reflections : vectors of exact numbers
        Householder reflections whose products are Q, P and W.
    centre, f_star : exact numbers, optional

    Raises
    ------
    InvalidInput, NotSupported
        The latter if a number is too large to be written as a sum of squares.

    Source: Liao and Kyrillidis (ALT 2024), Section 5, with A2 = G1 W^T.

    Tight: yes

    Examples
    --------
    >>> f = additive(curvatures=(1, 4), G1="1/2", activation="absolute")
    >>> {name: str(value) for name, value in f.constants.items()}
    {'mu': '1', 'L1': '4', 'L2': '1', 'G1': '1/2', 'G2': '1', 'f_star': '0'}
    >>> additive(curvatures=(3,)).dimensions
    (4, 4)
    """
    outer = _Outer(positive(L2, "L2"), exact(least, "least"), positive(width, "width"), exact(f_star, "f_star"))
    values = tuple(positive(value, f"curvatures[{i}]") for i, value in enumerate(curvatures))
    if not values:
        raise InvalidInput("curvatures must not be empty")
    inner = _Inner(tuple(value / outer.L2 for value in values), exact(G1, "G1"), activation_of(activation), coupled)
    inner.turn(tuple(reflections), x_reflections, u_reflections, centre)
    outer.turn(rotation(reflections, inner.size))
    steepest = inner.G1 * inner.phi.steepest
    constants = {"mu": outer.least * min(values), "L1": max(values), "L2": outer.L2, "G1": steepest}
    root = rational_sqrt(inner.touched) if steepest else ZERO
    if root is not None:
        constants["G2"] = outer.L2 * steepest * root
    back = transposed(inner.matrix)
    return Function(
        name="additive",
        dimensions=(inner.size, inner.length),
        constants={**constants, "f_star": outer.f_star},
        value=lambda x, u: outer.value(inner.value(x, u)),
        gradient_x=lambda x, u: apply(back, outer.gradient(inner.value(x, u))),
        gradient_u=lambda x, u: inner.pulled(u, outer.gradient(inner.value(x, u))),
        inner=inner.value,
        outer=outer.value,
        outer_gradient=outer.gradient,
        minimiser=inner.root,
        exact=True,
    )


class _Inner:
    """h(x, u) = A(x - c) + G1 Q_m phi(W^T u), A = Q D P, with D^T D = diag(squares)."""

    def __init__(self, squares: Vector, bound: Fraction, phi: Piecewise, coupled: int | None) -> None:
        if bound < 0:
            raise InvalidInput(f"G1={bound} must be >= 0")
        self.G1, self.phi = bound, phi
        blocks = [root_block(square) for square in squares]
        self.size = sum(map(len, blocks))
        self.length = self.size if coupled is None else coupled
        if not 1 <= self.length <= self.size:
            raise InvalidInput(f"coupled={coupled} must be in [1, {self.size}], the length of x")
        starts = [sum(map(len, blocks[:i])) for i in range(len(blocks))]
        self.touched = max(square for square, start in zip(squares, starts, strict=True) if start < self.length)
        self._blocks = diagonal(blocks)
        # D^-1 = D^T diag(1/squares)
        parts = zip(squares, blocks, strict=True)
        self._inverses = diagonal([transposed(tuple(scaled(1 / r, row) for row in block)) for r, block in parts])

    def turn(self, q: Reflections, p: Reflections, w: Reflections, centre: Sequence[Any] | None) -> None:
        """Set Q, P, W and the centre."""
        q_turn, p_turn, self._w = rotation(q, self.size), rotation(p, self.size), rotation(w, self.length)
        self._w_back = transposed(self._w)
        self.matrix = product(product(q_turn, self._blocks), p_turn)
        self._inverse = product(product(transposed(p_turn), self._inverses), transposed(q_turn))
        self._columns = tuple(row[: self.length] for row in q_turn)
        self._columns_back = transposed(self._columns)
        self._centre = (ZERO,) * self.size if centre is None else vector(centre, "centre")
        if len(self._centre) != self.size:
            raise InvalidInput(f"centre has {len(self._centre)} numbers, expected {self.size}")

    def moved(self, u: Any) -> Vector:
        """G1 Q_m phi(W^T u)."""
        return scaled(self.G1, apply(self._columns, tuple(self.phi(t) for t in apply(self._w_back, u))))

    def value(self, x: Any, u: Any) -> Vector:
        """h(x, u)."""
        return add(apply(self.matrix, subtract(x, self._centre)), self.moved(u))

    def pulled(self, u: Any, pull: Vector) -> Vector:
        """J^T times a vector."""
        slopes = (self.phi.slope(t) for t in apply(self._w_back, u))
        parts = zip(slopes, apply(self._columns_back, pull), strict=True)
        return apply(self._w, tuple(self.G1 * slope * part for slope, part in parts))

    def root(self, u: Any) -> Vector:
        """The x with h(x, u) = 0."""
        return subtract(self._centre, apply(self._inverse, self.moved(u)))


class _Outer:
    """g(s) = f* + L2/2 (l |s|^2 + 2 (1 - l) sum_i H_w(q_i^T s)), with min at 0."""

    def __init__(self, L2: Fraction, least: Fraction, width: Fraction, f_star: Fraction) -> None:
        if not 0 < least <= 1:
            raise InvalidInput(f"least={least} must be in (0, 1]")
        self.L2, self.least, self.width, self.f_star = L2, least, width, f_star
        self._turn: Matrix = ()
        self._back: Matrix = ()

    def turn(self, matrix: Matrix) -> None:
        """The columns q_i."""
        self._turn, self._back = matrix, transposed(matrix)

    def value(self, s: Any) -> Fraction:
        """g(s)."""
        flat = self.least * dot(s, s)
        if self.least < 1:
            flat += 2 * (1 - self.least) * sum((bent(t, self.width) for t in apply(self._back, s)), ZERO)
        return self.f_star + self.L2 / 2 * flat

    def gradient(self, s: Any) -> Vector:
        """Grad g(s)."""
        flat = scaled(self.least, s)
        if self.least < 1:
            pull = apply(self._turn, tuple(clipped(t, self.width) for t in apply(self._back, s)))
            flat = add(flat, scaled(1 - self.least, pull))
        return scaled(self.L2, flat)

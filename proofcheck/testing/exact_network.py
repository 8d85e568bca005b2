"""A small ReLU network in exact arithmetic, with constants over a region."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from proofcheck.errors import InvalidInput
from proofcheck.testing.exact_linear import (
    ONE,
    ZERO,
    Matrix,
    Vector,
    apply,
    dot,
    inverse,
    norm_above,
    product,
    subtract,
    transposed,
    vector,
)
from proofcheck.testing.function import Function
from proofcheck.testing.region import Region


@dataclass(frozen=True, kw_only=True)
class LocalFunction(Function):
    """A function whose declared constants hold over its `region` and not beyond."""

    region: Region


def relu_network(
    *,
    inputs: Sequence[Sequence[Any]] = ((1, 0), (0, 1)),
    targets: Sequence[Any] = (1, -1),
    region: Region | None = None,
) -> LocalFunction:
    r"""A ReLU network :math:`f(x,u) = \frac12\sum_i\big(\sum_j x_j\,\max(0, w_j^\top a_i) - y_i\big)^2`.

    The last layer is x, the first layer u = (w_1, ..., w_n), and there are as many hidden units as inputs a_i. With
    :math:`\Phi(u)_{ij} = \max(0, w_j^\top a_i)`: h = Phi(u) x, g(s) = |s - y|^2/2. At 0 the ReLU has slope 0.

    Constants over the region, u in U and x in X. They are **bounds by norms and not the best ones**, except L2 = 1 and
    f_star = 0. With s = 1/|Phi(u_0)^-1| in Frobenius norm (so at most the least singular value), a = |inputs| in
    Frobenius norm, R = u_radius and X = |x_0| + x_radius, roots rounded to the safe side:

    - |Phi(u) - Phi(v)| <= a|u - v| since the ReLU is 1-Lipschitz; so mu = (s - a R)^2 and
      L1 = (|Phi(u_0)| + a R)^2, for x on the whole space;
    - G1 = X a, from h(x, u) - h(x, v) = (Phi(u) - Phi(v)) x; J satisfies |J| <= G1, too;
    - G2 = (2 (|Phi(u_0)| + a R) X + |y|) a, from grad_1 f = Phi^T (Phi x - y);
    - Phi(u) is invertible on U, so min over x is 0 (at Phi(u)^-1 y, which may lie outside X).

    Parameters
    ----------
    inputs : sequence of vectors of exact numbers
        n of them.
    targets : n exact numbers
    region : Region, optional
        Its centre u_0 are the first layer's weights, row after row. By default, for inputs that are a basis: those
        with Phi = 2 I + (a matrix of ones), X of radius 1 around 0 and a U that is small enough; see the
        attribute `region` of what is returned.

    Raises
    ------
    InvalidInput
        If sizes do not fit, or Phi(u_0) is singular or U too large for mu > 0.

    Source: Liao and Kyrillidis (ALT 2024), Section 5 (deep ReLU networks, depth 2).

    Tight: sufficient only

    Examples
    --------
    >>> f = relu_network()
    >>> f.dimensions, f.constants["L2"], f.constants["mu"] > 0
    ((2, 4), Fraction(1, 1), True)
    """
    rows = tuple(vector(row, f"inputs[{i}]") for i, row in enumerate(inputs))
    y = vector(targets, "targets")
    count = len(rows)
    if not rows or len(y) != count or len({len(row) for row in rows}) != 1 or not rows[0]:
        raise InvalidInput(f"inputs: {count} vectors must have one length and as many targets, got {len(y)}")
    found = default_region(rows) if region is None else region
    depth = len(rows[0])
    if found.dimensions != (count, count * depth):
        raise InvalidInput(f"region.dimensions={found.dimensions} must be {(count, count * depth)}")

    def hidden(u: Any) -> Matrix:
        units = [u[j * depth : (j + 1) * depth] for j in range(count)]
        return tuple(tuple(max(ZERO, dot(w, a)) for w in units) for a in rows)

    def inner(x: Any, u: Any) -> Vector:
        return apply(hidden(u), x)

    def gradient_u(x: Any, u: Any) -> Vector:
        features = hidden(u)
        miss = subtract(apply(features, x), y)
        pulls = [[miss[i] * x[j] if features[i][j] > 0 else ZERO for i in range(count)] for j in range(count)]
        return tuple(part for pull in pulls for part in apply(transposed(rows), pull))

    def outer(s: Any) -> Fraction:
        miss = subtract(s, y)
        return dot(miss, miss) / 2

    def gradient_x(x: Any, u: Any) -> Vector:
        features = hidden(u)
        return apply(transposed(features), subtract(apply(features, x), y))

    return LocalFunction(
        name="relu_network",
        region=found,
        dimensions=found.dimensions,
        constants=_constants(hidden(vector(found.u, "region.u")), rows, y, found),
        value=lambda x, u: outer(inner(x, u)),
        gradient_x=gradient_x,
        gradient_u=gradient_u,
        inner=inner,
        outer=outer,
        outer_gradient=lambda s: subtract(s, y),
        minimiser=lambda u: apply(inverse(hidden(u)), y),
        exact=True,
    )


def _frobenius(matrix: Matrix) -> Fraction:
    return norm_above(sum((dot(row, row) for row in matrix), ZERO))


def _constants(features: Matrix, rows: Matrix, y: Vector, region: Region) -> dict[str, Fraction]:
    least, most, data = 1 / _frobenius(inverse(features)), _frobenius(features), _frobenius(rows)
    move = data * region.u_radius
    if move >= least:
        raise InvalidInput(f"u_radius={region.u_radius} must be < {least / data}, else Phi might be singular in U")
    reach = norm_above(dot(region.x, region.x)) + region.x_radius
    return {
        "mu": (least - move) ** 2,
        "L1": (most + move) ** 2,
        "L2": ONE,
        "G1": reach * data,
        "G2": (2 * (most + move) * reach + norm_above(dot(y, y))) * data,
        "f_star": ZERO,
    }


def default_region(rows: Matrix) -> Region:
    """Weights with Phi = 2 I + ones, and half of the largest radius that is allowed."""
    count = len(rows)
    if count != len(rows[0]):
        raise InvalidInput(f"region is missing: the default needs as many inputs as their length {len(rows[0])}")
    features = tuple(tuple(Fraction(3 if i == j else 1) for j in range(count)) for i in range(count))
    weights = transposed(product(inverse(rows), features))
    radius = 1 / _frobenius(inverse(features)) / _frobenius(rows) / 2
    flat = tuple(entry for row in weights for entry in row)
    return Region(x=(ZERO,) * count, x_radius=ONE, u=flat, u_radius=radius)

"""Hypothesis strategies for exact functions, for regions and for points in them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from fractions import Fraction
from typing import Any, NamedTuple

from hypothesis import strategies as st

from proofcheck.classes import PartialStrongConvexity, ProblemClass, SmoothStronglyConvex
from proofcheck.errors import NotSupported
from proofcheck.testing.exact import huber, quadratic
from proofcheck.testing.exact_linear import Vector, dot, norm_above, scaled, squares_of
from proofcheck.testing.exact_network import default_region, relu_network
from proofcheck.testing.exact_partial import additive
from proofcheck.testing.exact_pieces import ACTIVATIONS
from proofcheck.testing.function import Function
from proofcheck.testing.region import Region
from proofcheck.testing.strategies import problem_classes
from proofcheck.testing.strategies_options import (
    POSITIVE,
    SMALL,
    InvalidOption,
    at_least,
    chosen,
    number,
    rationals,
    reflections,
)

OF_X = ("quadratic", "huber")
OF_BOTH = ("valley", "staircase", "additive")
NETWORKS = ("relu_network",)
KINDS = (*OF_X, *OF_BOTH, *NETWORKS)
ONE = Fraction(1)


def functions(
    problem: ProblemClass | None = None, *, kinds: Iterable[str] | None = None, max_dimension: int = 4
) -> st.SearchStrategy[Function]:
    """Exact functions, whose declared constants are the best ones (bounds in the case of a relu_network).

    They shrink to the simplest kind, to the smallest dimension and to small numbers.

    Parameters
    ----------
    problem : ProblemClass, optional
        Then every function is a member of this class and attains its mu and L1, L2 and G1, with these exceptions:
        a quadratic of one variable has one curvature; where max_dimension leaves no room for as many squares as a
        curvature over L2 needs, L2 is up to 0.3 % smaller; where G2 does not allow the full curvature L1, or the
        dimension is too small, mu = L1.
        Without a problem a class is drawn.
    kinds : names, optional
        Of quadratic and huber (functions of x alone), valley, staircase, additive (of x and u), relu_network (constants
        over its own region only, so not with a problem). By default all that fit.
    max_dimension : int
        Of x and of u, at least 1; a relu_network has at most max_dimension hidden units.

    Raises
    ------
    InvalidOption

    Examples
    --------
    >>> from hypothesis import given
    >>> @given(functions(SmoothStronglyConvex(mu=1, L1=9)))
    ... def test_constants(f):
    ...     assert f.constants["mu"] >= 1
    ...     assert f.constants["L1"] <= 9
    >>> functions(SmoothStronglyConvex(mu=1, L1=9), kinds=["valley"])  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    proofcheck.testing.strategies_options.InvalidOption: expected kinds among quadratic, huber on ... kinds='valley'
    """
    most = at_least(max_dimension, 1, "max_dimension")
    if problem is None:
        return _any_functions(st.sampled_from(chosen(kinds, KINDS, "kinds")), most)
    if not isinstance(problem, (SmoothStronglyConvex, PartialStrongConvexity)):
        raise InvalidOption(f"expected a problem class with known functions but got problem={problem!r}")
    fitting = OF_BOTH if problem.partial else OF_X
    given = chosen(kinds, KINDS, "kinds")
    found = tuple(kind for kind in given if kind in fitting)
    if kinds is not None and len(found) < len(given):
        wrong = next(kind for kind in given if kind not in fitting)
        raise InvalidOption(f"expected kinds among {', '.join(fitting)} on {problem.name} but got kinds={wrong!r}")
    return _functions(st.just(problem), st.sampled_from(found), most)


_OWN = {
    name: problem_classes(names=name, max_condition_number=16)
    for name in (SmoothStronglyConvex.name, PartialStrongConvexity.name)
}


@st.composite
def _any_functions(draw: st.DrawFn, kinds: st.SearchStrategy[str], most: int) -> Function:
    kind = draw(kinds)
    if kind in NETWORKS:
        return _network(draw, most)
    problem = draw(_OWN[SmoothStronglyConvex.name if kind in OF_X else PartialStrongConvexity.name])
    return _build(draw, problem, kind, most)


@st.composite
def _functions(
    draw: st.DrawFn, problems: st.SearchStrategy[ProblemClass], kinds: st.SearchStrategy[str], most: int
) -> Function:
    kind = draw(kinds)
    return _build(draw, draw(problems), kind, most)


def _build(draw: st.DrawFn, problem: ProblemClass, kind: str, most: int) -> Function:
    if kind == "quadratic":
        return _quadratic(draw, problem, most)
    if kind == "huber":
        return _huber(draw, problem, most)
    assert isinstance(problem, PartialStrongConvexity)
    return _partial(draw, problem, kind, most)


def _vector(draw: st.DrawFn, size: int) -> Vector:
    return tuple(draw(st.lists(SMALL, min_size=size, max_size=size)))


_SHARES = st.sampled_from([Fraction(share) for share in ("0", "1", "1/2", "1/3", "2/3", "1/4", "3/4")])


def _quadratic(draw: st.DrawFn, problem: ProblemClass, most: int) -> Function:
    mu, big = problem.constant("mu"), problem.constant("L1")
    ends = (mu,) if mu == big else (mu, big)[:most]
    size = draw(st.integers(len(ends), most))
    more = [mu + share * (big - mu) for share in draw(st.lists(_SHARES, min_size=size, max_size=size))[len(ends) :]]
    return quadratic(
        spectrum=(*ends, *more), reflections=draw(reflections(size)), centre=_vector(draw, size), f_star=draw(SMALL)
    )


def _huber(draw: st.DrawFn, problem: ProblemClass, most: int) -> Function:
    size = draw(st.integers(1, most))
    return huber(
        mu=problem.constant("mu"),
        L1=problem.constant("L1"),
        width=draw(POSITIVE),
        dimension=size,
        reflections=draw(reflections(size)),
        centre=_vector(draw, size),
        f_star=draw(SMALL),
    )


class Plan(NamedTuple):
    """How an additive model has the constants of a class: curvatures, the first of them coupled, and its g."""

    curvatures: tuple[Fraction, ...]
    least: Fraction
    L2: Fraction
    dimension: int
    coupled: int


def plans(problem: PartialStrongConvexity, most: int) -> list[Plan]:
    """The ways to attain the constants within so many dimensions; else the nearest ways, never none."""
    mu, big = problem.constant("mu"), problem.constant("L1")
    shapes = [((mu,), ONE)] if mu == big else [((big,), mu / big), ((mu, big), ONE), ((big, mu), ONE)]
    found = [plan for shape in shapes for plan in _plan(problem, *shape, problem.L2, most)]
    if found:
        return found
    for curvature, least in ((big, mu / big), (mu, ONE)):
        # a rational root a little above sqrt(curvature/L2) needs one dimension, and L2 a little smaller
        root = norm_above(curvature / problem.L2, 3)
        below = min(problem.L2, curvature / max(root, Fraction(1, 1000)) ** 2)
        found += _plan(problem, (curvature,), least, below, most)
    return found


def _plan(
    problem: PartialStrongConvexity, curvatures: tuple[Fraction, ...], least: Fraction, L2: Fraction, most: int
) -> list[Plan]:
    try:
        sizes = [len(squares_of(curvature / L2)) for curvature in curvatures]
    except NotSupported:
        return []
    allowed = [problem.G2 is None or c * L2 * problem.G1**2 <= problem.G2**2 for c in curvatures]
    if sum(sizes) > most or not allowed[0]:
        return []
    return [Plan(curvatures, least, L2, sum(sizes), sum(sizes) if all(allowed) else sizes[0])]


def _partial(draw: st.DrawFn, problem: PartialStrongConvexity, kind: str, most: int) -> Function:
    plan = draw(st.sampled_from(plans(problem, most)))
    size, coupled, activation = plan.dimension, 1, ((), (-1,))  # type: tuple[int, int, Any]
    if kind == "staircase":
        activation = _steps(draw)
    if kind == "additive":
        coupled, activation = draw(st.integers(1, plan.coupled)), draw(st.sampled_from(tuple(ACTIVATIONS)))
    f = additive(
        curvatures=plan.curvatures,
        L2=plan.L2,
        G1=problem.G1,
        activation=activation,
        coupled=coupled,
        least=plan.least,
        width=draw(POSITIVE) if plan.least < 1 else 1,
        reflections=draw(reflections(size, 1)),
        x_reflections=draw(reflections(size, 1)) if kind == "additive" else (),
        u_reflections=draw(reflections(coupled, 1)),
        centre=_vector(draw, size),
        f_star=draw(SMALL),
    )
    return dataclasses.replace(f, name=kind)


def _steps(draw: st.DrawFn) -> tuple[tuple[Fraction, ...], tuple[int, ...]]:
    """Breakpoints, and the slopes 1 and -1 in turn, the first of them drawn."""
    gaps = draw(st.lists(POSITIVE, min_size=1, max_size=4))
    here, found = draw(SMALL), []
    for gap in gaps:
        found.append(here)
        here += gap
    sign = draw(st.sampled_from((1, -1)))
    return tuple(found), tuple(sign * (-1) ** i for i in range(len(found) + 1))


def _network(draw: st.DrawFn, most: int) -> Function:
    count = draw(st.integers(1, min(most, 3)))
    extra = draw(st.lists(SMALL, min_size=16, max_size=16))  # a fixed length: shorter ones would shrink to a network
    # a diagonal that dominates: the inputs are a basis
    rows = tuple(tuple(extra[i * count + j] / 4 + (4 if i == j else 0) for j in range(count)) for i in range(count))
    region = default_region(rows)
    share = draw(st.sampled_from((ONE, ONE / 2, ONE / 8)))
    region = Region(x=_vector(draw, count), x_radius=draw(POSITIVE), u=region.u, u_radius=region.u_radius * share)
    return relu_network(inputs=rows, targets=_vector(draw, count), region=region)


def regions(function: Function, *, max_radius: Any = 4) -> st.SearchStrategy[Region]:
    """Regions for a function: near a minimiser; for a function with constants over its own `region`, inside that.

    Parameters
    ----------
    function : Function
        An exact one.
    max_radius : exact number
        Of the balls, at least 1 (where the function has no region of its own).

    Raises
    ------
    InvalidOption

    Examples
    --------
    >>> from hypothesis import given
    >>> @given(regions(quadratic(centre=(3,)), max_radius=2))
    ... def test_region(region):
    ...     assert region.x_radius <= 2
    """
    most = at_least(number(max_radius, "max_radius"), ONE, "max_radius")
    _exact(function)
    own = getattr(function, "region", None)
    if own is not None:
        shares = st.sampled_from((ONE, ONE / 2, ONE / 8))
        return st.builds(
            lambda a, b: dataclasses.replace(own, x_radius=own.x_radius * a, u_radius=own.u_radius * b), shares, shares
        )
    return _regions(function, rationals(min_value=1, max_value=most, max_denominator=4))


@st.composite
def _regions(draw: st.DrawFn, function: Function, radii: st.SearchStrategy[Fraction]) -> Region:
    size, length = function.dimensions
    u = _vector(draw, length)
    centre = _vector(draw, size)
    if function.minimiser is not None:
        offset = function.minimiser(u)
        centre = tuple(a + b for a, b in zip(centre, offset, strict=True))
    return Region(x=centre, x_radius=draw(radii), u=u, u_radius=draw(radii))


def _exact(function: Any) -> None:
    if not isinstance(function, Function) or not function.exact:
        raise InvalidOption(f"expected an exact Function but got function={function!r}")


def points(region: Region) -> st.SearchStrategy[tuple[Vector, Vector]]:
    """Pairs (x, u) of exact vectors in a region; they shrink to its centre.

    Parameters
    ----------
    region : Region
        With exact numbers.

    Raises
    ------
    InvalidOption

    Examples
    --------
    >>> from hypothesis import given
    >>> @given(points(Region(x=(1,), x_radius=2)))
    ... def test_point(point):
    ...     x, u = point
    ...     assert abs(x[0] - 1) <= 2
    """
    if not isinstance(region, Region):
        raise InvalidOption(f"expected a Region but got region={region!r}")
    x, u = (tuple(number(value, "region") for value in part) for part in (region.x, region.u))
    return st.tuples(
        _balls(x, number(region.x_radius, "x_radius")),
        _balls(u, number(region.u_radius, "u_radius")) if u else st.just(()),
    )


_OFFSETS = rationals(min_value=-1, max_value=1, max_denominator=12)


@st.composite
def _balls(draw: st.DrawFn, centre: Vector, radius: Fraction) -> Vector:
    offset = tuple(draw(st.lists(_OFFSETS, min_size=len(centre), max_size=len(centre))))
    squared = dot(offset, offset)
    factor = radius if squared <= 1 else radius / norm_above(squared)
    return tuple(a + b for a, b in zip(centre, scaled(factor, offset), strict=True))


__all__ = ["KINDS", "functions", "plans", "points", "regions"]

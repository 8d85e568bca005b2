r"""The inequalities of the problem classes, each derived here from its textbook definition.

A form is >= 0 for every function of the class. It is written in the symbols of two points i and j
(x, u, F, R = sqrt(F), g, and w for a step in u), one-dimensional without loss: see `symbols`.
u is measured in :math:`G_1 \sqrt{2 L_2}`. Each form is normalised so that its function values, or
else the squared difference on its smaller side, have coefficient 1 or -1.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import sympy as sp

from proofcheck.errors import NotSupported

from .symbols import G1, G2, L1, L2, aligned, gram_terms, mu, sum_pieces
from .trajectory import Point

CLASSES = ("smooth_strongly_convex", "partial_strong_convexity")
UNIT = G1 * sp.sqrt(2 * L2)


def _labelled(label: str) -> Point:
    x, u, F, R, g, minimiser, w = sp.symbols(" ".join(f"{n}_{label}" for n in ("x", "u", "F", "R", "g", "z", "w")))
    return Point(x, u, F, R, g, minimiser, w)


_I, _J = _labelled("i"), _labelled("j")
_DIFFERENCES = {
    "x": sp.Symbol("x_{i}-x_{j}"),
    "g": sp.Symbol("g_{i}-g_{j}"),
    "u": sp.Symbol("u_{i}-u_{j}"),
    "R": sp.Symbol("R_{i}-R_{j}"),
    "z": sp.Symbol(r"x^\star(u_{i})-x^\star(u_{j})"),
}


@dataclass(frozen=True)
class ClassInequality:
    """One inequality of a class.

    Attributes
    ----------
    class_name, name
        Where it belongs.
    form
        A polynomial in the symbols of the points i and j, nonnegative on the class.
    about
        What it is about: "same u" or "same x" (two points), "point", "step" (one), "two u".
    source
        Author, year, theorem.

    Examples
    --------
    >>> class_inequality("smooth_strongly_convex", "strong_convexity").form
    F_i - F_j - g_j*x_i + g_j*x_j - mu*x_i**2/2 + mu*x_i*x_j - mu*x_j**2/2
    """

    class_name: str
    name: str
    form: sp.Expr
    about: str
    source: str

    def at(self, i: Point, j: Point | None = None) -> sp.Expr:
        """The form at given points, expanded; raises ValueError where it does not apply there.

        Examples
        --------
        >>> from proofcheck.encode import Trajectory, recursion
        >>> run = Trajectory(recursion("gradient_descent"), False, 0, 1, generic=False)
        >>> class_inequality("smooth_strongly_convex", "nonnegative_value").at(run.iterate(1))
        F(x_{1})
        """
        if (j is None) != (self.about in ("point", "step")):
            raise ValueError(f"{self.name} is about {self.about!r}, got points {i} and {j}")
        if self.about == "step" and i.step is None:
            raise ValueError(f"{self.name} needs a step taken at the point, got {i}")
        if j is not None and ((self.about == "same u" and i.u != j.u) or (self.about == "same x" and i.x != j.x)):
            raise ValueError(f"{self.name} needs two points with the {self.about}, got {i} and {j}")
        table = _substitution(_I, i)
        if j is not None:
            table |= _substitution(_J, j)
        return sp.expand(self.form.xreplace(table))

    def latex(self) -> str:
        r"""The inequality in differences of the two points, for display mode.

        Examples
        --------
        >>> print(class_inequality("partial_strong_convexity", "step_bound").latex())
        F_{i} - \lVert w_{i}\rVert^2 \ge 0
        """
        diff = _DIFFERENCES
        table = {
            _I.x: _J.x + diff["x"],
            _I.u: _J.u + diff["u"],
            _I.gradient: _J.gradient + diff["g"],
            _I.root: _J.root + diff["R"],
            _I.minimiser: _J.minimiser + diff["z"],
        }
        form = sp.expand(self.form.xreplace(table))
        vectors = [s for s in (_J.gradient, *diff.values(), _I.step) if form.has(s)]
        values = [s for s in (_I.value, _J.value) if form.has(s)]
        terms = [(sp.factor(coefficient), shown) for coefficient, shown in gram_terms(form, vectors, values)]
        pieces = [*sum_pieces(terms), r" \ge 0"]
        if len(terms) <= 4:
            return "".join(pieces)
        return aligned(["&" + "".join(pieces[:4]), r"&\quad" + "".join(pieces[4:])])


def _substitution(symbols: Point, point: Point) -> dict[sp.Symbol, sp.Expr]:
    names = ("x", "u", "value", "root", "gradient", "minimiser", "step")
    pairs = {getattr(symbols, name): getattr(point, name) for name in names}
    return {symbol: expression for symbol, expression in pairs.items() if expression is not None}


def _interpolation() -> sp.Expr:
    """Smooth convex interpolation of h = f - mu/2 |x|^2, which is convex and (L1 - mu)-smooth."""

    def shifted(p: Point) -> tuple[sp.Expr, sp.Expr]:
        h = p.value - mu / 2 * p.x**2
        return h, p.gradient - sp.diff(mu / 2 * p.x**2, p.x)

    (h_i, dh_i), (h_j, dh_j) = shifted(_I), shifted(_J)
    return h_i - (h_j + dh_j * (_I.x - _J.x) + (dh_i - dh_j) ** 2 / (2 * (L1 - mu)))


def _scaled_interpolation() -> sp.Expr:
    """The same for mu = L1 too: what is left of the quadratics is 2 (1 - mu/L1) times as much."""
    dx, dg = _I.x - _J.x, _I.gradient - _J.gradient
    bregman = _I.value - _J.value - _J.gradient * dx
    return 2 * (L1 - mu) / L1 * bregman - (dg - mu * dx) ** 2 / L1 - mu * (L1 - mu) / L1 * dx**2


def _strong_convexity() -> sp.Expr:
    """Assumption 1: f_i >= f_j + <g_j, x_i - x_j> + mu/2 |x_i - x_j|^2."""
    return _I.value - (_J.value + _J.gradient * (_I.x - _J.x) + mu / 2 * (_I.x - _J.x) ** 2)


def _smoothness() -> sp.Expr:
    """Assumption 2: f_i <= f_j + <g_j, x_i - x_j> + L1/2 |x_i - x_j|^2."""
    return (_J.value + _J.gradient * (_I.x - _J.x) + L1 / 2 * (_I.x - _J.x) ** 2) - _I.value


def _cocoercivity() -> sp.Expr:
    """The gradient of h = f - mu/2 |x|^2 is cocoercive: (L1 - mu) <dh, dx> >= |dh|^2."""
    dx = _I.x - _J.x
    dh = (_I.gradient - mu * _I.x) - (_J.gradient - mu * _J.x)
    return (L1 - mu) * dh * dx - dh**2


def _nonnegative_value() -> sp.Expr:
    """f* is the minimum."""
    return _I.value


def _value_root() -> sp.Expr:
    """Assumptions 3 and 4: sqrt(2 F/L2) is G1-Lipschitz in u; both sides squared, with F = R^2."""
    left = sp.sqrt(2 / L2) * (_I.root - _J.root)
    right = G1 * (UNIT * _I.u - UNIT * _J.u)
    return sp.expand(right**2 - left**2) * L2 / 2


def _step_bound() -> sp.Expr:
    """The proviso: |grad_2 f| <= |J| |grad g| <= G1 |grad g|, with the bound on |grad g| from a descent step."""
    slope, length = sp.symbols("slope length", positive=True)
    reached = _I.value - length * slope**2 + L2 / 2 * length**2 * slope**2  # g - g* after a step along -grad g
    lowest = sp.expand(reached.xreplace({length: sp.solve(sp.diff(reached, length), length)[0]}))
    square = sp.solve(lowest, slope**2)[0]  # lowest >= 0 says slope^2 <= square
    return sp.expand((G1**2 * square - (UNIT * _I.step) ** 2) / UNIT**2)


def _minimisers() -> sp.Expr:
    """|x*(u) - x*(v)| <= G1 sqrt(L2/mu) |u - v| (Assumptions 1, 3, 4 and 6)."""
    bound = G1 * sp.sqrt(L2 / mu) * (UNIT * _I.u - UNIT * _J.u)
    return bound**2 - (_I.minimiser - _J.minimiser) ** 2


def _gradient_lipschitz() -> sp.Expr:
    """Assumption 5: |grad_1 f(x, u) - grad_1 f(x, v)| <= G2 |u - v|."""
    return (G2 * (UNIT * _I.u - UNIT * _J.u)) ** 2 - (_I.gradient - _J.gradient) ** 2


_SMOOTH: dict[str, tuple[Callable[[], sp.Expr], str, str]] = {
    "interpolation": (_interpolation, "same u", "Taylor, Hendrickx and Glineur 2017, Theorem 4"),
    "scaled_interpolation": (_scaled_interpolation, "same u", "Taylor, Hendrickx and Glineur 2017, Theorem 4"),
    "strong_convexity": (_strong_convexity, "same u", "Liao and Kyrillidis 2024, Assumption 1"),
    "smoothness": (_smoothness, "same u", "Liao and Kyrillidis 2024, Assumption 2"),
    "cocoercivity": (_cocoercivity, "same u", "Nesterov 2018, Theorem 2.1.12"),
    "nonnegative_value": (_nonnegative_value, "point", "the definition of f*"),
}
_COUPLED: dict[str, tuple[Callable[[], sp.Expr], str, str]] = {
    "value_root": (_value_root, "same x", "Liao and Kyrillidis 2024, Assumptions 3 and 4"),
    "step_bound": (_step_bound, "step", "Liao and Kyrillidis 2024, Assumptions 3 and 4 and the proviso on grad_2 f"),
    "minimisers": (_minimisers, "two u", "Liao and Kyrillidis 2024, Assumptions 1, 3, 4 and 6"),
    "gradient_lipschitz": (_gradient_lipschitz, "same x", "Liao and Kyrillidis 2024, Assumption 5"),
}
INEQUALITIES = {"smooth_strongly_convex": _SMOOTH, "partial_strong_convexity": _SMOOTH | _COUPLED}


def class_inequality(class_name: str, inequality_name: str) -> ClassInequality:
    """An inequality of a class, derived from its definition.

    Parameters
    ----------
    class_name
        One of `CLASSES`.
    inequality_name
        One of ``INEQUALITIES[class_name]``.

    Raises
    ------
    NotSupported
        If a name is unknown.

    Examples
    --------
    >>> class_inequality("partial_strong_convexity", "value_root").form
    G_{1}**4*L_{2}**2*u_i**2 - 2*G_{1}**4*L_{2}**2*u_i*u_j + G_{1}**4*L_{2}**2*u_j**2 - R_i**2 + 2*R_i*R_j - R_j**2
    """
    if class_name not in INEQUALITIES:
        raise NotSupported(f"expected class_name in {CLASSES}, got {class_name=}")
    known = INEQUALITIES[class_name]
    if inequality_name not in known:
        raise NotSupported(f"expected inequality_name in {tuple(known)}, got {inequality_name=}")
    derive, about, source = known[inequality_name]
    return ClassInequality(class_name, inequality_name, sp.expand(derive()), about, source)

r"""The run of a method on an unknown function, in symbols.

Positions are expressions in the states at the start, the gradients and the minimisers, all absolute:
no origin is chosen. A position has a key (letter, index), such as ("y", -1) for :math:`y_{k-1}` in a
generic run; the minimiser of f(., v_k) has the key ("x*v", 0), that of f(., u_k) the key ("x*u", 0);
on a class without u the minimiser is ("x*", 0).
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from proofcheck.errors import NotSupported

from .recursion import StateSpace
from .symbols import step_name

Key = tuple[str, int]


@dataclass(frozen=True)
class Point:
    r"""A position with the symbols that the inequalities of a class are about.

    Attributes
    ----------
    x, u
        The position; u is in units of :math:`G_1 \sqrt{2 L_2}`, and 0 on a class without u.
    value, root, gradient
        :math:`F = f - f^\star`, its square root and :math:`\nabla_1 f` there; all 0 at a minimiser.
    minimiser
        The minimiser of f(., u).
    step
        The scaled gradient in u, :math:`w = \nabla_2 f/(G_1 \sqrt{2 L_2})`, where the method takes one; else None.
    """

    x: sp.Expr
    u: sp.Expr
    value: sp.Expr
    root: sp.Expr
    gradient: sp.Expr
    minimiser: sp.Expr
    step: sp.Expr | None


class Trajectory:
    r"""Steps `first` .. `last` - 1 of a method, from rest or from an arbitrary state.

    Parameters
    ----------
    method
        The method.
    partial
        Whether the class has a second block u.
    first, last
        The steps, relative to k in a generic run.
    generic
        False: started with x_{first-1} = x_first (and the same for u).
    moving
        False where f does not depend on u (G1 = 0): then w = 0, and u stays where it is.

    Examples
    --------
    >>> from proofcheck.encode import recursion
    >>> run = Trajectory(recursion("gradient_descent"), False, 0, 1, generic=False)
    >>> run.position(("x", 1))
    -\nabla f(x_{0})*eta + x_{0}
    """

    def __init__(
        self, method: StateSpace, partial: bool, first: int, last: int, *, generic: bool, moving: bool = True
    ) -> None:
        self.method = method
        self.partial = partial
        self.generic = generic
        self.x_basis: list[sp.Symbol] = []
        self.u_basis: list[sp.Symbol] = []
        self.values: list[sp.Symbol] = []
        self._x: dict[Key, sp.Expr] = {}
        self._u: dict[Key, sp.Expr] = {}
        self._names: dict[tuple[str, sp.Expr], str] = {}
        self._points: dict[tuple[sp.Expr, sp.Expr], Point] = {}
        self._steps: dict[tuple[sp.Expr, sp.Expr], sp.Symbol] = {}
        x, u = self._start("x", first), self._start("u", first)
        x_before, u_before = x, u
        if generic:
            x_before = self._start("x", first - 1)
            u_before = self._start("u", first - 1) if moving else self._put("u", first - 1, u)
        for index in range(first, last):
            y, v = self._put("y", index, method.query(x, x_before)), self._put("v", index, method.query(u, u_before))
            w = self._symbol(self.u_basis, f"w_{{{self.name(index)}}}") if partial and moving else sp.S.Zero
            self._steps[y, v] = w
            gradient = self.point(("y", index), ("v", index)).gradient
            x, x_before = self._put("x", index + 1, method.advance(x, x_before, gradient)), x
            u, u_before = self._put("u", index + 1, method.advance(u, u_before, w)), u

    def name(self, index: int) -> str:
        """The name of a step in formulas.

        Examples
        --------
        >>> from proofcheck.encode import recursion
        >>> Trajectory(recursion("nesterov"), True, -1, 1, generic=True).name(-1)
        'k-1'
        """
        return step_name(index, self.generic)

    def position(self, key: Key) -> sp.Expr:
        """The position with this key; raises NotSupported if the run has none.

        Examples
        --------
        >>> from proofcheck.encode import recursion
        >>> Trajectory(recursion("gradient_descent"), True, 0, 1, generic=False).position(("u", 1))
        -eta*w_{0} + u_{0}
        """
        letter, index = key
        if key == ("x*", 0) and not self.partial:
            return self._minimiser(sp.S.Zero)
        if letter in ("x*u", "x*v") and self.partial:
            return self._minimiser(self.position((letter[-1], index)))
        table = self._x if letter in ("x", "y") else self._u
        if key not in table:
            raise NotSupported(f"expected a position of this run, {sorted([*self._x, *self._u])}, got {key=}")
        return table[key]

    def point(self, x: Key, u: Key) -> Point:
        r"""The point (x, u); on a class without u the second key is ignored.

        Examples
        --------
        >>> from proofcheck.encode import recursion
        >>> run = Trajectory(recursion("nesterov"), True, -1, 1, generic=True)
        >>> run.point(("y", 0), ("v", 0)).gradient
        \nabla_1 f(y_{k},v_{k})
        """
        at, beside = self.position(x), self.position(u) if self.partial else sp.S.Zero
        if (at, beside) not in self._points:
            minimiser, step = self._minimiser(beside), self._steps.get((at, beside))
            if at == minimiser:
                point = Point(at, beside, sp.S.Zero, sp.S.Zero, sp.S.Zero, minimiser, step)
            else:
                name = self._names["x", at] + (f",{self._names['u', beside]}" if self.partial else "")
                value = self._symbol(self.values, f"F({name})")
                gradient = self._symbol(self.x_basis, rf"\nabla{'_1' if self.partial else ''} f({name})")
                point = Point(at, beside, value, sp.Symbol(f"R({name})"), gradient, minimiser, step)
            self._points[at, beside] = point
        return self._points[at, beside]

    def iterate(self, index: int) -> Point:
        r"""The point :math:`(x_k, u_k)` of an index.

        Examples
        --------
        >>> from proofcheck.encode import recursion
        >>> Trajectory(recursion("nesterov"), True, -1, 1, generic=True).iterate(0).value
        F(x_{k},u_{k})
        """
        return self.point(("x", index), ("u", index))

    def query(self, index: int) -> Point:
        r"""The point :math:`(y_k, v_k)` of an index.

        Examples
        --------
        >>> from proofcheck.encode import recursion
        >>> Trajectory(recursion("nesterov"), True, -1, 1, generic=True).query(-1).step
        w_{k-1}
        """
        return self.point(("y", index), ("v", index))

    def _start(self, letter: str, index: int) -> sp.Expr:
        if letter == "u" and not self.partial:
            return self._put("u", index, sp.S.Zero)
        basis = self.x_basis if letter == "x" else self.u_basis
        return self._put(letter, index, self._symbol(basis, f"{letter}_{{{self.name(index)}}}"))

    def _put(self, letter: str, index: int, expression: sp.Expr) -> sp.Expr:
        expression = sp.expand(expression)
        table, space = (self._x, "x") if letter in ("x", "y") else (self._u, "u")
        table[letter, index] = expression
        self._names.setdefault((space, expression), f"{letter}_{{{self.name(index)}}}")
        return expression

    def _minimiser(self, u: sp.Expr) -> sp.Symbol:
        name = rf"x^\star({self._names['u', u]})" if self.partial else r"x^{\star}"
        symbol = self._symbol(self.x_basis, name)
        self._names.setdefault(("x", symbol), name)
        return symbol

    @staticmethod
    def _symbol(basis: list[sp.Symbol], name: str) -> sp.Symbol:
        symbol = sp.Symbol(name)
        if symbol not in basis:
            basis.append(symbol)
        return symbol

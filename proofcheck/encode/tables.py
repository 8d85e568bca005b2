r"""Expressions as tables of exact numbers, for comparisons with the kernel and with the classes of third parties.

The points of an inequality are written in the symbols x_i, g_i, u_i, w_i, z_i (the minimiser), R_i = sqrt(F_i), F_i and
the same with j; one-dimensional without loss, the product of two standing for their inner product (see `symbols`).
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import sympy as sp

from proofcheck.errors import InvalidInput

from .inequalities import class_inequality
from .recursion import recursion

_OF_A_POINT = tuple(f"{letter}_{point}" for letter in "xguwzRF" for point in "ij")
_OF_A_STEP = ("x_k", "x_k-1", "y_k", "g_k")


def coefficient_table(expression: Any, parameters: Mapping[str, Fraction]) -> dict[tuple[str, ...], Fraction]:
    r"""The coefficients of an inequality's form at exact parameters.

    Parameters
    ----------
    expression : SymPy expression
        Linear in the values F_i, F_j and quadratic in the other symbols of the points; every further symbol is a
        parameter, by name ("L_{1}" is L1).
    parameters : mapping of names to Fractions

    Returns
    -------
    dict
        ("F_i",) or a sorted pair such as ("g_j", "x_i") to its coefficient; no zeros.

    Raises
    ------
    InvalidInput
        If a symbol is unknown, a coefficient no rational number, or a term of another kind.

    Examples
    --------
    >>> x, g, mu = sp.symbols("x_i g_i mu")
    >>> coefficient_table(g * x - mu * x**2, {"mu": Fraction(1, 3)})
    {('g_i', 'x_i'): Fraction(1, 1), ('x_i', 'x_i'): Fraction(-1, 3)}
    """
    form, symbols = _at(expression, parameters, _OF_A_POINT)
    table: dict[tuple[str, ...], Fraction] = {}
    for names, coefficient in _terms(form, symbols):
        values = [name for name in names if name.startswith("F")]
        if len(names) != (1 if values else 2):
            raise InvalidInput(
                f"definition: the term {'*'.join(names) or 1} must be a value or a product of two vectors"
            )
        table[tuple(sorted(names))] = coefficient
    return table


def inequality_table(
    class_name: str, inequality_name: str, parameters: Mapping[str, Fraction]
) -> dict[tuple[str, ...], Fraction]:
    """The coefficients of a shipped class's inequality, as derived here from its definition.

    Examples
    --------
    >>> inequality_table("partial_strong_convexity", "step_bound", {})
    {('F_i',): Fraction(1, 1), ('w_i', 'w_i'): Fraction(-1, 1)}
    """
    return coefficient_table(class_inequality(class_name, inequality_name).form, parameters)


def recursion_table(method_name: str, parameters: Mapping[str, Fraction]) -> dict[str, dict[str, Fraction]]:
    """The recursion of a shipped method at exact coefficients, from its textbook equations.

    Returns
    -------
    dict
        "y" and "x" (the next iterate), each a table from "x_k", "x_k-1", "g_k" to its coefficient; no zeros.

    Examples
    --------
    >>> recursion_table("heavy_ball", {"eta": Fraction(1, 2), "beta": Fraction(0)})
    {'y': {'x_k': Fraction(1, 1)}, 'x': {'g_k': Fraction(-1, 2), 'x_k': Fraction(1, 1)}}
    """
    method = recursion(method_name)
    position, before, gradient = sp.symbols("x_{k} x_{k-1} g_{k}")
    return definition_table(
        {"y": method.query(position, before), "x": method.advance(position, before, gradient)}, parameters
    )


def definition_table(
    definition: Mapping[str, Any], parameters: Mapping[str, Fraction]
) -> dict[str, dict[str, Fraction]]:
    r"""The same for equations {"y": ..., "x": ...} in the symbols x_k, x_{k-1} (or x_km1) and, in "x", y_k and g_k.

    Raises
    ------
    InvalidInput
        If an equation is missing or not linear in these symbols.

    Examples
    --------
    >>> x, y, g, eta = sp.symbols("x_k y_k g_k eta")
    >>> definition_table({"y": x, "x": y - eta * g}, {"eta": Fraction(1, 4)})
    {'y': {'x_k': Fraction(1, 1)}, 'x': {'g_k': Fraction(-1, 4), 'x_k': Fraction(1, 1)}}
    """
    tables: dict[str, dict[str, Fraction]] = {}
    for key in ("y", "x"):
        if key not in definition:
            raise InvalidInput(f"definition: expected the keys 'y' and 'x', got {sorted(definition)}")
        form, symbols = _at(definition[key], parameters, _OF_A_STEP)
        table: dict[str, Fraction] = {}
        for names, coefficient in _terms(form, symbols):
            if len(names) != 1 or (key == "y" and names[0] in ("y_k", "g_k")):
                raise InvalidInput(f"definition: {key!r} must be linear in x_k and x_(k-1), got the term {names}")
            inside = tables["y"] if names[0] == "y_k" else {names[0]: Fraction(1)}
            for name, factor in inside.items():
                table[name] = table.get(name, Fraction(0)) + coefficient * factor
        tables[key] = {name: coefficient for name, coefficient in table.items() if coefficient}
    return tables


def _at(
    expression: Any, parameters: Mapping[str, Fraction], known_names: tuple[str, ...]
) -> tuple[sp.Expr, dict[str, sp.Symbol]]:
    """The expression with numbers for its parameters, and its variables by plain names."""
    form = sp.Integer(expression) if isinstance(expression, int) else expression
    known = {
        name.replace("_", ""): sp.Rational(value.numerator, value.denominator) for name, value in parameters.items()
    }
    variables: dict[str, sp.Symbol] = {}
    numbers: dict[sp.Symbol, sp.Rational] = {}
    for symbol in sorted(form.free_symbols, key=str):
        name = symbol.name.replace("{", "").replace("}", "").replace("km1", "k-1")
        if name.replace("_", "") in known:
            numbers[symbol] = known[name.replace("_", "")]
        elif name in known_names:
            variables[name] = symbol
        else:
            raise InvalidInput(
                f"definition: the symbol {symbol} must be one of the points' or a parameter: {list(parameters)}"
            )
    return sp.expand(form.subs(numbers)), variables


def _terms(form: sp.Expr, symbols: Mapping[str, sp.Symbol]) -> list[tuple[list[str], Fraction]]:
    """Every monomial, as names with repetition, and its rational coefficient."""
    if not symbols:
        if form != 0:
            raise InvalidInput(f"definition: the constant {form} must be 0")
        return []
    if not form.is_polynomial(*symbols.values()):
        raise InvalidInput(f"definition: {form} must be a polynomial in {sorted(symbols)}")
    found = []
    for powers, coefficient in sp.Poly(form, *symbols.values()).terms():
        if not coefficient.is_Rational:
            raise InvalidInput(f"definition: the coefficient {coefficient} must be a rational number")
        names = [name for name, power in zip(symbols, powers, strict=True) for _ in range(power)]
        if coefficient:
            found.append((names, Fraction(int(coefficient.p), int(coefficient.q))))
    return found

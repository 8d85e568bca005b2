"""Exact numbers, points and metrics as LaTeX."""

from __future__ import annotations

import re
from fractions import Fraction

from proofcheck.kernel.run import Run
from proofcheck.numbers import decimal, significant

from .escape import Tex, text

SHORT = 24
LINE = 340
_POSITION = re.compile(r"([xyuvw])\[([0-9]+|k(?:[+-][0-9]+)?)\]", re.ASCII)
_MINIMISER = re.compile(r"x\*\[([uv]\[[^\[\]]+\])\]", re.ASCII)


def digits(number: Fraction) -> Tex:
    r"""The number exactly, in text, with a possible line break after every digit.

    Examples
    --------
    >>> print(digits(Fraction(-2, 3)))
    $-$\digits{2/3}
    """
    return Tex(("$-$" if number < 0 else "") + rf"\digits{{{abs(number)}}}")


def fraction(number: Fraction, *, small: bool = False) -> Tex:
    r"""The number exactly, for math mode.

    Examples
    --------
    >>> print(fraction(Fraction(-2, 3)))
    -\frac{2}{3}
    """
    sign, size = "-" if number < 0 else "", abs(number)
    if size.denominator == 1:
        return Tex(f"{sign}{size}")
    return Tex(rf"{sign}\{'t' if small else ''}frac{{{size.numerator}}}{{{size.denominator}}}")


def is_short(number: Fraction) -> bool:
    """Whether the exact number fits into a formula."""
    return len(str(number)) <= SHORT


def _mantissa(shown: str) -> str:
    """A decimal such as 1.5e-07 for math mode."""
    head, mark, exponent = shown.partition("e")
    return rf"{head}\cdot 10^{{{int(exponent)}}}" if mark else shown


def _plain(number: Fraction) -> str:
    """A terminating decimal, with an exponent where it is very small or very large."""
    if abs(number) < 10**7:
        return decimal(number, 12)
    exponent = len(str(abs(number).numerator // abs(number).denominator)) - 1
    return f"{decimal(number / 10**exponent, 12)}e{exponent}"


def near(number: Fraction, figures: int = 6) -> Tex:
    r"""The nearest decimal with a few significant figures, for math mode, no sign of relation.

    Examples
    --------
    >>> print(near(Fraction(2, 3)), near(Fraction(1, 3 * 10**6)))
    0.666667 3.33333\cdot 10^{-7}
    """
    return Tex(_mantissa(_plain(significant(number, figures))))


def about(number: Fraction, figures: int = 6) -> Tex:
    r"""A relation and the nearest decimal: "= 0.75" or "\approx 0.666667"; nothing for an integer."""
    if number.denominator == 1:
        return Tex("")
    shown = significant(number, figures)
    return Tex(rf"{'=' if shown == number else chr(92) + 'approx '}{_mantissa(_plain(shown))}")


def bounded(number: Fraction, *, up: bool, figures: int = 12) -> Tex:
    r"""A relation and a decimal on the safe side: "\le 0.6667" (up) or "\ge 0.6666"; nothing for an integer.

    Examples
    --------
    >>> print(bounded(Fraction(2, 3), up=True, figures=4), bounded(Fraction(3, 4), up=True))
    \le 0.6667 =0.75
    """
    if number.denominator == 1:
        return Tex("")
    shown = significant(number, figures, up=up)
    relation = "=" if shown == number else r"\le " if up else r"\ge "
    return Tex(relation + _mantissa(_plain(shown)))


def rounded(number: Fraction, *, up: bool, figures: int) -> Tex:
    """The decimal of `bounded` alone."""
    return Tex(_mantissa(_plain(significant(number, figures, up=up))))


def equation(name: str, number: Fraction, *, up: bool | None = None) -> Tex:
    r"""Text that states `name = number` exactly, with a decimal (on the safe side where `up` says which).

    Examples
    --------
    >>> print(equation(r"\rho", Fraction(39, 40)))
    $\rho=\tfrac{39}{40}=0.975$
    """
    side = about(number) if up is None else bounded(number, up=up)
    if is_short(number):
        return Tex(f"${name}={fraction(number, small=True)}{side}$")
    return Tex(f"${name}=$ {digits(number)} ${{}}{side}$")


def exactly(name: str, number: Fraction) -> Tex:
    """Text that states `name = number` exactly, without a decimal."""
    if is_short(number):
        return Tex(f"${name}={fraction(number, small=True)}$")
    return Tex(f"${name}=$ {digits(number)}")


def position(label: str) -> Tex:
    r"""A label of the kernel for one position, for math mode.

    Examples
    --------
    >>> print(position("y[k-1]"), position("x*[v[3]]"), position("x*"))
    y_{k-1} x^\star(v_{3}) x^\star
    """
    if label == "x*":
        return Tex(r"x^\star")
    inner = _MINIMISER.fullmatch(label)
    if inner:
        return Tex(rf"x^\star({position(inner[1])})")
    match = _POSITION.fullmatch(label)
    if match:
        return Tex(f"{match[1]}_{{{match[2]}}}")
    return Tex(rf"\text{{{text(label)}}}")


def point(label: str, partial: bool) -> Tex:
    """A label of the kernel for a point, for math mode."""
    x, _, u = label.partition("@")
    return Tex(f"({position(x)},{position(u)})") if partial else position(x)


def basis_vector(space: str, name: str, run: Run) -> Tex:
    """A basis vector of a Gram matrix of this run, for math mode."""
    partial = run.partial
    if space == "r":
        return Tex(rf"R{point(name, partial) if partial else f'({point(name, partial)})'}")
    if name.startswith("g("):
        at = point(name[2:-1], partial)
        return Tex(rf"\nabla_1 f{at}" if partial else rf"\nabla f({at})")
    if name.startswith("x*("):
        labels = [label for label, vector in run.x.items() if vector.terms == {name: 1}]
        return position(labels[0]) if labels else Tex(r"x^\star")
    return position(name)


def measure(metric: str, partial: bool, step: str) -> Tex:
    """A metric at a step, for math mode."""
    x = f"x_{{{step}}}"
    if metric == "objective_gap":
        return Tex(rf"f({x},u_{{{step}}})-f^\star" if partial else rf"f({x})-f^\star")
    if metric == "squared_distance":
        return Tex(rf"\lVert {x}-x^\star\rVert^2")
    return Tex(rf"\lVert\nabla f({x})\rVert^2")


def bracketed(metric: str, partial: bool, step: str) -> Tex:
    """The same as a factor."""
    shown = measure(metric, partial, step)
    return Tex(rf"\bigl({shown}\bigr)") if metric == "objective_gap" else shown

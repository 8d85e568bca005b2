"""Rational functions of q as LaTeX: in displays, in running text, and by their size where they are long."""

from __future__ import annotations

from math import gcd

from proofcheck.kernel.parameter.polynomials import Polynomial
from proofcheck.kernel.parameter.ratio import Ratio
from proofcheck.symbols import function_latex, polynomial

from .escape import Tex

LONG = 420
LINE = 34
DIGITS = 28


def display(function: Ratio) -> Tex:
    r"""The function for math mode, as one fraction.

    Examples
    --------
    >>> from proofcheck.families import Q
    >>> print(display((1 - Q) / (4 + 4 * Q)))
    \frac{1-q}{4(1+q)}
    """
    below = function.denominator
    if len(below) == 1:
        return Tex(function_latex(function))
    return Tex(rf"\frac{{{polynomial(function.numerator)}}}{{{factored(below)}}}")


def is_short(function: Ratio) -> bool:
    """Whether the function fits into a display or a matrix."""
    return max(_weight(function.numerator), _weight(function.denominator)) <= 24


def _weight(p: Polynomial) -> int:
    """About how many characters a polynomial takes."""
    return sum(len(str(abs(x))) + 2 for x in p if x)


def factored(p: Polynomial) -> str:
    r"""A polynomial with its content and its power of q taken out.

    Examples
    --------
    >>> print(factored((0, 0, 10, 20)), factored((3,)), factored((0, -1)))
    10q^{2}(1+2q) 3 -q
    """
    order = next((i for i, x in enumerate(p) if x), 0)
    content = gcd(*p) or 1
    rest = tuple(x // content for x in p[order:])
    if sum(map(bool, p)) <= 1 or (content == 1 and not order):
        return polynomial(p)
    return f"{polynomial([0] * order + [content]) if content * (order + 1) > 1 else ''}({polynomial(rest)})"


def running(function: Ratio) -> Tex:
    r"""The function for running text: with places to break, or by its size where it would fill paragraphs.

    Examples
    --------
    >>> from proofcheck.families import Q
    >>> print(running(1 - Q / 4))
    $1-\frac{1}{4}q$
    >>> print(running((1 - Q) / (1 + Q)))
    $(1-q)/(1+q)$
    """
    above, below = function.numerator, function.denominator
    if is_long(function):
        return size(function)
    if len(below) == 1 and (below[0] == 1 or _weight(above) <= LINE):
        return Tex(f"${function_latex(function)}$")
    terms = [sum(map(bool, p)) for p in (above, below)]
    if max(terms) == 1:
        return Tex(f"${function_latex(function)}$")
    head = polynomial(above) if terms[0] == 1 else f"({polynomial(above)})"
    tail = factored(below)
    return Tex(f"${head}/{tail if tail.startswith('(') or tail.isdigit() else f'({tail})'}$")


def is_long(function: Ratio) -> bool:
    """Whether the function would fill paragraphs, or a number in it a line."""
    digits = max((len(str(abs(x))) for x in (*function.numerator, *function.denominator)), default=1)
    return digits > DIGITS or _weight(function.numerator) + _weight(function.denominator) > LONG


def size(function: Ratio) -> Tex:
    """How long the function is, in words."""
    numbers = (*function.numerator, *function.denominator)
    digits = max(len(str(abs(x))) for x in numbers)
    above, below = len(function.numerator) - 1, len(function.denominator) - 1
    what = f"a polynomial of degree {above}" if not below else f"a ratio of polynomials of degrees {above} and {below}"
    return Tex(f"({what} with integers of up to {digits} digits)")


def equation(name: str, function: Ratio) -> Tex:
    r"""Text that states `name = function`.

    Examples
    --------
    >>> from proofcheck.families import Q
    >>> print(equation(r"\tau", Q / 4))
    $\tau=\frac{1}{4}q$
    """
    shown = running(function)
    if not shown.startswith("$"):
        return Tex(f"${name}=$ {shown}")
    return Tex(f"${name}={shown[1:]}")


def step(eta: Ratio) -> Tex:
    r"""The step size for math mode, in units of c/L1.

    Examples
    --------
    >>> from proofcheck.families import Q
    >>> print(step(Q / Q), step(1 - Q / 4))
    c/L_1 \Bigl(1-\frac{1}{4}q\Bigr)\,c/L_1
    """
    if eta == 1:
        return Tex("c/L_1")
    shown = display(eta)
    return Tex(rf"{shown}\,c/L_1" if sum(map(bool, eta.numerator)) == 1 else rf"\Bigl({shown}\Bigr)\,c/L_1")

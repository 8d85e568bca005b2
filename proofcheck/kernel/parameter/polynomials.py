"""Polynomials in q with integer coefficients, as tuples from the constant term up without trailing zeros."""

from __future__ import annotations

from collections.abc import Iterable
from math import gcd

Polynomial = tuple[int, ...]


def trimmed(coefficients: Iterable[int]) -> Polynomial:
    """The polynomial with these coefficients."""
    found = tuple(coefficients)
    while found and not found[-1]:
        found = found[:-1]
    return found


def add(a: Polynomial, b: Polynomial) -> Polynomial:
    """The sum a + b."""
    if len(a) < len(b):
        a, b = b, a
    return trimmed([*map(int.__add__, a, b), *a[len(b) :]])


def multiply(a: Polynomial, b: Polynomial) -> Polynomial:
    """The product a b."""
    if len(a) > len(b):
        a, b = b, a
    if len(a) <= 1:
        return scale(a[0], b) if a else ()
    found = [0] * (len(a) + len(b) - 1)
    for i, x in enumerate(a):
        if x:
            for j, y in enumerate(b):
                found[i + j] += x * y
    return trimmed(found)


def scale(factor: int, a: Polynomial) -> Polynomial:
    """The product of an integer and a polynomial."""
    return a if factor == 1 else tuple([factor * x for x in a]) if factor else ()


def quotient(a: Polynomial, b: Polynomial) -> Polynomial:
    """Return a / b for a divisor b of a whose quotient has integer coefficients (b primitive: Gauss's lemma)."""
    rest, found = list(a), [0] * max(len(a) - len(b) + 1, 0)
    for shift in reversed(range(len(found))):
        found[shift] = digit = rest[shift + len(b) - 1] // b[-1]
        for j, y in enumerate(b):
            rest[shift + j] -= digit * y
    assert not any(rest), "not a divisor"
    return trimmed(found)


def primitive(a: Polynomial) -> Polynomial:
    """The polynomial divided by the greatest common divisor of its coefficients (which is positive)."""
    content = gcd(*a)
    return a if content <= 1 else tuple(x // content for x in a)


def common_divisor(a: Polynomial, b: Polynomial) -> Polynomial:
    """A primitive greatest common divisor over the rationals (Euclid with pseudo-remainders)."""
    a, b = primitive(a), primitive(b)
    if len(a) < len(b):
        a, b = b, a
    while b:
        a, b = b, primitive(_remainder(a, b))
    return a


def _remainder(a: Polynomial, b: Polynomial) -> Polynomial:
    """A nonzero multiple of the remainder of a by b."""
    while len(a) >= len(b):
        shift = (0,) * (len(a) - len(b))
        common = gcd(a[-1], b[-1])
        a = add(scale(b[-1] // common, a), scale(-a[-1] // common, shift + b))
    return a


def derivative(a: Polynomial) -> Polynomial:
    """The derivative."""
    return tuple(i * x for i, x in enumerate(a))[1:]


def squarefree(a: Polynomial) -> Polynomial:
    """A primitive polynomial with the same roots, each once."""
    a = primitive(a)
    return quotient(a, common_divisor(a, derivative(a))) if len(a) > 1 else a


def odd_part(a: Polynomial) -> Polynomial:
    """A primitive polynomial with exactly the roots of odd multiplicity, each once (Yun's decomposition).

    With roots[m] the product over the roots of multiplicity >= m, each once, a root of multiplicity n
    is one of roots[m] / roots[m+1] for m = n only.
    """
    odd: Polynomial = (1,)
    rest, parity = primitive(a), 1
    simple = squarefree(rest)
    while len(rest) > 1:
        rest = quotient(rest, simple)  # every multiplicity is one less
        following = common_divisor(simple, rest) if len(rest) > 1 else (1,)
        if parity:
            odd = multiply(odd, quotient(simple, following))
        simple, parity = following, 1 - parity
    return odd

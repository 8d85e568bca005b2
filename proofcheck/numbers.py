"""Exact numbers at the boundary: reading them, rounding them to the safe side, printing them."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from math import isqrt
from typing import Any

from proofcheck.errors import InvalidInput, NotSupported

MAX_CHARACTERS = 100
_NUMBER = re.compile(r"[+-]?[0-9]+(?:/[0-9]+|\.[0-9]+)?", re.ASCII)


def exact(value: Any, name: str) -> Fraction:
    """Read an exact number: an int, a Fraction, a Decimal, a SymPy rational or a string.

    Strings are rationals such as "-3/4" or terminating decimals such as "0.75". Floats are refused:
    0.1 is not one tenth.

    Parameters
    ----------
    value : int, str, Fraction, Decimal or SymPy Rational
    name : str
        How messages call the argument, for example ``"mu"`` or ``"case.toml: class.mu"``.

    Raises
    ------
    InvalidInput
        If the value is not an exact number.
    NotSupported
        If it has more than 100 characters or digits.

    Examples
    --------
    >>> exact("0.75", "tau")
    Fraction(3, 4)
    >>> exact(0.75, "tau")
    Traceback (most recent call last):
    ...
    proofcheck.errors.InvalidInput: tau=0.75 is a float; write an exact number such as "3/4" or "0.75" in quotes
    """
    if isinstance(value, bool):
        raise InvalidInput(f"{name}={value} is a truth value; expected an exact number")
    if isinstance(value, float):
        raise InvalidInput(f'{name}={value!r} is a float; write an exact number such as "3/4" or "0.75" in quotes')
    if isinstance(value, (int, Fraction)):
        number = Fraction(value)
    elif isinstance(value, Decimal):
        if not value.is_finite() or abs(value.as_tuple().exponent) > MAX_CHARACTERS:  # type: ignore[arg-type]
            raise InvalidInput(f"{name}={value} is not a finite number of moderate size")
        number = Fraction(value)
    elif isinstance(value, str):
        number = _from_text(value, name)
    elif getattr(value, "is_Rational", False) is True:
        number = Fraction(int(value.p), int(value.q))
    else:
        raise InvalidInput(f"{name}: expected an exact number, got {type(value).__name__}")
    if max(abs(number.numerator), number.denominator) >= 10**MAX_CHARACTERS:
        raise NotSupported(f"{name}: more than {MAX_CHARACTERS} digits")
    return number


def _from_text(text: str, name: str) -> Fraction:
    if len(text) > MAX_CHARACTERS:
        raise NotSupported(f"{name}: {len(text)} characters, the limit is {MAX_CHARACTERS}")
    if _NUMBER.fullmatch(text) is None:
        shown = text if len(text) <= 40 else text[:37] + "..."
        raise InvalidInput(f'{name}={shown!r} is not an exact number such as "3/4" or "0.75"')
    try:
        return Fraction(text)
    except ZeroDivisionError:
        raise InvalidInput(f"{name}={text!r} has denominator zero") from None


def rational_sqrt(value: Fraction) -> Fraction | None:
    """The exact square root of a nonnegative rational, or None if it is irrational.

    Examples
    --------
    >>> rational_sqrt(Fraction(9, 4)), rational_sqrt(Fraction(2))
    (Fraction(3, 2), None)
    """
    if value < 0:
        return None
    p, q = isqrt(value.numerator), isqrt(value.denominator)
    return Fraction(p, q) if p * p == value.numerator and q * q == value.denominator else None


def significant(value: float | Fraction, digits: int, *, up: bool | None = None) -> Fraction:
    """Round to `digits` significant decimal digits: to nearest, or up, or down.

    Examples
    --------
    >>> significant(Fraction(2, 3), 3), significant(Fraction(2, 3), 3, up=False)
    (Fraction(667, 1000), Fraction(333, 500))
    """
    number = Fraction(value)
    if not number:
        return number
    size = abs(number)
    exponent = len(str(size.numerator)) - len(str(size.denominator))
    if size < Fraction(10) ** exponent:
        exponent -= 1
    unit = Fraction(10) ** (exponent + 1 - digits)
    count = number / unit
    if up is None:
        return round(count) * unit
    return (-(-count.numerator // count.denominator) if up else count.numerator // count.denominator) * unit


def decimal(value: Fraction, places: int = 12, *, up: bool = True) -> str:
    """A decimal on the safe side: rounded up (for upper bounds) or down; exact values stay exact.

    At least `places` digits after the point, and for tiny values that many significant digits.

    Examples
    --------
    >>> decimal(Fraction(2, 3), 4), decimal(Fraction(2, 3), 4, up=False), decimal(Fraction(3, 4))
    ('0.6667', '0.6666', '0.75')
    """
    if value and abs(value) < Fraction(1, 10**4):
        shown = significant(value, min(places, 8), up=up)
        exponent = 0
        while abs(shown) < 1:
            shown *= 10
            exponent += 1
        return f"{decimal(shown, places, up=up)}e-{exponent:02d}"
    scaled = value * 10**places
    count = -(-scaled.numerator // scaled.denominator) if up else scaled.numerator // scaled.denominator
    digits = f"{abs(count):0{places + 1}d}"
    text = f"{digits[:-places]}.{digits[-places:]}".rstrip("0").rstrip(".")
    return f"-{text}" if count < 0 else text

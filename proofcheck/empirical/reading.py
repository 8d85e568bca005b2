"""Numbers and lists of an experiment file; every refusal names the key, the value and the bound."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import Any

from proofcheck.case import read_text, shorten
from proofcheck.errors import InvalidInput, NotSupported


def integer(value: Any, where: str, least: int, most: int) -> int:
    """An integer between two bounds.

    Raises
    ------
    InvalidInput, NotSupported
    """
    if type(value) is not int or value < least:
        raise InvalidInput(f"{where}={shorten(value)} must be an integer from {least} to {most:,}")
    if value > most:
        raise NotSupported(f"{where}={shorten(value)} must be <= {most:,}")
    return value


def number(value: Any, where: str, *, above: float | None = None, least: float | None = None, most: float) -> float:
    """A finite number within its bounds.

    Raises
    ------
    InvalidInput, NotSupported
    """
    low = f"> {above:g}" if above is not None else f">= {least:g}"
    if type(value) not in (int, float) or (type(value) is float and not isfinite(value)):
        raise InvalidInput(f"{where}={shorten(value)} must be a finite number {low}")
    if (above is not None and not value > above) or (least is not None and not value >= least):
        raise InvalidInput(f"{where}={shorten(value)} must be {low}")
    if value > most:
        raise NotSupported(f"{where}={shorten(value)} must be <= {most:g}")
    return float(value)


def choice(value: Any, where: str, known: Sequence[str]) -> str:
    """One of the known names.

    Raises
    ------
    InvalidInput, NotSupported
    """
    found = read_text(value, where)
    if found not in known:
        raise NotSupported(f"{where}={shorten(found)} must be one of {', '.join(known)}")
    return found


def sequence(value: Any, where: str, most: int) -> Sequence[Any]:
    """A list with at least one entry.

    Raises
    ------
    InvalidInput, NotSupported
    """
    if not isinstance(value, list):
        raise InvalidInput(f"{where}={shorten(value)}: expected a list")
    if not value:
        raise InvalidInput(f"{where}: the list is empty")
    if len(value) > most:
        raise NotSupported(f"{where}: {len(value)} entries, the limit is {most:,}")
    return value


def once(values: Sequence[Any], where: str) -> None:
    """Refuse a list with a repeated entry.

    Raises
    ------
    InvalidInput
    """
    for i, entry in enumerate(values):
        if entry in values[:i]:
            shown = str(list(entry)) if isinstance(entry, tuple) else shorten(entry)
            raise InvalidInput(f"{where}[{i}]={shown}: named twice")

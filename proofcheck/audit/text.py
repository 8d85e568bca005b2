"""Polynomials in scalars as the kernel's language writes them."""

from __future__ import annotations

from proofcheck.kernel.obligations.polynomials import Polynomial


def spelled(polynomial: Polynomial) -> str:
    """A polynomial in scalars as text."""
    return str(polynomial)

"""A paper's statements and steps as obligations: prove them, refute them, try the corrections that are proposed."""

from __future__ import annotations

from .engine import Outcome, audit
from .entries import Correction, Paper, Row, load

__all__ = ["Correction", "Outcome", "Paper", "Row", "audit", "load"]

"""A paper's statements and steps as obligations: prove them, refute them, try the corrections that are proposed."""

from __future__ import annotations

from .entries import Correction, Paper, Row, load
from .engine import Outcome, audit

__all__ = ["Correction", "Outcome", "Paper", "Row", "audit", "load"]

"""What a search hands over: a claim, a certificate the kernel accepted, and the numbers on the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from proofcheck.documents import Document

Progress = Callable[[str, float], None]


def silent(message: str, fraction: float) -> None:
    """Report no progress."""


@dataclass(frozen=True)
class Candidate:
    """A claim with an accepted certificate, or with none and the reason why.

    Attributes
    ----------
    claim : dict
        The claim document; None if no definite claim was reached.
    certificate : dict or None
        The certificate document the kernel accepted.
    notes : dict
        Numbers worth showing, in floating point (labelled OBSERVED wherever they are printed).
    """

    claim: Document | None
    certificate: Document | None
    notes: dict[str, str] = field(default_factory=dict)

"""Counterexamples to claims about every q: at one rational q the claim is about numbers, and c = 1."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from proofcheck.discover.candidate import Candidate
from proofcheck.discover.refutation import refute as refute_numbers
from proofcheck.documents import Document, certificate_document, verdict
from proofcheck.families import function
from proofcheck.kernel import claim as kernel_claim


def at(claim: Document, q: Fraction) -> Document:
    """The claim/1 that a claim/2 makes at this q, in the units L1/c = 1."""

    def value(entry: Any) -> Any:
        return entry if isinstance(entry, str) else str(function(entry, "function")(q))

    problem = {"name": claim["class"]["name"], "mu": str(q**2), "L1": "1"}
    if "tau" in claim["class"]:
        tau = function(claim["class"]["tau"], "tau")(q)
        problem |= {"L2": str(tau * q**2), "G1": "1"} if tau else {"L2": "1", "G1": "0"}
    return {
        "format": kernel_claim.FORMAT,
        "class": problem,
        "method": {key: value(entry) for key, entry in claim["method"].items()},
        "statement": {key: value(entry) for key, entry in claim["statement"].items()},
    }


def refute(claim: Document, examples: Iterable[Fraction]) -> Candidate | None:
    """A counterexample at one of the given q that the kernel accepts, or None."""
    for q in examples:
        found = refute_numbers(at(claim, q))
        if found is None or found.certificate is None:
            continue
        inner = {key: entry for key, entry in found.certificate.items() if key not in ("format", "claim")}
        certificate = certificate_document(claim, "specialise", {"q": str(q), "refutation": inner})
        if verdict(claim, certificate).word == "REFUTED":
            return Candidate(claim, certificate)
    return None

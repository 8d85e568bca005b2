"""Claims and certificates as plain documents (what JSON holds), and their canonical bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from proofcheck.classes import ProblemClass
from proofcheck.families import ClassFamily, MethodFamily
from proofcheck.kernel import check as kernel_check
from proofcheck.kernel import claim as kernel_claim
from proofcheck.kernel import wire
from proofcheck.kernel.outcome import Verdict
from proofcheck.methods import Method

Document = dict[str, Any]
FORMATS = {kernel_claim.FORMAT: "proofcheck-certificate/1", kernel_claim.FAMILY: "proofcheck-certificate/2"}


def claim_document(problem: ProblemClass, method: Method, statement: Mapping[str, Any]) -> Document:
    """The claim that the method satisfies the statement on every function of the class."""
    return {
        "format": kernel_claim.FORMAT,
        "class": problem.document(),
        "method": method.document(),
        "statement": dict(statement),
    }


def family_document(problem: ClassFamily, method: MethodFamily, statement: Mapping[str, Any]) -> Document:
    """The claim that the method satisfies the statement on every function of the classes, for every q in (0, 1]."""
    return {
        "format": kernel_claim.FAMILY,
        "class": problem.document(),
        "method": method.document(),
        "statement": dict(statement),
    }


def linear_rate(metric: str, initial: str, rate: Fraction, constant: Fraction | str) -> Document:
    """The statement metric_k <= constant * rate^k * initial for all k."""
    fields = {"kind": "linear_rate", "metric": metric, "initial": initial}
    return {**fields, "rate": str(rate), "constant": str(constant)}


def worst_case(metric: str, initial: str, steps: int, bound: Fraction) -> Document:
    """The statement metric_N <= bound * initial."""
    return {"kind": "worst_case", "metric": metric, "initial": initial, "steps": steps, "bound": str(bound)}


def certificate_document(claim: Document, rule: str, fields: Mapping[str, Any]) -> Document:
    """A certificate for exactly this claim."""
    return {"format": FORMATS[claim["format"]], "claim": wire.digest(claim), "rule": rule, **fields}


def terms(entries: Sequence[tuple[str, Sequence[str], Fraction]]) -> list[Document]:
    """A nonnegative combination as the certificate writes it."""
    return [{"inequality": name, "at": list(at), "multiplier": str(m)} for name, at, m in entries]


def parse(claim: Document) -> kernel_claim.Claim:
    """The claim as the kernel understands it; raises a kernel Refusal."""
    return kernel_claim.read(wire.canonical_bytes(claim))


def verdict(claim: Document, certificate: Document) -> Verdict:
    """Ask the kernel about the canonical bytes of both documents."""
    return kernel_check(wire.canonical_bytes(claim), wire.canonical_bytes(certificate))

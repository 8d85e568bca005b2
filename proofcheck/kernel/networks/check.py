"""Rule apply_in_balls: a theorem for all condition numbers, applied to one network from one start."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from .. import claim as claims
from .. import wire
from ..outcome import Declined, Invalid, Rejected, Verdict, require
from ..statements import LinearRate
from .balls import applies
from .claim import Network
from .layers import Start, start

CERTIFICATE = "proofcheck-network-certificate/1"
FIELDS = ("format", "claim", "rule", "theorem", "q", "G1", "bits", "lowest", "solution")
MAX_DIGITS = 200


@dataclass(frozen=True)
class Application:
    """What a certificate applies, all of it checked but for the inequalities between the numbers."""

    theorem: claims.Claim
    said: LinearRate
    start: Start
    q: Fraction
    G1: Fraction


def check(
    network: Network, certificate: bytes, files: Mapping[str, bytes], prove: Callable[[bytes, bytes], Verdict]
) -> tuple[str, str]:
    """The word and why; `prove` decides about the theorem."""
    return decide(network, application(network, certificate, files, prove))


def decide(network: Network, found: Application) -> tuple[str, str]:
    """The word and why, or a Refusal."""
    seen = applies(network, found.theorem, found.said, found.start, found.q, found.G1)
    return "PROVED", f"the theorem of {found.theorem.hash} applies with {', '.join(seen)}"


def application(
    network: Network, certificate: bytes, files: Mapping[str, bytes], prove: Callable[[bytes, bytes], Verdict]
) -> Application:
    """Read a certificate, have its theorem proved, and bound the start; raises a Refusal."""
    where = "certificate"
    found = wire.document(certificate, where, CERTIFICATE)
    rule = wire.text(found.get("rule"), f"{where}: rule")
    require(rule == "apply_in_balls", Declined, f"{where}: rule: unknown rule {wire.shorten(rule)}")
    found = wire.fields(found, FIELDS, where)
    own = found["claim"] == network.hash
    require(own, Rejected, f"{where}: claim: made for another claim than {network.hash}")
    q, G1 = (_number(found[key], f"{where}: {key}") for key in ("q", "G1"))
    require(0 < q <= 1, Invalid, f"{where}: q={q} must be in (0, 1]")
    network.check_files(files)
    theorem, said = _theorem(found["theorem"], f"{where}: theorem", prove)
    return Application(theorem, said, start(network, files["data"], files["weights"], found), q, G1)


def _theorem(value: Any, where: str, prove: Callable[[bytes, bytes], Verdict]) -> tuple[claims.Claim, LinearRate]:
    """The theorem, proved, and what it says."""
    theorem = wire.fields(value, ("claim", "certificate"), where)
    data, proof = (wire.canonical_bytes(theorem[key]) for key in ("claim", "certificate"))
    wire.document(data, f"{where}.claim", claims.FAMILY)
    verdict = prove(data, proof)
    require(verdict.word == "PROVED", Rejected, f"{where}: {verdict.word}: {verdict.reason}")
    found = claims.read(data)
    said = found.statement
    if not isinstance(said, LinearRate) or said.constant is None or not found.problem.balls:
        raise Rejected(f"{where}: not a rate with a constant and with balls")
    return found, said


def _number(value: Any, where: str) -> Fraction:
    short = not isinstance(value, str) or len(value) <= MAX_DIGITS
    require(short, Declined, f"{where}: more than {MAX_DIGITS} characters")
    return wire.rational(value, where)

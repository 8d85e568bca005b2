"""Claim and certificate in, one word out."""

from __future__ import annotations

from collections.abc import Mapping

from . import claim as claims
from . import wire
from .networks import check as network_rules
from .networks import claim as networks
from .obligations import check as obligation_rules
from .obligations import claim as obligations
from .obligations.polynomials import limited
from .outcome import Declined, Refusal, Rejected, Verdict, require
from .rules import REGISTRY

FORMATS = {claims.FORMAT: "proofcheck-certificate/1", claims.FAMILY: "proofcheck-certificate/2"}


def check(claim_bytes: bytes, certificate_bytes: bytes, files: Mapping[str, bytes] | None = None) -> Verdict:
    """Decide whether the certificate proves (or refutes) exactly this claim. Never raises on bad data.

    `files` holds the bytes that a claim about a network names by their hashes: "data" and "weights".
    """
    try:
        with limited():
            claim = read(claim_bytes)
            if isinstance(claim, obligations.Obligation):
                word, reason = obligation_rules.check(claim, certificate_bytes)
                return Verdict(word, reason, claim.hash)
        if isinstance(claim, networks.Network):
            word, reason = network_rules.check(claim, certificate_bytes, files or {}, check)
            return Verdict(word, reason, claim.hash)
        where = "certificate"
        found = wire.document(certificate_bytes, where, FORMATS[claim.format])
        rule = wire.text(found.get("rule"), f"{where}: rule")
        known = REGISTRY[claim.format]
        require(rule in known, Declined, f"{where}: rule: unknown rule {wire.shorten(rule)}")
        names, apply = known[rule]
        found = wire.fields(found, ("format", "claim", "rule", *names), where)
        require(found["claim"] == claim.hash, Rejected, f"{where}: claim: made for another claim than {claim.hash}")
        small = wire.common_denominator(found) < 10**wire.MAX_DIGITS
        require(small, Declined, f"{where}: no common denominator of at most {wire.MAX_DIGITS} digits")
        word, reason = apply(claim, found)
    except Refusal as refusal:
        return Verdict(refusal.word, str(refusal))
    premises = claim.problem.assumed
    if word == "PROVED" and premises:
        word, reason = f"PROVED_UNDER_{premises}", f"{reason}, under {premises} named premise{'s'[: premises - 1]}"
    return Verdict(word, reason, claim.hash)


def read(data: bytes) -> claims.Claim | obligations.Obligation | networks.Network:
    """A claim of any format; raises a Refusal."""
    document = wire.document(data, "claim", claims.FORMAT, claims.FAMILY, obligations.FORMAT, networks.FORMAT)
    if document["format"] == networks.FORMAT:
        return networks.read(document)
    return obligations.read(document) if document["format"] == obligations.FORMAT else claims.read(data)


def explain(claim_bytes: bytes) -> list[str]:
    """What is claimed, in words; raises a Refusal."""
    with limited():
        claim = read(claim_bytes)
    return [*claim.words(), f"claim {claim.hash}"]

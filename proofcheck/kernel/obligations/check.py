"""An obligation and its certificate in, one word out."""

from __future__ import annotations

from typing import Any

from .. import wire
from ..outcome import Declined, Rejected, require
from . import models, positivity
from .claim import Obligation

FORMAT = "proofcheck-obligation-certificate/1"
REGISTRY = {
    "positivity": (positivity.FIELDS, positivity.apply),
    "counterexample": (models.FIELDS, models.apply),
}


def check(claim: Obligation, certificate: bytes) -> tuple[str, str]:
    """Word and reason; raises a Refusal."""
    where = "certificate"
    found: dict[str, Any] = wire.document(certificate, where, FORMAT)
    rule = wire.text(found.get("rule"), f"{where}: rule")
    require(rule in REGISTRY, Declined, f"{where}: rule: unknown rule {wire.shorten(rule)}")
    names, apply = REGISTRY[rule]
    found = wire.fields(found, ("format", "claim", "rule", *names), where)
    require(found["claim"] == claim.hash, Rejected, f"{where}: claim: made for another claim than {claim.hash}")
    return apply(claim, found)

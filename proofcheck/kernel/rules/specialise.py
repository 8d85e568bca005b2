"""Rule specialise: a claim about every q in (0, 1] is refuted at one of them.

At a rational q the claim is one about numbers (kappa = 1/q^2 with c = 1), and a certificate of rule
`growth` or `instance` refutes it.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

from .. import classes, wire
from ..claim import FORMAT, Claim
from ..outcome import Declined, Invalid, Rejected, require
from ..statements import LinearRate
from . import growth, instance

FIELDS = ("q", "refutation")
MAX_BITS = 1_500
RULES = {"growth": growth, "instance": instance}


def at(claim: Claim, s: LinearRate, q: Fraction) -> Claim:
    """The claim at this q."""
    module, p = classes.REGISTRY[claim.problem.name], claim.problem.parameters
    numbers = {name: value(q) for name, value in p.items()}
    problem = replace(claim.problem, parameters=numbers, inequalities=module.inequalities(numbers), balls=None)
    method = replace(claim.method, coefficients={name: value(q) for name, value in claim.method.coefficients.items()})
    constant = None if s.constant is None else s.constant(q)
    statement = LinearRate(s.metric, s.initial, s.rate(q), constant)
    return replace(claim, problem=problem, method=method, statement=statement, format=FORMAT)


def apply(claim: Claim, found: dict[str, Any]) -> tuple[str, str]:
    """Specialise and refute."""
    s, q = claim.statement, wire.rational(found["q"], "certificate: q")
    if not isinstance(s, LinearRate):
        raise Rejected("certificate: rule specialise refutes statements of kind linear_rate only")
    require(0 < q <= 1, Invalid, f"certificate: q={q} must be in (0, 1]")
    # the counterexamples hold on the whole space, so in all balls, but their start need not be near a minimiser
    near = "start" in (claim.problem.balls or {})
    require(not near, Rejected, "certificate: rule specialise does not know where its counterexample starts")
    inner = found["refutation"]
    rule = wire.text(inner.get("rule") if isinstance(inner, dict) else None, "certificate: refutation.rule")
    require(rule in RULES, Declined, f"certificate: refutation.rule: unknown rule {wire.shorten(rule)}")
    there = at(claim, s, q)
    numbers = [*there.problem.parameters.values(), *there.method.coefficients.values(), s.rate(q)]
    bits = sum(number.numerator.bit_length() + number.denominator.bit_length() for number in numbers)
    require(
        bits <= MAX_BITS, Declined, f"certificate: the claim at q has numbers of {bits} bits, the limit is {MAX_BITS}"
    )
    fields = wire.fields(inner, ("rule", *RULES[rule].FIELDS), "certificate: refutation")
    word, reason = RULES[rule].apply(there, fields)
    return word, f"at q = {q} {reason}"

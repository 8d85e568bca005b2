"""Gradient descent on the partial class: a contraction at fixed u, then the step in u.

With R, S, T the roots of F(x_k, u_k), F(x_{k+1}, u_k), F(x_{k+1}, u_{k+1}): S <= a R by the theorem of the
smooth strongly convex class, T <= S + eta Gamma |w| and |w| <= R, so T <= (a + eta Gamma) R. In squares,
T^2 <= (1 + s) S^2 + (1 + 1/s)(eta Gamma |w|)^2 with s = eta Gamma/(a + e); e > 0 keeps s finite where a = 0.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from proofcheck.discover.candidate import Candidate, Progress
from proofcheck.documents import Document, certificate_document, parse, verdict
from proofcheck.families import document, function
from proofcheck.kernel.parameter.ratio import Ratio, of
from proofcheck.kernel.rules.growth import recursion

Prover = Callable[[Document, Progress], Candidate]


def applies(claim: Document) -> bool:
    """Whether the claim is one about gradient descent on the partial class."""
    return bool(claim["method"]["name"] == "gradient_descent" and claim["class"]["name"] == "partial_strong_convexity")


def prove(claim: Document, prover: Prover, progress: Progress) -> Candidate | None:
    """A certificate by the chain, or None.

    Parameters
    ----------
    claim : dict
        A claim/2 linear_rate document to which this search applies.
    prover : callable
        The search for theorems of the smooth strongly convex class.
    progress : callable
    """
    constant = claim["statement"]["constant"]
    parsed = parse({**claim, "statement": {**claim["statement"], "constant": "some"}})
    p, rate = parsed.problem.parameters, function(claim["statement"]["rate"], "rate")
    a, _ = recursion(parsed, p["mu"])
    moved = of(parsed.method.coefficients["eta"] * p["L2"] * p["G1"] ** 2)
    excess = rate - (of(a) + moved) ** 2
    if not moved > 0 or not excess > 0 or not of(a) >= 0:
        return None
    one = {**claim["statement"], "rate": document(of(a) ** 2), "constant": ["1"]}
    smooth = {**claim, "class": {"name": "smooth_strongly_convex"}, "statement": one}
    found = prover(smooth, progress)
    if found.certificate is None:
        return None
    s = moved / (a + excess / moved)
    fields: Document = {"constant": ["1"], "start": [], "bound": [], "lyapunov": _metric()}
    for part, here, after in (("base", "0", "1"), ("decrease", "k", "k+1")):
        terms = [_lifted(term, here, 1 + s) for term in found.certificate[part]]
        root = _term("value_root", [f"x[{after}]@u[{after}]", f"x[{after}]@u[{here}]"], 1 + 1 / s)
        step = _term("step_bound", [here], (1 + 1 / s) * moved**2)
        fields[part] = [*terms, root, step]
    wanted = {**claim, "statement": {**claim["statement"], "constant": constant or ["1"]}}
    certificate = certificate_document(wanted, "lyapunov", fields)
    return Candidate(wanted, certificate) if verdict(wanted, certificate).word == "PROVED" else None


def _lifted(term: Document, u: str, factor: Ratio) -> Document:
    """An inequality of the smooth class at fixed u."""
    at = [f"x*[u[{u}]]@u[{u}]" if label == "x*" else f"{label}@u[{u}]" for label in term["at"]]
    return _term(term["inequality"], at, factor * function(term["multiplier"], "multiplier"))


def _term(name: str, at: list[str], multiplier: Any) -> Document:
    return {"inequality": name, "at": at, "multiplier": document(of(multiplier))}


def _metric() -> Document:
    """V is the objective gap."""
    zero = [str(Fraction(0))]
    return {"values": [["1"], zero], "x": [[zero] * 3 for _ in range(3)], "u": [[zero] * 2 for _ in range(2)]}

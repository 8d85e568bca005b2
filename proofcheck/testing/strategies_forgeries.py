"""Hypothesis strategies for forged certificates: files that the kernel must not accept."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple

from hypothesis import strategies as st

from proofcheck.classes import SmoothStronglyConvex
from proofcheck.documents import Document, certificate_document
from proofcheck.kernel import wire
from proofcheck.testing import exact_proofs
from proofcheck.testing.exact_proofs import DISTANCE
from proofcheck.testing.strategies_options import POSITIVE, chosen, rationals


class Forgery(NamedTuple):
    """Two files, and what is wrong with them."""

    claim: bytes
    certificate: bytes
    what: str


@dataclass
class Draft:
    """A true pair for a tight claim, to be spoiled; `part` is in (0, 1) and `place` points at a term of the proof."""

    claim: Document
    certificate: Document
    part: Fraction
    place: int

    @property
    def terms(self) -> list[Document]:
        """The terms of the first proof that has some."""
        found: list[Document] = self.certificate["proof" if "proof" in self.certificate else "decrease"]
        return found

    @property
    def term(self) -> Document:
        """One of them."""
        return self.terms[self.place % len(self.terms)]

    def signed(self) -> Draft:
        """The same with the certificate made for this claim."""
        self.certificate["claim"] = wire.digest(self.claim)
        return self

    def files(self, what: str) -> Forgery:
        """Canonical bytes."""
        return Forgery(wire.canonical_bytes(self.claim), wire.canonical_bytes(self.certificate), what)


Spoil = Callable[[Draft], Draft | Forgery]
FORGERIES: dict[str, tuple[str, Spoil]] = {}
"""By kind: what is wrong in words, and how it is done."""


def forgery(what: str) -> Callable[[Spoil], Spoil]:
    """Register a kind of forgery by the name of its function."""

    def register(spoil: Spoil) -> Spoil:
        FORGERIES[spoil.__name__] = (what, spoil)
        return spoil

    return register


def forged_certificates(*, kinds: Iterable[str] | None = None) -> st.SearchStrategy[Forgery]:
    """Files (claim, certificate, what) of which the kernel must accept none.

    Each starts from a true, tight claim about gradient descent with its proof. Then either the claim is made false and
    signed again (a smaller rate, a larger class, another step size), or a file is not what docs/format.md says.

    Parameters
    ----------
    kinds : names, optional
        Of `FORGERIES`.

    Raises
    ------
    InvalidOption

    Examples
    --------
    >>> from hypothesis import given
    >>> from proofcheck.kernel import check
    >>> @given(forged_certificates())
    ... def test_forgeries(forged):
    ...     assert not check(forged.claim, forged.certificate).accepted, forged.what
    """
    return _forgeries(st.sampled_from(chosen(kinds, FORGERIES, "kinds")))


_SHARES = rationals(min_value="1/4", max_value="7/4", max_denominator=4)
_PARTS = st.sampled_from([Fraction(part) for part in ("1/2", "9/10", "99/100", "999999/1000000")])


@st.composite
def _forgeries(draw: st.DrawFn, kinds: st.SearchStrategy[str]) -> Forgery:
    what, spoil = FORGERIES[draw(kinds)]
    mu = draw(POSITIVE)
    problem = SmoothStronglyConvex(mu=mu, L1=mu * (1 + draw(POSITIVE)))
    eta, steps = draw(_SHARES) / problem.L1, draw(st.integers(0, 3))
    # 0: the rate for every k
    pair = (
        exact_proofs.descent_bound(problem, eta, steps, DISTANCE, DISTANCE)
        if steps
        else exact_proofs.descent_rate(problem, eta, DISTANCE, DISTANCE)
    )
    found = spoil(Draft(*copy.deepcopy(pair), draw(_PARTS), draw(st.integers(0, 3))))
    return found.files(what) if isinstance(found, Draft) else found._replace(what=what)


def _goal(draft: Draft) -> str:
    return "bound" if "bound" in draft.claim["statement"] else "rate"


# False claims, signed for. The claim is tight: some function of the class attains it.


@forgery("a smaller rate or bound than that of a quadratic of the class")
def stronger_rate(draft: Draft) -> Draft:
    s = draft.claim["statement"]
    s[_goal(draft)] = str(Fraction(s[_goal(draft)]) * draft.part)
    return draft.signed()


@forgery("the class is larger than the one that was proved")
def larger_class(draft: Draft) -> Draft:
    p = draft.claim["class"]
    mu, big, eta = (Fraction(x) for x in (p["mu"], p["L1"], draft.claim["method"]["eta"]))
    if eta * (mu + big) <= 2:  # the curvature mu is the slowest one
        p["mu"] = str(mu * draft.part)
    else:
        p["L1"] = str(big / draft.part)
    return draft.signed()


@forgery("a step size that is slower than the one that was proved")
def another_step(draft: Draft) -> Draft:
    p = draft.claim["class"]
    mu, big, eta = (Fraction(x) for x in (p["mu"], p["L1"], draft.claim["method"]["eta"]))
    worse = eta * draft.part if eta * (mu + big) <= 2 else eta / draft.part
    draft.claim["method"]["eta"] = str(worse)
    return draft.signed()


@forgery("a true claim is called refuted, by a curvature outside the class")
def growth_outside(draft: Draft) -> Draft:
    curvature = Fraction(draft.claim["class"]["L1"]) * 9
    fields = {"curvature": str(curvature), "slope": "0"}
    return _instead(draft, "growth", fields)


@forgery("a true claim is called refuted, by a quadratic that satisfies it")
def instance_within(draft: Draft) -> Draft:
    function = {"name": "quadratic", "curvature": draft.claim["class"]["mu"]}
    return _instead(draft, "instance", {"function": function, "steps": draft.claim["statement"].get("steps", 3)})


@forgery("a true claim is called refuted, by a function whose curvature leaves the class")
def instance_outside(draft: Draft) -> Draft:
    high = str(Fraction(draft.claim["class"]["L1"]) * 9)
    function = {"name": "piecewise_quadratic", "start": "1", "breakpoints": ["1/2"], "slopes": [high, high]}
    return _instead(draft, "instance", {"function": function, "steps": draft.claim["statement"].get("steps", 1)})


def _instead(draft: Draft, rule: str, fields: Document) -> Draft:
    draft.certificate = certificate_document(draft.claim, rule, fields)
    return draft


# Proofs that do not prove.


@forgery("a multiplier is negative")
def negative_multiplier(draft: Draft) -> Draft:
    draft.term["multiplier"] = "-" + draft.term["multiplier"]
    return draft


@forgery("a term of the proof is left out")
def missing_term(draft: Draft) -> Draft:
    draft.terms.pop(draft.place % len(draft.terms))
    return draft


@forgery("an inequality of an unknown name")
def unknown_inequality(draft: Draft) -> Draft:
    draft.term["inequality"] = "wishful_thinking"
    return draft


@forgery("an inequality of another class")
def foreign_inequality(draft: Draft) -> Draft:
    draft.term.update(inequality="value_root")
    return draft


@forgery("a label that does not occur in the run")
def unknown_label(draft: Draft) -> Draft:
    draft.term["at"][0] = "x[99]"
    return draft


@forgery("an unknown rule")
def unknown_rule(draft: Draft) -> Draft:
    draft.certificate["rule"] = "trust_me"
    return draft


@forgery("a rule that proves another kind of statement")
def wrong_rule(draft: Draft) -> Draft:
    return _instead(draft, "slow_family", {"slope": ["0"]})


# Files that are not what they should be.


@forgery("the hash of another claim")
def wrong_hash(draft: Draft) -> Draft:
    mine = draft.certificate["claim"]
    draft.certificate["claim"] = ("1" if mine[0] == "0" else "0") + mine[1:]
    return draft


@forgery("a field is missing in the certificate")
def missing_field(draft: Draft) -> Draft:
    del draft.certificate[_some(draft, draft.certificate)]
    return draft


@forgery("a field too many in the certificate")
def extra_field(draft: Draft) -> Draft:
    draft.certificate["comment"] = "trust me"
    return draft


@forgery("a field is missing in the claim")
def missing_field_of_claim(draft: Draft) -> Draft:
    del draft.claim[_some(draft, draft.claim)]
    return draft.signed()


@forgery("a field too many in the claim")
def extra_field_of_claim(draft: Draft) -> Draft:
    draft.claim["class"]["verified"] = "1"
    return draft.signed()


def _some(draft: Draft, document: Document) -> str:
    return sorted(document)[draft.place % len(document)]


@forgery("a float")
def floating(draft: Draft) -> Draft:
    draft.term["multiplier"] = float(Fraction(draft.term["multiplier"])) + 0.5
    return draft


@forgery("a number that is an integer and not a string")
def integer(draft: Draft) -> Draft:
    draft.term["multiplier"] = draft.place
    return draft


@forgery("a number that is not in lowest terms")
def not_lowest_terms(draft: Draft) -> Draft:
    number = Fraction(draft.term["multiplier"])
    draft.term["multiplier"] = f"{2 * number.numerator}/{2 * number.denominator}"
    return draft


@forgery("a number with a leading zero, a plus sign, a space or a decimal point")
def misspelt(draft: Draft) -> Draft:
    number = draft.term["multiplier"]
    draft.term["multiplier"] = ("0" + number, "+" + number, number + " ", number.split("/")[0] + ".0")[draft.place]
    return draft


@forgery("a number of too many digits")
def huge_digits(draft: Draft) -> Draft:
    draft.term["multiplier"] = "1" * (wire.MAX_DIGITS + 1)
    return draft


@forgery("a claim with a number of too many digits")
def huge_digits_of_claim(draft: Draft) -> Draft:
    draft.claim["class"]["L1"] = "9" * 101
    return draft.signed()


@forgery("nested too deep")
def deep_nesting(draft: Draft) -> Draft:
    nested: Any = []
    for _ in range(wire.MAX_DEPTH + 100 * draft.place):
        nested = [nested]
    draft.certificate["rule"] = nested
    return draft


@forgery("a class that is empty")
def empty_class(draft: Draft) -> Draft:
    p = draft.claim["class"]
    p["mu"], p["L1"] = p["L1"], p["mu"]
    return draft.signed()


@forgery("a format of another version")
def another_format(draft: Draft) -> Draft:
    draft.certificate["format"] = f"proofcheck-certificate/{(2, 3, 0, 10)[draft.place]}"
    return draft


@forgery("a key twice, the wrong value first")
def duplicate_key(draft: Draft) -> Forgery:
    claim, certificate, _ = draft.files("")
    head = b'{"rule": "worst_case", ' if draft.place % 2 else b'{"claim": "", '
    return Forgery(claim, head + certificate.lstrip()[1:], "")


@forgery("a key twice in the claim, the wrong value first")
def duplicate_key_of_claim(draft: Draft) -> Forgery:
    claim, certificate, _ = draft.files("")
    return Forgery(b'{"class": {}, ' + claim.lstrip()[1:], certificate, "")


@forgery("no JSON: cut off, not UTF-8, or something after the end")
def not_json(draft: Draft) -> Forgery:
    claim, certificate, _ = draft.files("")
    found = (certificate[:-3], b"\xff" + certificate, certificate + b"{}", b"")[draft.place]
    return Forgery(claim, found, "")


@forgery("NaN or Infinity")
def not_a_number(draft: Draft) -> Forgery:
    draft.term["multiplier"] = float("nan") if draft.place % 2 else float("inf")
    claim, _, _ = draft.files("")
    return Forgery(claim, json.dumps(draft.certificate).encode(), "")


@forgery("a list, a string or nothing where an object should be")
def no_object(draft: Draft) -> Forgery:
    claim, certificate, _ = draft.files("")
    found = (b"[" + certificate + b"]", b'"PROVED"', b"null", b"{}")[draft.place]
    return Forgery(claim, found, "")


__all__ = ["FORGERIES", "Forgery", "forged_certificates"]

"""Rule positivity: the negated claim and the facts, multiplied and added, give 0 > 0.

A term is coefficient * product of facts^power * square^2 * |norm2|^2 * ..., every part >= 0; a term with a
fact that is an equation may have any coefficient and any polynomial beside it. The terms must add up to the
zero polynomial and one of them must be positive: then no point satisfies the facts and breaks the claim.
An equation is shown by terms with equations alone that add up to it.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from math import lcm
from typing import Any

from .. import wire
from ..outcome import Declined, Invalid, Rejected, require
from . import language, models, values
from .claim import Obligation
from .facts import Fact, Facts
from .polynomials import MAX_BITS, ONE, Polynomial, number
from .quotients import Quotient, Vector
from .worlds import General

FIELDS = ("instances", "divisors", "proof", "inhabitant")
PARTS = ("facts", "square", "norm2", "norm", "cauchy", "norm_is", "vanishing", "times")
MAX_TERMS = 5_000
MAX_POWER = 60
MAX_DIVISORS = 200


def apply(claim: Obligation, found: dict[str, Any]) -> tuple[str, str]:
    """Check the identity, that every divisor is positive, and that the hypotheses can be met."""
    facts = Facts(claim, found["instances"])
    checker = Checker(facts)
    for entry in wire.sequence(found["divisors"], "certificate: divisors", MAX_DIVISORS):
        parts = wire.fields(entry, ("divisor", "terms"), "certificate: divisors")
        checker.divisor(parts["divisor"], parts["terms"])
    checker.prove(found["proof"], "certificate: proof")
    checker.positive(facts.factors, "certificate")
    models.inhabit(claim, found["inhabitant"])
    if checker.premises:
        return f"PROVED_UNDER_{len(checker.premises)}", f"premises used: {', '.join(sorted(checker.premises))}"
    return "PROVED", "the identity holds and its terms are nonnegative"


class Checker:
    """Adds up the terms of a certificate."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.world = facts.world
        self.known = dict(facts.by_name)
        self.premises: set[str] = set()
        self.safe: set[object] = set()
        self.powers: dict[tuple[str, int], Polynomial] = {}

    def divisor(self, source: Any, terms: Any) -> None:
        """One more polynomial that the constraints on scalars make positive; what its proof divides by comes first."""
        where = "certificate: divisors"
        kept, self.world = self.known, General(self.world.names, self.world.functions)
        given = self._scalar(source, where)
        require(not given.factors and bool(given.numerator.terms), Rejected, f"{where}: not a polynomial")
        _, monomial, rest = given.numerator.split()
        require(not monomial, Rejected, f"{where}: a variable divides {wire.shorten(str(given.numerator))}")
        self.known = {name: fact for name, fact in kept.items() if name in self.facts.domain}
        self.known["goal"] = Fact(number(-1) * given.numerator, ">=")
        self._contradiction(terms, where)
        self.positive(self.world.divisors.values(), where)
        self.known, self.world = kept, self.facts.world
        self.safe.add(rest.key)

    def positive(self, factors: Iterable[Polynomial], where: str) -> None:
        """Each of them is known to be positive by now."""
        for factor in factors:
            fits = factor.key in self.safe or self.facts.positive_at_sight(factor)
            require(fits, Rejected, f"{where}: the divisor {wire.shorten(str(factor))} is not shown to be positive")

    def prove(self, proof: Any, where: str) -> None:
        """A list of terms, or two proofs for the two signs of an expression."""
        require(isinstance(proof, dict), Invalid, f"{where}: expected an object")
        if "split" not in proof:
            parts = wire.fields(proof, ("terms",), where)
            if self.facts.goal_sign != "=":
                self._contradiction(parts["terms"], where)
                return
            total, _ = self._sum(parts["terms"], where, equations=True)
            require(not (total - self.facts.goal).terms, Rejected, f"{where}: the terms do not add up to the claim")
            return
        parts = wire.fields(proof, ("split", "name", "nonnegative", "negative"), where)
        name = wire.text(parts["name"], where)
        require(name not in self.known, Invalid, f"{where}: the name {wire.shorten(name)} is used twice")
        split, kept = self._numerator(self._scalar(parts["split"], where)), self.known
        for key, sign, factor in (("nonnegative", ">=", 1), ("negative", ">", -1)):
            self.known = {**kept, name: Fact(number(factor) * split, sign)}
            self.prove(parts[key], f"{where}.{key}")
        self.known = kept

    def _contradiction(self, terms: Any, where: str) -> None:
        total, strict = self._sum(terms, where)
        require(not total.terms, Rejected, f"{where}: the terms add up to {wire.shorten(str(total))}, not to 0")
        require(strict, Rejected, f"{where}: no term is positive")

    def _sum(self, terms: Any, where: str, equations: bool = False) -> tuple[Polynomial, bool]:
        listed = wire.sequence(terms, where, MAX_TERMS)
        self.powers.clear()
        sums: dict[Any, Fraction] = {}
        positive, below = False, 1
        for number_, entry in enumerate(listed):
            polynomial, strict, equation = self._term(entry, f"{where}.terms[{number_}]")
            require(equation or not equations, Rejected, f"{where}.terms[{number_}]: an equation needs equations")
            below = lcm(below, polynomial.below)
            require(below.bit_length() <= MAX_BITS, Declined, f"{where}: denominators of more than {MAX_BITS} bits")
            for monomial, c in polynomial.terms.items():
                sums[monomial] = sums[monomial] + c if monomial in sums else c
            positive = positive or strict
        return Polynomial(sums), positive

    def _term(self, entry: Any, where: str) -> tuple[Polynomial, bool, bool]:
        """A term: its polynomial, whether it is positive, whether it is zero."""
        parts = wire.fields(entry, ("coefficient",), where, PARTS)
        coefficient = wire.rational(parts["coefficient"], f"{where}: coefficient")
        product, strict, equation = number(coefficient), not set(parts) - {"coefficient", "facts"}, False
        named = parts.get("facts", {})
        require(isinstance(named, dict), Invalid, f"{where}: facts: expected an object")
        for name, power in named.items():
            require(name in self.known, Rejected, f"{where}: no fact {wire.shorten(name)}")
            fact = self.known[name]
            product = product * self._power(name, wire.integer(power, f"{where}: {wire.shorten(name)}", 1, MAX_POWER))
            strict, equation = strict and fact.sign == ">", equation or fact.sign == "="
            self.premises |= {fact.premise} - {""}
        if "square" in parts:
            root = self._numerator(self._scalar(parts["square"], where))
            product = product * root * root
        for key in ("norm2", "norm"):
            if key in parts:
                vector = self._vector(parts[key], where)
                found = self.world.inner(vector, vector) if key == "norm2" else self.world.norm(vector, where)
                product = product * self._numerator(found)
        if "cauchy" in parts:
            pair = [self._vector(v, where) for v in wire.sequence(parts["cauchy"], where, 2)]
            require(len({v.space for v in pair}) == 1 and len(pair) == 2, Invalid, f"{where}: cauchy needs two vectors")
            norms = [self.world.norm(v, where) for v in pair]
            product = product * self._numerator(norms[0] * norms[1] - self.world.inner(*pair))
        if "norm_is" in parts:
            vector = self._vector(parts["norm_is"], where)
            difference = self.world.norm(vector, where) ** 2 - self.world.inner(vector, vector)
            product, equation = product * self._numerator(difference), True
        if "vanishing" in parts:
            product, equation = product * self._vanishing(parts["vanishing"], where), True
        if "times" in parts:
            require(equation, Rejected, f"{where}: times needs a fact that is an equation")
            product = product * self._numerator(self._scalar(parts["times"], where))
        require(equation or coefficient > 0, Rejected, f"{where}: coefficient={coefficient} must be > 0")
        return product, strict and not equation, equation

    def _vanishing(self, entry: Any, where: str) -> Polynomial:
        """<v, w>, which is 0 where a fact says that |v|^2 = 0."""
        listed = wire.sequence(entry, where, 3)
        require(len(listed) == 3, Invalid, f"{where}: vanishing: expected [fact, v, w]")
        name = wire.text(listed[0], where)
        require(name in self.known, Rejected, f"{where}: no fact {wire.shorten(name)}")
        v, w = (self._vector(text, where) for text in listed[1:])
        require(v.space == w.space, Invalid, f"{where}: vanishing needs vectors of one space")
        fact, square = self.known[name], self.world.inner(v, v)
        zero = fact.sign == "=" and fact.polynomial.key == square.numerator.key
        require(zero, Rejected, f"{where}: {wire.shorten(name)} does not say that the first vector is 0")
        self.premises |= {fact.premise} - {""}
        return self._numerator(self.world.inner(v, w))

    def _power(self, name: str, power: int) -> Polynomial:
        """A power of a fact; kept, and built from the next lower one."""
        if (name, power) not in self.powers:
            lower = self._power(name, power - 1) if power > 1 else ONE
            self.powers[name, power] = lower * self.known[name].polynomial
        return self.powers[name, power]

    def _numerator(self, quotient: Quotient) -> Polynomial:
        """The numerator; an abbreviation may bring along a divisor of its own."""
        self.world.note(quotient)
        return quotient.numerator

    def _scalar(self, source: Any, where: str) -> Quotient:
        return values.scalar(language.expression(source, where), self.world, where)

    def _vector(self, source: Any, where: str) -> Vector:
        found = values.value(language.expression(source, where), self.world, where)
        if not isinstance(found, Vector):
            raise Invalid(f"{where}: a number where a vector is expected")
        return found

"""From a claim to a certificate: signs over a box, multipliers as functions, linear programs, cases."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

from proofcheck.discover.obligations import Bounds, bernstein, combine
from proofcheck.kernel.obligations.claim import Obligation
from proofcheck.kernel.obligations.facts import Fact
from proofcheck.kernel.obligations.polynomials import ONE, Polynomial, number
from proofcheck.kernel.obligations.quotients import Quotient

from .adapt import Offer, multipliers
from .material import Material, Term
from .models import points
from .squares import quadratic_squares, sum_of_squares

ELEVATIONS = (0, 2, 6, 12)  # of the degree in Bernstein's basis


class Search(Material):
    """The ways to prove a claim, from cheap to dear."""

    def __init__(self, claim: Obligation, hints: dict[str, Any], edges: bool = True) -> None:
        super().__init__(claim, hints)
        self.edges = edges
        self.degree = int(hints.get("degree", 2))

    def certificate(self) -> dict[str, Any] | None:
        """The parts of a positivity certificate but the inhabitant, or None."""
        divisors = []
        for factor in self.facts.factors:
            if not self.facts.positive_at_sight(factor):
                terms = self._divisor(factor)
                if terms is None:
                    return None
                divisors.append({"divisor": str(factor), "terms": terms})
        proof = self._proof()
        if proof is None:
            return None
        used = _names(proof)
        instances = {name: entry for name, entry in self.instances.items() if name in used}
        return {"instances": instances, "divisors": divisors, "proof": proof}

    def _proof(self) -> dict[str, Any] | None:
        goal = self.facts.goal
        if self.facts.goal_sign == "=":
            terms = [] if not goal.terms else combine(self.equations(), goal)
            return None if terms is None else {"terms": terms}
        by_sign = self._by_sign(goal, self.facts.goal_sign == ">")
        if by_sign is not None:
            return by_sign
        if "multipliers" in self.hints:
            found = self._by_multipliers()
            if found is not None:
                return found
        adapted = self._by_adapting()
        if adapted is not None:
            return adapted
        for degree in range(self.degree + 1):
            terms = combine(self.generators(degree))
            if terms is not None:
                return {"terms": terms}
        for text in [*self.hints.get("split", []), *(self._edges() if self.edges else [])]:
            found = self._split(text)
            if found is not None:
                return found
        return None

    def _by_sign(self, goal: Polynomial, strict: bool) -> dict[str, Any] | None:
        """Show goal >= 0 (> 0) by nonnegative coefficients over the box, or as a sum of squares and a constant."""
        terms = self._parts(goal)
        if terms is not None:
            if strict and not any(self._strict(term) for term in terms):
                return None
            return {"terms": [{"coefficient": "1", "facts": {"goal": 1}}, *terms]}
        squares = quadratic_squares(goal) if all(n in self.claim.scalars for m in goal.terms for n, _ in m) else None
        if squares is None:
            return None
        rest = (goal - sum_of_squares(squares)).constant
        if strict and not rest:
            return None
        constant = [{"coefficient": str(rest)}] if rest else []
        return {"terms": [{"coefficient": "1", "facts": {"goal": 1}}, *squares, *constant]}

    def _edges(self) -> list[str]:
        """Cases that give a scalar an upper bound where a constraint a - b x^2 >= 0 implies one."""
        found = []
        for name in sorted(self.facts.domain):
            polynomial = self.facts.by_name[name].polynomial
            letters = {letter for m in polynomial.terms for letter, _ in m}
            if len(letters) != 1 or {sum(p for _, p in m) for m in polynomial.terms} != {0, 2}:
                continue
            (letter,) = letters
            high, low = polynomial.terms[()], -polynomial.terms[((letter, 2),)]
            if high > 0 and low > 0 and (letter not in self.bounds or self.bounds[letter].high is None):
                edge = Fraction(math.isqrt(int(high / low * 10**8)) + 1, 10**4)
                found.append(f"{edge} - {letter}")
        return found

    def _strict(self, term: Term) -> bool:
        return all(self.facts.by_name[name].sign == ">" for name in term.get("facts", {}))

    def _divisor(self, factor: Polynomial) -> list[Term] | None:
        """Terms that show a divisor to be positive from the constraints on scalars."""
        facts = {name: fact for name, fact in self.facts.by_name.items() if name in self.facts.domain}
        terms = self._parts(factor, self.box(facts))
        if terms is not None and any(self._strict(term) for term in terms):
            return [{"coefficient": "1", "facts": {"goal": 1}}, *terms]
        goal = Fact(number(-1) * factor, ">=")
        for degree in (1, 2, 3):
            listed = [*self.products({**facts, "goal": goal}, degree), *self.slack()]
            found = combine(listed)
            if found is not None:
                return found
        return None

    def _by_multipliers(self) -> dict[str, Any] | None:
        """Goal = sum of (given nonnegative expression) * fact + rest, the rest positive over the box."""
        given: list[tuple[Offer, Quotient]] = []
        for name, text in self.hints["multipliers"].items():
            found = self.value(str(text))
            offer = self._offer(str(name))
            if offer is None or not isinstance(found, Quotient):
                return None
            given.append((offer, found))
        return self._assembled(given)

    def _offer(self, name: str) -> Offer | None:
        """A fact by its name, or |v|^2 >= 0 as "norm2(v)"."""
        (full, *_) = self.named(name, self.facts.by_name)
        if full in self.facts.by_name:
            fact = self.facts.by_name[full]
            return Offer(fact.polynomial, {"facts": {full: 1}}, fact.sign == "=")
        found = self.value(name)
        if name.startswith("norm2(") and isinstance(found, Quotient):
            return Offer(found.numerator, {"norm2": name[len("norm2(") : -1]}, False)
        if name.endswith("^2") and isinstance(found, Quotient):
            return Offer(found.numerator, {"square": name[:-2]}, False)
        return None

    def _by_adapting(self) -> dict[str, Any] | None:
        """Multipliers of the facts as functions of the parameters."""
        parameters = [n for n in self.claim.scalars if n not in self.hints.get("atoms", [])]
        used = {n for m in self.facts.goal.terms for n, _ in m}
        used |= {n for fact in self.facts.by_name.values() for m in fact.polynomial.terms for n, _ in m}
        if not used - set(parameters):
            return None
        offers = [
            Offer(fact.polynomial, {"facts": {name: 1}}, fact.sign == "=")
            for name, fact in self.facts.by_name.items()
            if name != "goal" and name not in self.facts.domain
        ]
        offers += [Offer(g.polynomial, g.term, False, 3.0) for g in self.squares(0) if "norm2" in g.term]
        offers += [Offer(g.polynomial, g.term, g.free, 2.0) for g in self.norms(0) if "facts" not in g.term]
        offers += [Offer(g.polynomial, g.term, True) for g in self.vanishing()]
        for listed in multipliers(self.facts.goal, offers, parameters, points(self.claim)):
            found = self._assembled(listed)
            if found is not None:
                return found
        return None

    def _assembled(self, given: list[tuple[Offer, Quotient]]) -> dict[str, Any] | None:
        """Terms for goal = sum multiplier * fact + rest, all multiplied by the common denominator."""
        rest = Quotient(self.facts.goal)
        for offer, multiplier in given:
            rest = rest - multiplier * Quotient(offer.polynomial)
        factors = dict(rest.factors)
        for _, multiplier in given:
            for key, (factor, power) in multiplier.factors.items():
                factors[key] = (factor, max(power, factors[key][1] if key in factors else 0))
        sign = 1
        for factor, power in factors.values():
            sign *= 1 if self._parts(factor) is not None else (-1) ** power
        terms: list[Term] = []
        wanted: list[tuple[Quotient, Term, bool]] = [(Quotient(ONE), {"facts": {"goal": 1}}, False), (rest, {}, False)]
        wanted += [(multiplier, offer.term, offer.free) for offer, multiplier in given]
        for quotient, term, free in wanted:
            polynomial = number(sign) * quotient.numerator
            for key, (factor, power) in factors.items():
                polynomial = polynomial * factor ** (
                    power - (quotient.factors[key][1] if key in quotient.factors else 0)
                )
            if not polynomial.terms:
                continue
            if free:
                terms.append({"coefficient": "1", **term, "times": str(polynomial)})
                continue
            parts = self._parts(polynomial)
            if parts is None:
                return None
            for part in parts:
                facts = dict(part.get("facts", {}))
                for name, power in term.get("facts", {}).items():
                    facts[name] = facts.get(name, 0) + power
                terms.append({**term, "coefficient": part["coefficient"], **({"facts": facts} if facts else {})})
        return {"terms": terms}

    def _parts(self, polynomial: Polynomial, bounds: dict[str, Bounds] | None = None) -> list[Term] | None:
        """Nonnegative terms that add up to a polynomial over the box, of higher and higher degree."""
        box = self.bounds if bounds is None else bounds
        for more in ELEVATIONS:
            found = bernstein(polynomial, box, more)
            if found is not None:
                return found
        return None

    def _split(self, text: str) -> dict[str, Any] | None:
        """Two proofs, for an expression >= 0 and < 0."""
        found = self.value(text)
        if not isinstance(found, Quotient):
            return None
        name = f"case{sum(n.startswith('case') for n in self.facts.by_name) + 1}"
        parts: dict[str, Any] = {"split": text, "name": name}
        hints = {**self.hints, "split": [t for t in self.hints.get("split", []) if t != text]}
        for key, sign, factor in (("nonnegative", ">=", 1), ("negative", ">", -1)):
            inner = Search(self.claim, hints, edges=False)
            inner.instances = self.instances
            inner.facts.by_name = {**self.facts.by_name, name: Fact(number(factor) * found.numerator, sign)}
            if all(letter in self.claim.scalars for m in found.numerator.terms for letter, _ in m):
                inner.facts.domain = self.facts.domain | {name}
            inner.bounds = inner.box(inner.facts.by_name)
            proof = inner._proof()
            if proof is None:
                return None
            parts[key] = proof
        return parts


def _names(proof: dict[str, Any]) -> set[str]:
    if "terms" in proof:
        found = {name for term in proof["terms"] for name in term.get("facts", {})}
        return found | {term["vanishing"][0] for term in proof["terms"] if "vanishing" in term}
    return _names(proof["nonnegative"]) | _names(proof["negative"])

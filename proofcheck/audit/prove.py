"""From a claim to a certificate: choose instances, squares and multipliers, let linear programming combine them."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction
from typing import Any

from proofcheck.discover.obligations import Bounds, Generator, bernstein, combine, monomials, univariate_bound
from proofcheck.kernel.obligations import language, values
from proofcheck.kernel.obligations.claim import Obligation
from proofcheck.kernel.obligations.facts import Fact, Facts
from proofcheck.kernel.obligations.polynomials import ONE, Polynomial, number
from proofcheck.kernel.obligations.quotients import Quotient, Vector
from proofcheck.kernel.outcome import Refusal

from .adapt import Offer, multipliers
from .squares import quadratic_squares, sum_of_squares

MAX_AUTOMATIC_INSTANCES = 80
Term = dict[str, Any]


class Search:
    """One claim, with the facts that its proof may use."""

    def __init__(self, claim: Obligation, hints: dict[str, Any], edges: bool = True) -> None:
        self.claim = claim
        self.edges = edges
        self.hints = hints
        self.degree = int(hints.get("degree", 2))
        self.instances = self._instances()
        self.facts = Facts(claim, self.instances)
        self.bounds = self._bounds(self.facts.by_name)
        self.signed = [name for name, sign in claim.scalars.items() if sign != "real"]

    def certificate(self) -> dict[str, Any] | None:
        """The parts of a positivity certificate but the inhabitant, or None."""
        divisors = []
        for factor in {f.key: f for f in self.facts.factors}.values():
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
            terms = [] if not goal.terms else combine(list(self._equations()), goal)
            return None if terms is None else {"terms": terms}
        by_sign = self._by_sign(goal, self.facts.goal_sign == ">", self.bounds, 0)
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
            terms = combine(list(self._generators(degree)))
            if terms is not None:
                return {"terms": terms}
        for text in [*self.hints.get("split", []), *(self._edges() if self.edges else [])]:
            found = self._split(text)
            if found is not None:
                return found
        return None

    # signs of one polynomial over a box -------------------------------------------------------------------------

    def _bounds(self, facts: dict[str, Fact]) -> dict[str, Bounds]:
        found: dict[str, Bounds] = {}
        for name, fact in facts.items():
            bound = univariate_bound(fact.polynomial) if fact.sign != "=" and name != "goal" else None
            if bound is None:
                continue
            letter, value, lower = bound
            b = found.get(letter, Bounds(None, None, "", None, None, ""))
            if lower and (b.low is None or value > b.low):
                b = Bounds(value, fact.polynomial, name, b.high, b.high_fact, b.high_name)
            if not lower and (b.high is None or value < b.high):
                b = Bounds(b.low, b.low_fact, b.low_name, value, fact.polynomial, name)
            found[letter] = b
        return found

    def _by_sign(self, goal: Polynomial, strict: bool, bounds: dict[str, Bounds], depth: int) -> dict[str, Any] | None:
        """Show goal >= 0 (> 0) by nonnegative coefficients; split the box where that fails."""
        for more in (0, 2, 6, 12):
            terms = bernstein(goal, bounds, dict.fromkeys(bounds, more))
            if terms is not None:
                if strict and not any(self._strict(term) for term in terms):
                    return None
                return {"terms": [{"coefficient": "1", "facts": {"goal": 1}}, *terms]}
        squares = quadratic_squares(goal) if all(n in self.claim.scalars for m in goal.terms for n, _ in m) else None
        left = goal - sum_of_squares(squares) if squares is not None else goal
        if squares is not None and (left.constant or not strict):
            rest = [{"coefficient": str(left.constant)}] if left.constant else []
            return {"terms": [{"coefficient": "1", "facts": {"goal": 1}}, *squares, *rest]}
        return None

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
        for more in (0, 2, 6):
            terms = bernstein(factor, self._bounds(facts), dict.fromkeys(self.bounds, more))
            if terms is not None and any(self._strict(term) for term in terms):
                return [{"coefficient": "1", "facts": {"goal": 1}}, *terms]
        goal = Fact(number(-1) * factor, ">=")
        for degree in (1, 2, 3):
            listed = [*self._products({**facts, "goal": goal}, degree), *self._slack(degree + 2)]
            found = combine(listed)
            if found is not None:
                return found
        return None

    # combinations -----------------------------------------------------------------------------------------------

    def _generators(self, degree: int) -> list[Generator]:
        facts = self.facts.by_name
        listed = self._products(facts, degree)
        listed += self._squares(degree)
        listed += self._norms(min(degree, 1))
        listed += self._slack(degree + 2)
        listed += list(self._equations(degree))
        listed += self._hinted(facts) + self._vanishing()
        return listed

    def _products(self, facts: dict[str, Fact], degree: int) -> list[Generator]:
        """Every fact times monomials in signed scalars and constraints, and products of two facts."""
        names = [n for n in facts if n in self.facts.domain]
        listed = []
        inequalities = {n: f for n, f in facts.items() if f.sign != "="}
        multipliers = [(m, self._product(m, facts)) for m in monomials(names, degree)]
        for name, fact in inequalities.items():
            if name in names:
                continue
            for powers, (polynomial, strict) in multipliers:
                product = polynomial * fact.polynomial
                both = {**powers, name: 1}
                listed.append(_generator(product, both, strict and fact.sign == ">"))
        for powers, (polynomial, strict) in multipliers:
            listed.append(_generator(polynomial, powers, strict))
        others = [n for n in inequalities if n not in names]
        if degree >= 1 and len(others) <= 14:
            for one, two in itertools.combinations_with_replacement(others, 2):
                product = facts[one].polynomial * facts[two].polynomial
                named = {one: 2} if one == two else {one: 1, two: 1}
                strict = facts[one].sign == facts[two].sign == ">"
                listed.append(_generator(product, named, strict))
        return listed

    def _product(self, powers: dict[str, int], facts: dict[str, Fact]) -> tuple[Polynomial, bool]:
        result, strict = ONE, True
        for name, power in powers.items():
            result = result * facts[name].polynomial ** power
            strict = strict and facts[name].sign == ">"
        return result, strict

    def _hinted(self, facts: dict[str, Fact]) -> list[Generator]:
        """The products that the entry proposes, such as "mu^2 * goal"."""
        listed = []
        for text in self.hints.get("products", []):
            powers: dict[str, int] = {}
            for part in str(text).split("*"):
                name, _, power = part.strip().partition("^")
                for full in self._named(name.strip(), facts):
                    powers[full] = powers.get(full, 0) + int(power or 1)
            if powers and all(name in facts for name in powers):
                polynomial, strict = self._product(powers, facts)
                equation = any(facts[name].sign == "=" for name in powers)
                term = {"coefficient": "1", "facts": powers}
                listed.append(Generator(polynomial, {"facts": term["facts"]}, strict and not equation, equation))
        return listed

    def _named(self, name: str, facts: dict[str, Fact]) -> list[str]:
        return [name] if name in facts else [n for n in facts if n.startswith(f"{name}_")][:1] or [name]

    def _slack(self, degree: int) -> list[Generator]:
        """Monomials in signed scalars that occur in the goal or the facts, and even powers of the others."""
        seen = {m for fact in self.facts.by_name.values() for m in fact.polynomial.terms}
        listed = [_generator(ONE, {}, True)]
        for m in seen:
            if m and all(name in self.signed for name, _ in m):
                powers = dict(m)
                strict = all(self.claim.scalars[name] == "positive" for name in powers)
                listed.append(_generator(Polynomial({m: Fraction(1)}), powers, strict))
        return listed

    def _squares(self, degree: int) -> list[Generator]:
        """|v|^2 for vectors and squares of scalars, times monomials."""
        world = self.facts.world
        texts = [str(text) for text in self.hints.get("squares", [])]
        vectors = self._vectors()
        texts += vectors
        if self.hints.get("pairs", len(vectors) <= 8):
            for one, two in itertools.combinations(vectors, 2):
                texts += [f"{one} - ({two})", f"{one} + {two}"]
        real = [name for name, sign in self.claim.scalars.items() if sign == "real"]
        scalars = list(self.claim.scalars)[:10]
        texts += real + [f"{a} - {b}" for a, b in itertools.combinations(scalars, 2)]
        names = [n for n in self.facts.by_name if n in self.facts.domain]
        multipliers = [(m, self._product(m, self.facts.by_name)[0]) for m in monomials(names, degree)]
        listed = []
        for text in dict.fromkeys(texts):
            found = self._value(text)
            if found is None:
                continue
            if isinstance(found, Vector):
                polynomial, key = world.inner(found, found).numerator, "norm2"
            else:
                polynomial, key = found.numerator * found.numerator, "square"
            for powers, multiplier in multipliers:
                term: Term = {key: text, **({"facts": powers} if powers else {})}
                listed.append(Generator(polynomial * multiplier, term, False, weight=2.0 + sum(powers.values())))
        return listed

    def _vanishing(self) -> list[Generator]:
        """<v, w> = 0 where a fact says |v|^2 = 0."""
        world, texts = self.facts.world, self._vectors()
        texts += [str(text) for text in self.hints.get("squares", [])]
        known = [(text, v) for text in dict.fromkeys(texts) if isinstance(v := self._value(text), Vector)]
        listed = []
        for name, fact in self.facts.by_name.items():
            for text, v in known if fact.sign == "=" else []:
                if world.inner(v, v).numerator.key != fact.polynomial.key:
                    continue
                for other, w in known:
                    if w.space == v.space:
                        term: Term = {"vanishing": [name, text, other]}
                        listed.append(Generator(world.inner(v, w).numerator, term, False, True))
        return listed

    def _norms(self, degree: int) -> list[Generator]:
        """What holds for norms that occur: |v| >= 0, |v|^2 = <v, v>, Cauchy and Schwarz."""
        texts = self._normed()
        world = self.facts.world
        names = [n for n in self.facts.by_name if n in self.facts.domain]
        listed = []
        multipliers = [(m, self._product(m, self.facts.by_name)) for m in monomials(names, degree)]
        products = [n for n, f in self.facts.by_name.items() if f.sign != "=" and n not in names][:8]
        multipliers += [({n: 1}, self._product({n: 1}, self.facts.by_name)) for n in products]
        vectors = {text: v for text in texts if isinstance(v := self._value(text), Vector)}
        for text, v in vectors.items():
            norm = world.norm(v, "").numerator
            for powers, (polynomial, _) in multipliers:
                facts = {"facts": powers} if powers else {}
                listed.append(Generator(norm * polynomial, {"norm": text, **facts}, False))
            difference = (world.norm(v, "") ** 2 - world.inner(v, v)).numerator
            for powers, (polynomial, _) in multipliers:
                facts = {"facts": powers} if powers else {}
                listed.append(Generator(difference * polynomial, {"norm_is": text, **facts}, False, True))
        for (one, v), (two, w) in itertools.combinations_with_replacement(vectors.items(), 2):
            if v.space == w.space:
                gap = (world.norm(v, "") * world.norm(w, "") - world.inner(v, w)).numerator
                for powers, (polynomial, _) in multipliers:
                    facts = {"facts": powers} if powers else {}
                    listed.append(Generator(gap * polynomial, {"cauchy": [one, two], **facts}, False))
        return listed

    def _equations(self, degree: int = 2) -> list[Generator]:
        """Equations times monomials in all scalars."""
        listed: list[Generator] = []
        scalars = list(self.claim.scalars)
        if not any(fact.sign == "=" for fact in self.facts.by_name.values()):
            return listed
        beside_texts = [str(text) for text in self.hints.get("times", [])]
        beside_texts += [unparsed(node) for node in self.claim.show[1:]] + self._scalar_calls()[:8]
        for name, fact in self.facts.by_name.items():
            if fact.sign != "=":
                continue
            for powers in monomials(scalars, degree):
                monomial = Polynomial({tuple(sorted(powers.items())): Fraction(1)})
                term: Term = {"facts": {name: 1}, **({"times": str(monomial)} if powers else {})}
                listed.append(Generator(fact.polynomial * monomial, term, False, True))
            for text in beside_texts:
                found = self._value(text)
                if isinstance(found, Quotient):
                    term = {"facts": {name: 1}, "times": text}
                    listed.append(Generator(fact.polynomial * found.numerator, term, False, True))
            for other, beside in self.facts.by_name.items():
                if beside.sign != "=" and other not in self.facts.domain and self.facts.goal_sign != "=":
                    product = fact.polynomial * beside.polynomial
                    listed.append(Generator(product, {"facts": {name: 1, other: 1}}, False, True))
        return listed

    # given multipliers ------------------------------------------------------------------------------------------

    def _by_multipliers(self) -> dict[str, Any] | None:
        """Goal = sum of (given nonnegative expression) * fact + rest, the rest positive over the box."""
        given: list[tuple[Offer, Quotient]] = []
        for name, text in self.hints["multipliers"].items():
            found = self._value(str(text))
            offer = self._offer(str(name))
            if offer is None or not isinstance(found, Quotient):
                return None
            given.append((offer, found))
        return self._assembled(given)

    def _offer(self, name: str) -> Offer | None:
        """A fact by its name, or |v|^2 >= 0 as "norm2(v)"."""
        (full, *_) = self._named(name, self.facts.by_name)
        if full in self.facts.by_name:
            fact = self.facts.by_name[full]
            return Offer(fact.polynomial, {"facts": {full: 1}}, fact.sign == "=")
        found = self._value(name)
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
        offers += [Offer(g.polynomial, g.term, False, 3.0) for g in self._squares(0) if "norm2" in g.term]
        offers += [Offer(g.polynomial, g.term, g.free, 2.0) for g in self._norms(0) if "facts" not in g.term]
        offers += [Offer(g.polynomial, g.term, True) for g in self._vanishing()]
        from .models import points

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

    def _parts(self, polynomial: Polynomial) -> list[Term] | None:
        """Terms of one sign over the box that add up to a polynomial."""
        for more in (0, 2, 6, 12):
            found = bernstein(polynomial, self.bounds, dict.fromkeys(self.bounds, more))
            if found is not None:
                return found
        return None

    def _split(self, text: str) -> dict[str, Any] | None:
        """Two proofs, for an expression >= 0 and < 0."""
        found = self._value(text)
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
            inner.bounds = inner._bounds(inner.facts.by_name)
            proof = inner._proof()
            if proof is None:
                return None
            parts[key] = proof
        return parts

    # what may be used -------------------------------------------------------------------------------------------

    def _value(self, text: str) -> Quotient | Vector | None:
        try:
            return values.value(language.expression(text, "hint"), self.facts.world, "hint")
        except Refusal:
            return None

    def _vectors(self) -> list[str]:
        """The vectors of the claim: declared ones and function values that occur."""
        listed = list(self.claim.vectors)
        for node in [*self._nodes(), *self._instance_nodes()]:
            for call in _calls(node):
                if call[1] in self.claim.functions and self.claim.functions[call[1]][1] != "scalar":
                    listed.append(unparsed(call))
        return list(dict.fromkeys(listed))

    def _scalar_calls(self) -> list[str]:
        """The function values, inner products and squared norms that occur."""
        calls = [call for node in self._nodes() for call in _calls(node)]
        known = self.claim.functions
        texts = [unparsed(c) for c in calls if c[1] in ("inner", "norm2") or known.get(c[1], ("", ""))[1] == "scalar"]
        return list(dict.fromkeys(texts))

    def _normed(self) -> list[str]:
        texts = []
        for node in self._nodes():
            texts += [unparsed(call[2][0]) for call in _calls(node) if call[1] == "norm"]
        return list(dict.fromkeys(texts))

    def _instance_nodes(self) -> list[Any]:
        """The hypotheses at the instances, as text put in for their variables."""
        found = []
        for entry in self.instances.values():
            at = {letter: language.expression(text, "hint") for letter, text in entry["at"].items()}
            found.append(_replaced(self.claim.hypotheses[entry["of"]].node, at))
        return found

    def _nodes(self) -> list[Any]:
        plain = [h.node for h in self.claim.hypotheses.values() if not h.variables]
        return [self.claim.show, *plain, *(node for _, node in self.claim.let)]

    def _instances(self) -> dict[str, Any]:
        """The instances that the entry names, or all at the vectors of the claim."""
        found: dict[str, Any] = {}
        counts: dict[str, int] = {}
        listed = self.hints.get("instances")
        if listed is None:
            return self._automatic()
        for text in listed:
            node = language.expression(str(text).replace("=", "-"), "hints: instances")  # checks the shape
            name = node[1]
            at = dict(_argument(part) for part in _arguments(str(text)))
            counts[name] = counts.get(name, 0) + 1
            found[f"{name}_{counts[name]}"] = {"of": name, "at": at}
        return found

    def _automatic(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        world = self.claim.general()
        for hypothesis in self.claim.hypotheses.values():
            if not hypothesis.variables:
                continue
            choices = []
            for _, space, inside in hypothesis.variables:
                if inside:
                    choices.append(self.claim.members.get(inside, []))
                elif space == "scalar":
                    choices.append([n for n, v in world.names.items() if isinstance(v, Quotient)][:6])
                else:
                    choices.append([n for n, v in world.names.items() if isinstance(v, Vector) and v.space == space])
            for number_, chosen in enumerate(itertools.product(*choices), 1):
                if number_ > 40 or len(found) >= MAX_AUTOMATIC_INSTANCES:
                    break
                at = {letter: text for (letter, _, _), text in zip(hypothesis.variables, chosen, strict=True)}
                found[f"{hypothesis.name}_{number_}"] = {"of": hypothesis.name, "at": at}
        return found


def _generator(polynomial: Polynomial, powers: dict[str, int], strict: bool) -> Generator:
    term: Term = {"facts": powers} if powers else {}
    return Generator(polynomial, term, strict, weight=1.0 + sum(powers.values()))


def _arguments(text: str) -> list[str]:
    inside = text[text.index("(") + 1 : text.rindex(")")]
    parts, depth, start = [], 0, 0
    for i, character in enumerate(inside):
        depth += (character == "(") - (character == ")")
        if character == "," and depth == 0:
            parts.append(inside[start:i])
            start = i + 1
    return [*parts, inside[start:]]


def _argument(part: str) -> tuple[str, str]:
    name, _, value = part.partition("=")
    return name.strip(), value.strip()


def _calls(node: Any) -> list[Any]:
    if isinstance(node, list):
        return [call for part in node for call in _calls(part)]
    if not isinstance(node, tuple):
        return []
    found = [call for part in node[1:] for call in _calls(part)]
    return [*found, node] if node[0] == "call" else found


def _replaced(node: Any, at: dict[str, Any]) -> Any:
    """A tree with expressions in place of names."""
    if isinstance(node, list):
        return [_replaced(part, at) for part in node]
    if not isinstance(node, tuple):
        return node
    if node[0] == "name":
        return at.get(node[1], node)
    return (node[0], *(_replaced(part, at) for part in node[1:]))


def unparsed(node: Any) -> str:
    """The text of an expression."""
    kind, *rest = node
    if kind in ("number", "name"):
        return str(rest[0])
    if kind == "call":
        return f"{rest[0]}({', '.join(map(unparsed, rest[1]))})"
    if kind == "negative":
        return f"(-{unparsed(rest[0])})"
    if kind == "^":
        return f"({unparsed(rest[0])})^{rest[1]}"
    first, *others = rest[0]
    return f"({unparsed(first[1])}" + "".join(f" {sign} {unparsed(part)}" for sign, part in others) + ")"


def _names(proof: dict[str, Any]) -> set[str]:
    if "terms" in proof:
        found = {name for term in proof["terms"] for name in term.get("facts", {})}
        return found | {term["vanishing"][0] for term in proof["terms"] if "vanishing" in term}
    return _names(proof["nonnegative"]) | _names(proof["negative"])

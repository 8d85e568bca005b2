"""What a proof of a claim may use: instances, facts, squares, norms, equations, as generators of certificate terms."""

from __future__ import annotations

import itertools
from fractions import Fraction
from typing import Any

from proofcheck.discover.obligations import Bounds, Generator, monomials, univariate_bound
from proofcheck.kernel.obligations import language, values
from proofcheck.kernel.obligations.claim import Obligation
from proofcheck.kernel.obligations.facts import Fact, Facts
from proofcheck.kernel.obligations.polynomials import ONE, Polynomial
from proofcheck.kernel.obligations.quotients import Quotient, Vector
from proofcheck.kernel.outcome import Refusal

from .expressions import calls, instance, replaced, unparsed

MAX_AUTOMATIC_INSTANCES = 80
Term = dict[str, Any]


class Material:
    """A claim with its facts, and the generators that they give."""

    def __init__(self, claim: Obligation, hints: dict[str, Any]) -> None:
        self.claim = claim
        self.hints = hints
        self.instances = self._instances()
        self.facts = Facts(claim, self.instances)
        self.bounds = self.box(self.facts.by_name)
        self.signed = [name for name, sign in claim.scalars.items() if sign != "real"]

    def box(self, facts: dict[str, Fact]) -> dict[str, Bounds]:
        """The bounds that facts about single scalars give."""
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

    def generators(self, degree: int) -> list[Generator]:
        """Everything, with multipliers up to a degree."""
        facts = self.facts.by_name
        listed = self.products(facts, degree)
        listed += self.squares(degree)
        listed += self.norms(min(degree, 1))
        listed += self.slack()
        listed += self.equations(degree)
        listed += self._hinted(facts) + self.vanishing()
        return listed

    def products(self, facts: dict[str, Fact], degree: int) -> list[Generator]:
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
                for full in self.named(name.strip(), facts):
                    powers[full] = powers.get(full, 0) + int(power or 1)
            if powers and all(name in facts for name in powers):
                polynomial, strict = self._product(powers, facts)
                equation = any(facts[name].sign == "=" for name in powers)
                listed.append(Generator(polynomial, {"facts": powers}, strict and not equation, equation))
        return listed

    def named(self, name: str, facts: dict[str, Fact]) -> list[str]:
        """The fact of this name, or the first instance of the hypothesis of this name."""
        return [name] if name in facts else [n for n in facts if n.startswith(f"{name}_")][:1] or [name]

    def slack(self) -> list[Generator]:
        """The monomials in signed scalars that occur in the goal or the facts, and 1."""
        seen = {m for fact in self.facts.by_name.values() for m in fact.polynomial.terms}
        listed = [_generator(ONE, {}, True)]
        for m in seen:
            if m and all(name in self.signed for name, _ in m):
                powers = dict(m)
                strict = all(self.claim.scalars[name] == "positive" for name in powers)
                listed.append(_generator(Polynomial({m: Fraction(1)}), powers, strict))
        return listed

    def squares(self, degree: int) -> list[Generator]:
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
            found = self.value(text)
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

    def vanishing(self) -> list[Generator]:
        """<v, w> = 0 where a fact says |v|^2 = 0."""
        world, texts = self.facts.world, self._vectors()
        texts += [str(text) for text in self.hints.get("squares", [])]
        known = [(text, v) for text in dict.fromkeys(texts) if isinstance(v := self.value(text), Vector)]
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

    def norms(self, degree: int) -> list[Generator]:
        """What holds for norms that occur: |v| >= 0, |v|^2 = <v, v>, Cauchy and Schwarz."""
        texts = self._normed()
        world = self.facts.world
        names = [n for n in self.facts.by_name if n in self.facts.domain]
        listed = []
        multipliers = [(m, self._product(m, self.facts.by_name)) for m in monomials(names, degree)]
        products = [n for n, f in self.facts.by_name.items() if f.sign != "=" and n not in names][:8]
        multipliers += [({n: 1}, self._product({n: 1}, self.facts.by_name)) for n in products]
        vectors = {text: v for text in texts if isinstance(v := self.value(text), Vector)}
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

    def equations(self, degree: int = 2) -> list[Generator]:
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
                found = self.value(text)
                if isinstance(found, Quotient):
                    term = {"facts": {name: 1}, "times": text}
                    listed.append(Generator(fact.polynomial * found.numerator, term, False, True))
            for other, beside in self.facts.by_name.items():
                if beside.sign != "=" and other not in self.facts.domain and self.facts.goal_sign != "=":
                    product = fact.polynomial * beside.polynomial
                    listed.append(Generator(product, {"facts": {name: 1, other: 1}}, False, True))
        return listed

    def value(self, text: str) -> Quotient | Vector | None:
        """What a hint says, if it can be read."""
        try:
            return values.value(language.expression(text, "hint"), self.facts.world, "hint")
        except Refusal:
            return None

    def _vectors(self) -> list[str]:
        """The vectors of the claim: declared ones and function values that occur."""
        listed = list(self.claim.vectors)
        for node in [*self._nodes(), *self._instance_nodes()]:
            for call in calls(node):
                if call[1] in self.claim.functions and self.claim.functions[call[1]][1] != "scalar":
                    listed.append(unparsed(call))
        return list(dict.fromkeys(listed))

    def _scalar_calls(self) -> list[str]:
        """The function values, inner products and squared norms that occur."""
        occurring = [call for node in self._nodes() for call in calls(node)]
        known = self.claim.functions
        texts = [
            unparsed(c) for c in occurring if c[1] in ("inner", "norm2") or known.get(c[1], ("", ""))[1] == "scalar"
        ]
        return list(dict.fromkeys(texts))

    def _normed(self) -> list[str]:
        texts = []
        for node in self._nodes():
            texts += [unparsed(call[2][0]) for call in calls(node) if call[1] == "norm"]
        return list(dict.fromkeys(texts))

    def _instance_nodes(self) -> list[Any]:
        """The hypotheses at the instances, as text put in for their variables."""
        found = []
        for entry in self.instances.values():
            at = {letter: language.expression(text, "hint") for letter, text in entry["at"].items()}
            found.append(replaced(self.claim.hypotheses[entry["of"]].node, at))
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
            name, at = instance(text)
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

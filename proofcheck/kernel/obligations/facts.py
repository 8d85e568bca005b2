"""The facts an obligation offers: polynomials that are >= 0, > 0 or = 0 for all that it speaks of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .. import wire
from ..outcome import Declined, Invalid, Rejected, require
from . import language, values
from .claim import Obligation
from .polynomials import Polynomial, number, variable
from .quotients import Quotient, Vector
from .values import General, Relation, Value

MAX_INSTANCES = 200


@dataclass(frozen=True)
class Fact:
    """`polynomial` sign 0; `premise` names the premise it rests on, if any."""

    polynomial: Polynomial
    sign: str
    premise: str = ""


class Facts:
    """All facts of a claim with the instances of its hypotheses that a certificate asks for."""

    def __init__(self, claim: Obligation, instances: Any) -> None:
        self.claim = claim
        self.world = claim.general()
        self.factors: list[Polynomial] = []
        self.by_name = {
            name: Fact(variable(name), ">" if sign == "positive" else ">=")
            for name, sign in claim.scalars.items()
            if sign != "real"
        }
        for _, defined in sorted(self.world.names.items()):
            for part in [defined] if isinstance(defined, Quotient) else defined.parts.values():
                self._divide(part)
        before = len(self.factors)
        for name, node in claim.domain.items():
            self.add(name, Relation(node, self.world, f"claim: {name}"))
        for factor in self.factors[before:]:
            sight = self.positive_at_sight(factor)
            require(sight, Declined, f"claim: domain: the divisor {wire.shorten(str(factor))} is not positive at sight")
        self.domain = set(self.by_name)
        for hypothesis in claim.hypotheses.values():
            if not hypothesis.variables:
                premise = hypothesis.name if hypothesis.premise else ""
                self.add(hypothesis.name, Relation(hypothesis.node, self.world, f"claim: {hypothesis.name}"), premise)
        require(isinstance(instances, dict), Invalid, "certificate: instances: expected an object")
        require(len(instances) <= MAX_INSTANCES, Declined, f"certificate: more than {MAX_INSTANCES} instances")
        for name, entry in instances.items():
            self._instance(name, entry)
        goal = claim.goal(self.world)
        self._divide(goal.quotient)
        self.goal = goal.quotient.numerator
        self.goal_sign = goal.sign
        if goal.sign != "=":
            self.by_name["goal"] = Fact(number(-1) * self.goal, ">" if goal.sign == ">=" else ">=")

    def add(self, name: str, relation: Relation, premise: str = "") -> None:
        """One more fact, with its denominators noted: they have to be positive."""
        require(name not in self.by_name, Invalid, f"certificate: the name {wire.shorten(name)} is used twice")
        self._divide(relation.quotient)
        self.by_name[name] = Fact(relation.quotient.numerator, relation.sign, premise)

    def _divide(self, quotient: Quotient) -> None:
        self.factors.extend(factor for factor, _ in quotient.factors.values())

    def _instance(self, name: str, entry: Any) -> None:
        where = f"certificate: instances {wire.shorten(name)}"
        parts = wire.fields(entry, ("of", "at"), where)
        known = self.claim.hypotheses
        require(parts["of"] in list(known), Rejected, f"{where}: no hypothesis {wire.shorten(parts['of'])}")
        hypothesis = known[parts["of"]]
        at = wire.fields(parts["at"], tuple(letter for letter, _, _ in hypothesis.variables), where)
        names: dict[str, Value] = dict(self.world.names)
        for letter, space, inside in hypothesis.variables:
            node = language.expression(at[letter], where)
            found = values.value(node, self.world, where)
            actual = found.space if isinstance(found, Vector) else "scalar"
            require(actual == space, Rejected, f"{where}: {letter} is of {actual}, not of {space}")
            member = node[0] == "name" and node[1] in self.claim.members.get(inside, [])
            require(not inside or member, Rejected, f"{where}: {letter} is not known to lie in {inside}")
            for part in [found] if isinstance(found, Quotient) else found.parts.values():
                self._divide(part)
            names[letter] = found
        premise = hypothesis.name if hypothesis.premise else ""
        self.add(name, Relation(hypothesis.node, General(names, self.world.functions), where), premise)

    def positive_at_sight(self, factor: Polynomial) -> bool:
        """Positive coefficients, no odd power of a scalar of unknown sign, a term that cannot vanish."""
        signs = self.claim.scalars
        fine = all(c > 0 for c in factor.terms.values())
        for monomial in factor.terms:
            fine = fine and all(p % 2 == 0 or signs.get(name, "real") != "real" for name, p in monomial)
        return fine and any(all(signs.get(name) == "positive" for name, _ in monomial) for monomial in factor.terms)

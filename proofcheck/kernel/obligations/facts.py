"""The facts an obligation offers: polynomials that are >= 0, > 0 or = 0 for all that it speaks of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .. import wire
from ..outcome import Declined, Invalid, Rejected, require
from . import language, values
from .claim import Obligation
from .polynomials import Polynomial, number, variable
from .quotients import Vector
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
        self.by_name = {
            name: Fact(variable(name), ">" if sign == "positive" else ">=")
            for name, sign in claim.scalars.items()
            if sign != "real"
        }
        for name, node in claim.domain.items():
            world = General(self.world.names, claim.functions)
            relation = Relation(node, world, f"claim: {name}")
            world.note(relation.quotient)
            for factor in world.divisors.values():
                short = wire.shorten(str(factor))
                require(self.positive_at_sight(factor), Declined, f"claim: {name}: {short} is not positive at sight")
            self.add(name, relation)
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
        self.world.note(goal.quotient)
        self.goal = goal.quotient.numerator
        self.goal_sign = goal.sign
        if goal.sign != "=":
            self.by_name["goal"] = Fact(number(-1) * self.goal, ">" if goal.sign == ">=" else ">=")

    @property
    def factors(self) -> list[Polynomial]:
        """Whatever is divided by, in factors: each has to be positive."""
        return list(self.world.divisors.values())

    def add(self, name: str, relation: Relation, premise: str = "") -> None:
        """One more fact; that its divisors are positive is checked at the end."""
        require(name not in self.by_name, Invalid, f"certificate: the name {wire.shorten(name)} is used twice")
        self.world.note(relation.quotient)
        self.by_name[name] = Fact(relation.quotient.numerator, relation.sign, premise)

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
            require(actual == space, Invalid, f"{where}: {letter} is of {actual}, not of {space}")
            member = node[0] == "name" and node[1] in self.claim.members.get(inside, [])
            require(not inside or member, Rejected, f"{where}: {letter} is not known to lie in {inside}")
            names[letter] = found
        premise = hypothesis.name if hypothesis.premise else ""
        world = General(names, self.world.functions, self.world.divisors)
        self.add(name, Relation(hypothesis.node, world, where), premise)

    def positive_at_sight(self, factor: Polynomial) -> bool:
        """Positive coefficients, no odd power of a scalar of unknown sign, a term that cannot vanish."""
        signs = self.claim.scalars
        fine = all(c > 0 for c in factor.terms.values())
        for monomial in factor.terms:
            fine = fine and all(p % 2 == 0 or signs.get(name, "real") != "real" for name, p in monomial)
        return fine and any(all(signs.get(name) == "positive" for name, _ in monomial) for monomial in factor.terms)

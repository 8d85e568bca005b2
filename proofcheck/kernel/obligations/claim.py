"""What an obligation claims: declarations, hypotheses and a relation that follows from them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from .. import wire
from ..outcome import Declined, Invalid, require
from . import language, values
from .language import Node
from .polynomials import number, variable
from .quotients import Quotient, Vector
from .values import General, Relation, Value, World

FORMAT = "proofcheck-obligation/1"
SIGNS = ("positive", "nonnegative", "real")
MAX_ENTRIES = 200
KEYS = ("format", "spaces", "sets", "scalars", "vectors", "functions", "let", "members", "domain", "hypotheses", "show")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}", re.ASCII)


@dataclass(frozen=True)
class Hypothesis:
    """For all values of `variables` (name, space, set or ""), `node` holds; plain without variables."""

    name: str
    variables: tuple[tuple[str, str, str], ...]
    node: Node
    premise: bool
    text: str


@dataclass(frozen=True)
class Obligation:
    """An obligation as the kernel understands it."""

    hash: str
    spaces: tuple[str, ...]
    sets: dict[str, str]
    scalars: dict[str, str]
    vectors: dict[str, str]
    functions: dict[str, tuple[list[str], str]]
    let: tuple[tuple[str, Node], ...]
    members: dict[str, list[str]]
    domain: dict[str, Node]
    hypotheses: dict[str, Hypothesis]
    show: Node
    document: dict[str, Any]

    def general(self) -> General:
        """The world where nothing is known beyond the declarations."""
        names: dict[str, Value] = {name: Quotient(variable(name)) for name in self.scalars}
        one = Quotient(number(1))
        names |= {name: Vector(space, {name: one}) for name, space in self.vectors.items()}
        world = General(names, self.functions)
        self.define(world, world.names)
        return world

    def define(self, world: World, names: dict[str, Value]) -> None:
        """Add the abbreviations, in order."""
        for name, node in self.let:
            names[name] = values.value(node, world, f"claim: let {name}")

    def goal(self, world: World) -> Relation:
        """What is to be shown."""
        return Relation(self.show, world, "claim: show")

    def words(self) -> list[str]:
        """The claim for a reader: its own text, in order."""
        d = self.document
        quantified = [f"{name} {sign}" for name, sign in sorted(self.scalars.items())]
        quantified += [f"{name} in {space}" for name, space in sorted(self.vectors.items())]
        quantified += [f"{name}: {' x '.join(a)} -> {b}" for name, (a, b) in sorted(self.functions.items())]
        lines = ["For all real Hilbert spaces " + ", ".join(self.spaces) if self.spaces else "For all real numbers"]
        lines += [f"  and all sets {', '.join(f'{name} in {space}' for name, space in self.sets.items())}"] * bool(
            self.sets
        )
        lines += ["  and all " + "; ".join(quantified)] if quantified else []
        lines += [f"  where {name} = {_line(text)}" for name, text in d["let"]]
        lines += [f"  where {', '.join(names)} in {name}" for name, names in self.members.items()]
        lines += [f"  with {_line(text)}" for text in d["domain"]]
        for hypothesis in self.hypotheses.values():
            bound = [f"{n} in {inside or space}" for n, space, inside in hypothesis.variables]
            every = f"for all {', '.join(bound)}: " if bound else ""
            kind = "premise" if hypothesis.premise else "hypothesis"
            lines.append(f"  {kind} {hypothesis.name}: {every}{_line(hypothesis.text)}")
        return [*lines, f"it holds that {_line(d['show'])}"]


def read(document: dict[str, Any]) -> Obligation:
    """Read an obligation; raises a Refusal."""
    found = wire.fields(document, KEYS, "claim")
    taken: set[str] = set(values.BUILT_IN) | {"goal", "scalar"}

    def table(key: str) -> dict[str, Any]:
        entries = found[key]
        require(isinstance(entries, dict), Invalid, f"claim: {key}: expected an object")
        require(len(entries) <= MAX_ENTRIES, Declined, f"claim: {key}: more than {MAX_ENTRIES} entries")
        return {_new(name, f"claim: {key}", taken): value for name, value in entries.items()}

    spaces = [_new(name, "claim: spaces", taken) for name in wire.sequence(found["spaces"], "claim: spaces", 8)]
    sets = {name: _one_of(space, spaces, f"claim: sets.{name}") for name, space in table("sets").items()}
    scalars = {name: _one_of(sign, SIGNS, f"claim: scalars.{name}") for name, sign in table("scalars").items()}
    vectors = {name: _one_of(space, spaces, f"claim: vectors.{name}") for name, space in table("vectors").items()}
    functions = {}
    for name, entry in table("functions").items():
        where = f"claim: functions.{name}"
        parts = wire.fields(entry, ("from", "to"), where)
        arguments = [_one_of(space, spaces, where) for space in wire.sequence(parts["from"], where, 4)]
        functions[name] = (arguments, _one_of(parts["to"], [*spaces, "scalar"], where))
    let = []
    for entry in wire.sequence(found["let"], "claim: let", MAX_ENTRIES):
        name, text = _pair(entry, "claim: let")
        let.append((_new(name, "claim: let", taken), language.expression(text, f"claim: let {name}")))
    members = {}
    require(isinstance(found["members"], dict), Invalid, "claim: members: expected an object")
    for name, listed in found["members"].items():
        _one_of(name, list(sets), "claim: members")
        members[name] = [wire.text(m, "claim: members") for m in wire.sequence(listed, "claim: members", MAX_ENTRIES)]
    domain = {}
    for number_, text in enumerate(wire.sequence(found["domain"], "claim: domain", MAX_ENTRIES), 1):
        domain[_new(f"domain{number_}", "claim: domain", taken)] = language.relation(text, f"claim: domain[{number_}]")
    hypotheses = {}
    for entry in wire.sequence(found["hypotheses"], "claim: hypotheses", MAX_ENTRIES):
        hypothesis = _hypothesis(entry, spaces, sets, taken)
        hypotheses[hypothesis.name] = hypothesis
    claim = Obligation(
        wire.digest(document), tuple(spaces), sets, scalars, vectors, functions, tuple(let), members, domain,
        hypotheses, language.relation(found["show"], "claim: show"), found,
    )  # fmt: skip
    world = claim.general()
    claim.goal(world)
    for name, names in members.items():
        for member in names:
            inside = world.named(member, "claim: members")
            fits = isinstance(inside, Vector) and inside.space == sets[name]
            require(fits, Invalid, f"claim: members: {member} is not a vector of {sets[name]}")
    return claim


def _hypothesis(entry: Any, spaces: list[str], sets: dict[str, str], taken: set[str]) -> Hypothesis:
    parts = wire.fields(entry, ("name", "for", "holds", "premise"), "claim: hypotheses")
    name = _new(parts["name"], "claim: hypotheses", taken)
    where = f"claim: hypotheses {name}"
    require(isinstance(parts["premise"], bool), Invalid, f"{where}: premise must be true or false")
    local: set[str] = set()  # a bound variable hides what has its name outside
    variables = []
    for triple in wire.sequence(parts["for"], where, 8):
        listed = [wire.text(item, where) for item in wire.sequence(triple, where, 3)]
        require(len(listed) == 3, Invalid, f"{where}: expected [name, space, set]")
        letter, space, inside = listed
        _new(letter, where, local)
        _one_of(space, [*spaces, "scalar"], where)
        require(
            not inside or sets.get(inside) == space, Invalid, f"{where}: {wire.shorten(inside)} is not a set in {space}"
        )
        variables.append((letter, space, inside))
    return Hypothesis(
        name, tuple(variables), language.relation(parts["holds"], where), parts["premise"], parts["holds"]
    )


def _new(name: Any, where: str, taken: set[str]) -> str:
    fits = isinstance(name, str) and _NAME.fullmatch(name)
    require(bool(fits), Invalid, f"{where}: {wire.shorten(name)} is not a name")
    require(name not in taken, Invalid, f"{where}: the name {wire.shorten(name)} is used twice")
    taken.add(name)
    return str(name)


def _line(text: str) -> str:
    return " ".join(text.split())


def _pair(entry: Any, where: str) -> tuple[Any, Any]:
    listed = wire.sequence(entry, where, 2)
    require(len(listed) == 2, Invalid, f"{where}: expected [name, expression]")
    return listed[0], listed[1]


def _one_of(value: Any, allowed: Any, where: str) -> str:
    require(value in tuple(allowed), Invalid, f"{where}: {wire.shorten(value)} is not one of {', '.join(allowed)}")
    return str(value)

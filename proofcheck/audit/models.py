"""Exact models: inhabitants of the hypotheses, and counterexamples."""

from __future__ import annotations

import itertools
import random
import re
import warnings
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from math import isqrt
from typing import Any

from proofcheck.discover.obligations import evaluate, linear_point, sample
from proofcheck.kernel.obligations import values
from proofcheck.kernel.obligations.claim import Hypothesis, Obligation
from proofcheck.kernel.obligations.models import inhabit
from proofcheck.kernel.obligations.polynomials import Polynomial, variable
from proofcheck.kernel.obligations.quotients import Quotient, Vector
from proofcheck.kernel.obligations.values import Model, Relation
from proofcheck.kernel.outcome import Refusal

from .squares import quadratic_squares, value_at, without

_FORMULA = re.compile(r"\s*\((.*?)\)\s*:\s*(.*)", re.DOTALL)
TRIES = 30_000
NICE = [Fraction(n, d) for n in range(0, 5) for d in (1, 2, 3, 4)]
Given = dict[str, Any]


def complete(claim: Obligation, given: Given) -> dict[str, Any]:
    """A model in the kernel's format from what an entry gives; what is missing is zero, and squares are found."""
    dimensions = {space: int(given.get("spaces", {}).get(space, 1)) for space in claim.spaces}
    default = {"positive": "1", "nonnegative": "0", "real": "0"}
    scalars = {name: str(given.get("scalars", {}).get(name, default[sign])) for name, sign in claim.scalars.items()}
    vectors = {}
    for name, space in claim.vectors.items():
        listed = given.get("vectors", {}).get(name, ["0"] * dimensions[space])
        vectors[name] = [str(c) for c in listed]
    functions = {}
    for name, (spaces, image) in claim.functions.items():
        size = 1 if image == "scalar" else dimensions[image]
        text = given.get("functions", {}).get(name)
        if text is None:
            letters = [[f"z{i}_{j}" for j in range(dimensions[space])] for i, space in enumerate(spaces)]
            functions[name] = {"arguments": letters, "values": ["0"] * size}
        else:
            functions[name] = _formula(_numbered(str(text), claim, given.get("scalars", {})))
    model: dict[str, Any] = {
        "scalars": scalars,
        "spaces": dimensions,
        "vectors": vectors,
        "functions": functions,
        "squares": {},
    }
    for hypothesis in claim.hypotheses.values():
        if hypothesis.variables:
            found = _squares(hypothesis, claim, model)
            if found:
                model["squares"][hypothesis.name] = found
    return model


def _formula(text: str) -> dict[str, Any]:
    match = _FORMULA.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not like '(x; u): formula'")
    arguments = [[letter.strip() for letter in group.split(",")] for group in match[1].split(";")]
    return {"arguments": arguments, "values": [part.strip() for part in match[2].split(",")]}


def _numbered(text: str, claim: Obligation, scalars: dict[str, Any]) -> str:
    """The formula with numbers for the scalars that the claim does not have."""
    known = set(claim.scalars) | {name for name, _ in claim.let}

    def swapped(match: re.Match[str]) -> str:
        name = match[0]
        return name if name in known or name not in scalars else f"({scalars[name]})"

    return re.sub(r"[A-Za-z][A-Za-z0-9_]*", swapped, text)


def _squares(hypothesis: Hypothesis, claim: Obligation, model: dict[str, Any]) -> list[dict[str, str]] | None:
    """Squares that add up to what a hypothesis says in a model, where that is a quadratic polynomial."""
    try:
        world = inhabit(replace(claim, hypotheses={}, domain={}), {**model, "squares": {}})
        names = dict(world.names)
        for letter, space, _ in hypothesis.variables:
            if space == "scalar":
                names[letter] = Quotient(variable(letter))
                continue
            count = range(model["spaces"][space])
            parts = {str(i): Quotient(variable(f"{letter}_{i + 1}")) for i in count}
            names[letter] = Vector(space, parts)
        relation = Relation(hypothesis.node, Model(names, world.functions, world.dimensions), "model")
    except Refusal:
        return None
    if relation.sign == "=" or relation.quotient.factors:
        return None
    return quadratic_squares(relation.quotient.numerator)


def inhabitant(claim: Obligation, hints: dict[str, Any], contexts: list[Given]) -> dict[str, Any] | None:
    """A model in which the hypotheses hold."""
    givens: list[Given] = []
    if "inhabitant" in hints:
        givens.append(hints["inhabitant"])
    base: Given = {}
    for context in contexts:
        base = {**base, **context, "scalars": {**base.get("scalars", {}), **context.get("scalars", {})}}
    givens.append(base)
    givens += [{**base, "scalars": {**base.get("scalars", {}), **scalars}} for scalars in _scalars(claim)]
    for given in givens:
        model = complete(claim, given)
        if meets(claim, model):
            return model
        if claim.vectors and any(not h.variables for h in claim.hypotheses.values()):
            moved = _moved(claim, model)
            if moved is not None:
                return moved
    return None


def _moved(claim: Obligation, model: dict[str, Any]) -> dict[str, Any] | None:
    generator = random.Random(1)
    for _ in range(20):
        vectors = {n: [str(generator.randint(-2, 2)) for _ in v] for n, v in model["vectors"].items()}
        if meets(claim, {**model, "vectors": vectors}):
            return {**model, "vectors": vectors}
    return None


def meets(claim: Obligation, model: dict[str, Any]) -> bool:
    """Whether the kernel finds every hypothesis true in a model."""
    try:
        inhabit(claim, model)
    except (Refusal, ValueError):
        return False
    return True


def breaks(claim: Obligation, model: dict[str, Any]) -> bool:
    """Whether the model meets the hypotheses and breaks the claim."""
    try:
        return not claim.goal(inhabit(claim, model)).holds("model")
    except (Refusal, ValueError):
        return False


def _relations(claim: Obligation) -> tuple[list[tuple[Polynomial, str]], Polynomial | None, str]:
    """Numerators of the constraints and of the goal, where they are about scalars alone."""
    world = claim.general()
    found = []
    for node in [*claim.domain.values(), *(h.node for h in claim.hypotheses.values() if not h.variables)]:
        relation = Relation(node, world, "")
        if all(name in claim.scalars for m in relation.quotient.numerator.terms for name, _ in m):
            found.append((relation.quotient.numerator, relation.sign))
    goal = claim.goal(world)
    scalar = all(name in claim.scalars for m in goal.quotient.numerator.terms for name, _ in m)
    return found, goal.quotient.numerator if scalar else None, goal.sign


def _scalars(claim: Obligation, goal: bool = False, limit: int = 12) -> list[dict[str, str]]:
    """Rational points that meet the constraints on scalars (and break the goal)."""
    constraints, aim, sign = _relations(claim)
    names = list(claim.scalars)
    if not names:
        return [{}] if _fits({}, claim, constraints, aim if goal else None, sign) else []
    equations = _solvable([p for p, s in constraints if s == "="], names)
    free = [n for n in names if n not in {name for name, _ in equations}]
    found: list[dict[str, str]] = []
    for seed in range(4):
        columns = dict(zip(names, sample(TRIES, len(names), seed).T, strict=True))
        for name in free:
            if claim.scalars[name] == "real" and seed % 2:
                columns[name] = columns[name] * ((-1.0) ** (sample(TRIES, 1, seed + 9)[:, 0] > 1))
        fine = _filled(columns, equations) >= 0
        for polynomial, s in constraints:
            if s != "=":
                fine &= evaluate(polynomial, columns, TRIES) >= 0
        for name in names:
            fine &= (columns[name] >= 0) | (claim.scalars[name] == "real")
        if goal and aim is not None:
            value = evaluate(aim, columns, TRIES)
            fine &= abs(value) > 0 if sign == "=" else value < 0
        for index in fine.nonzero()[0][:60]:
            for digits in (2, 12, 1000, 10**6):
                point = {n: Fraction(float(columns[n][index])).limit_denominator(digits) for n in free}
                exact = _exact(point, equations)
                if exact is not None and _fits(exact, claim, constraints, aim if goal else None, sign):
                    found.append({n: str(v) for n, v in exact.items()})
                    break
            if len(found) >= limit:
                return found
    return found or _grid(claim, constraints, min(limit, 3), aim if goal else None, sign)


def linear_points(claim: Obligation) -> list[dict[str, str]]:
    """Where all is linear but for products that are 0: the worst point of every choice of factors."""
    world = claim.general()
    above: list[Polynomial] = []
    choices: list[list[Polynomial]] = []
    nodes = [*claim.domain.values(), *(h.node for h in claim.hypotheses.values() if not h.variables)]
    for node in nodes:
        relation = Relation(node, world, "")
        sign, left, right = node
        if sign == "=" and left[0] == "product" and right == ("number", 0) and {s for s, _ in left[1]} == {"*"}:
            choices.append([values.scalar(factor, world, "").numerator for _, factor in left[1]])
        elif sign == "=":
            choices.append([relation.quotient.numerator])
        else:
            above.append(relation.quotient.numerator)
    goal = claim.goal(world)
    signed = {name for name, s in claim.scalars.items() if s != "real"}
    found = []
    for zero in itertools.islice(itertools.product(*choices), 64):
        point = linear_point(goal.quotient.numerator, above, list(zero), list(claim.scalars), signed)
        if point is None:
            continue
        found.append({n: str(Fraction(value).limit_denominator(10**4)) for n, value in point.items()})
    return found


def points(claim: Obligation) -> list[dict[str, Fraction]]:
    """Some rational points that meet the constraints on scalars."""
    return [{n: Fraction(v) for n, v in found.items()} for found in _scalars(claim, limit=4)]


def _grid(claim: Obligation, constraints: Any, limit: int, aim: Polynomial | None, sign: str) -> list[dict[str, str]]:
    """Points with small numbers, where equations of degree 2 have rational roots."""
    generator = random.Random(3)
    names = list(claim.scalars)
    equations = [p for p, s in constraints if s == "="]
    chosen: list[tuple[str, Polynomial]] = []
    for polynomial in equations:
        for n in reversed(names):
            if n not in {m for m, _ in chosen} and max(dict(m).get(n, 0) for m in polynomial.terms) in (1, 2):
                chosen.append((n, polynomial))
                break
    found = []
    for _ in range(4000):
        point = {
            n: generator.choice(NICE) * (generator.choice([1, -1]) if claim.scalars[n] == "real" else 1) for n in names
        }
        for n, polynomial in chosen:
            root = _root(n, polynomial, point)
            if root is None:
                break
            point[n] = root
        else:
            if _fits(point, claim, constraints, aim, sign):
                found.append({n: str(v) for n, v in point.items()})
                if len(found) >= limit:
                    break
    return found


def _root(name: str, polynomial: Polynomial, point: dict[str, Fraction]) -> Fraction | None:
    """A rational root of a polynomial of degree 1 or 2 in one scalar, the larger one."""
    coefficients = [Fraction(0)] * 3
    for m, c in polynomial.terms.items():
        power = dict(m).get(name, 0)
        coefficients[power] += c * value_at(Polynomial({without(m, name): Fraction(1)}), point)
    c, b, a = coefficients
    if not a:
        return -c / b if b else None
    square = b * b - 4 * a * c
    if square < 0:
        return None
    root = Fraction(isqrt(square.numerator), isqrt(square.denominator))
    return max((-b + root) / (2 * a), (-b - root) / (2 * a)) if root * root == square else None


def _solvable(equations: list[Polynomial], names: list[str]) -> list[tuple[str, Polynomial]]:
    """Each equation with a scalar that it determines linearly."""
    found: list[tuple[str, Polynomial]] = []
    for polynomial in equations:
        taken = {name for name, _ in found}
        choices = [n for n in names if n not in taken and {dict(m).get(n, 0) for m in polynomial.terms} == {0, 1}]
        others = [n for n in choices if not any(n in {x for m in p.terms for x, _ in m} for _, p in found)]
        if others or choices:
            found.append(((others or choices)[-1], polynomial))
    return found


def _parts(name: str, polynomial: Polynomial) -> tuple[Polynomial, Polynomial]:
    """A and b of a * name + b."""
    a = Polynomial({without(m, name): c for m, c in polynomial.terms.items() if dict(m).get(name)})
    return a, Polynomial({m: c for m, c in polynomial.terms.items() if not dict(m).get(name)})


def _filled(columns: dict[str, Any], equations: list[tuple[str, Polynomial]]) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, polynomial in equations:
            a, b = _parts(name, polynomial)
            columns[name] = -evaluate(b, columns, TRIES) / evaluate(a, columns, TRIES)
    return next(iter(columns.values())) * 0


def _exact(point: dict[str, Fraction], equations: list[tuple[str, Polynomial]]) -> dict[str, Fraction] | None:
    found = dict(point)
    for name, polynomial in equations:
        a, b = _parts(name, polynomial)
        if any(n not in found for part in (a, b) for m in part.terms for n, _ in m):
            return None
        below = value_at(a, found)
        if not below:
            return None
        found[name] = -value_at(b, found) / below
    return found


def _fits(point: dict[str, Fraction], claim: Obligation, constraints: Any, aim: Polynomial | None, sign: str) -> bool:
    for name, s in claim.scalars.items():
        if (point[name] < 0 and s != "real") or (point[name] == 0 and s == "positive"):
            return False
    for polynomial, s in constraints:
        value = value_at(polynomial, point)
        if value < 0 or (value and s == "=") or (not value and s == ">"):
            return False
    if aim is None:
        return True
    value = value_at(aim, point)
    return bool(value) if sign == "=" else value <= 0 if sign == ">" else value < 0


def proposed(claim: Obligation, given: Given, contexts: list[Given]) -> dict[str, Any] | None:
    """The model that an entry gives, completed from a context, if it meets the hypotheses and breaks the claim."""
    for base in [*contexts, {}]:
        merged = {**base, **given}
        for key in ("scalars", "functions", "spaces"):
            merged[key] = {**base.get(key, {}), **given.get(key, {})}
        model = complete(claim, merged)
        if breaks(claim, model):
            return model
    return None


def counterexample(claim: Obligation) -> dict[str, Any] | None:
    """A model of scalars and vectors that meets the hypotheses and breaks the claim."""
    if any(h.variables for h in claim.hypotheses.values()) or claim.functions:
        return None
    for given in _guesses(claim):
        model = complete(claim, given)
        if breaks(claim, model):
            return model
    return None


def _guesses(claim: Obligation) -> Iterator[Given]:
    """Numbers, and for claims about vectors small coordinates in one and two dimensions."""
    if not claim.vectors:
        yield from ({"scalars": scalars} for scalars in linear_points(claim))
        yield from ({"scalars": scalars} for scalars in _scalars(claim, goal=True, limit=1))
        return
    generator = random.Random(2)
    known = _scalars(claim, limit=12) or [{}]
    for attempt in range(400):
        size = 1 + attempt % 2
        vectors = {n: [str(generator.choice([-2, -1, 0, 1, 2, 3])) for _ in range(size)] for n in claim.vectors}
        spaces = dict.fromkeys(claim.spaces, size)
        yield {"scalars": known[attempt % len(known)], "vectors": vectors, "spaces": spaces}

"""Rule counterexample: exact numbers, vectors and polynomial functions that meet the hypotheses and break the claim.

The same kind of model, without the last part, shows that the hypotheses of a proved claim can be met at all.
A quantified hypothesis holds in a model because it is a sum of squares there (or, an equation, because it vanishes).
Sets are whole spaces.
"""

from __future__ import annotations

from typing import Any

from .. import wire
from ..outcome import Invalid, Rejected, require
from . import language, values
from .claim import Hypothesis, Obligation
from .polynomials import ZERO, Polynomial, number, variable
from .quotients import Quotient, Vector
from .values import Model, Relation, Value

FIELDS = ("model",)
KEYS = ("scalars", "spaces", "vectors", "functions", "squares")
MAX_DIMENSION = 8
MAX_TERMS = 200


def apply(claim: Obligation, found: dict[str, Any]) -> tuple[str, str]:
    """Check the hypotheses in the model, and that the claim fails."""
    model = inhabit(claim, found["model"])
    broken = not claim.goal(model).holds("certificate: model: show")
    require(broken, Rejected, "certificate: the claim holds in this model")
    return "REFUTED", "the hypotheses hold in an exact model and the claim fails"


def inhabit(claim: Obligation, entry: Any) -> Model:
    """A model in which every hypothesis of the claim holds."""
    where = "certificate: model"
    parts = wire.fields(entry, KEYS, where)
    dimensions = {}
    for space, size in wire.fields(parts["spaces"], claim.spaces, where).items():
        dimensions[space] = wire.integer(size, f"{where}: {space}", 1, MAX_DIMENSION)
    names: dict[str, Value] = {}
    for name, text in wire.fields(parts["scalars"], tuple(claim.scalars), f"{where}: scalars").items():
        found = wire.rational(text, f"{where}: {name}")
        sign = claim.scalars[name]
        fits = sign == "real" or found > 0 or (sign == "nonnegative" and found == 0)
        require(fits, Rejected, f"{where}: {name}={wire.shorten(text)} must be {sign}")
        names[name] = Quotient(number(found))
    for name, listed in wire.fields(parts["vectors"], tuple(claim.vectors), f"{where}: vectors").items():
        space = claim.vectors[name]
        entries = wire.sequence(listed, f"{where}: {name}", MAX_DIMENSION)
        numbers = [wire.rational(c, f"{where}: {name}") for c in entries]
        require(len(numbers) == dimensions[space], Invalid, f"{where}: {name} needs {dimensions[space]} coordinates")
        names[name] = Vector(space, {str(i): Quotient(number(c)) for i, c in enumerate(numbers)})
    functions = {}
    for name, formula in wire.fields(parts["functions"], tuple(claim.functions), f"{where}: functions").items():
        functions[name] = (*_function(name, formula, claim, dimensions), names)
    model = Model(names, functions, dimensions)
    claim.define(model, model.names)
    for name, node in claim.domain.items():
        require(Relation(node, model, name).holds(name), Rejected, f"{where}: {name} does not hold")
    squares = parts["squares"]
    wire.fields(squares, (), f"{where}: squares", tuple(claim.hypotheses))
    for hypothesis in claim.hypotheses.values():
        _holds(hypothesis, model, squares.get(hypothesis.name, []))
    return model


def _function(name: str, formula: Any, claim: Obligation, dimensions: dict[str, int]) -> Any:
    where = f"certificate: model: {name}"
    parts = wire.fields(formula, ("arguments", "values"), where)
    spaces, image = claim.functions[name]
    letters = [
        [wire.text(letter, where) for letter in wire.sequence(group, where, MAX_DIMENSION)]
        for group in wire.sequence(parts["arguments"], where, 4)
    ]
    fits = [len(group) for group in letters] == [dimensions[space] for space in spaces]
    require(fits, Invalid, f"{where}: the arguments do not fit the spaces")
    flat = [letter for group in letters for letter in group]
    require(len(set(flat)) == len(flat), Invalid, f"{where}: a letter appears twice")
    size = 1 if image == "scalar" else dimensions[image]
    texts = wire.sequence(parts["values"], where, MAX_DIMENSION)
    require(len(texts) == size, Invalid, f"{where}: {len(texts)} values, expected {size}")
    return spaces, image, letters, [language.expression(text, where) for text in texts]


def _holds(hypothesis: Hypothesis, model: Model, squares: Any) -> None:
    where = f"certificate: model: {hypothesis.name}"
    names, letters = dict(model.names), dict(model.names)  # letters: what squares may name, coordinates too
    for letter, space, _ in hypothesis.variables:
        if space == "scalar":
            names[letter] = letters[letter] = Quotient(variable(letter))
        else:
            coordinates = {str(i): Quotient(variable(f"{letter}[{i + 1}]")) for i in range(model.dimensions[space])}
            letters |= {f"{letter}_{int(i) + 1}": coordinate for i, coordinate in coordinates.items()}
            names[letter] = Vector(space, coordinates)
    relation = Relation(hypothesis.node, Model(names, model.functions, model.dimensions), where)
    listed = wire.sequence(squares, where, MAX_TERMS)
    left = relation.quotient.numerator - _sum_of_squares(listed, Model(letters, {}, {}), where)
    constant = left.constant
    fits = constant is not None and (constant > 0 or (constant == 0 and relation.sign != ">"))
    if relation.sign == "=":
        fits = constant == 0 and not listed
    require(fits, Rejected, f"{where}: does not hold, {wire.shorten(str(left))} is left")


def _sum_of_squares(listed: list[Any], model: Model, where: str) -> Polynomial:
    found = ZERO
    for entry in listed:
        parts = wire.fields(entry, ("coefficient", "square"), where)
        coefficient = wire.rational(parts["coefficient"], where)
        require(coefficient > 0, Rejected, f"{where}: coefficient={coefficient} must be > 0")
        root = values.scalar(language.expression(parts["square"], where), model, where)
        found = found + number(coefficient) * root.numerator * root.numerator
    return found

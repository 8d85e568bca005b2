"""A second reading of obligations: Python's own parser and floating point, nothing of the kernel or the engine."""

import ast
import operator
import random
import re

import numpy as np
import pytest

OPERATIONS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}
RELATIONS = {">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt}
BUILT_IN = {
    "inner": lambda a, b: float(np.dot(a, b)),
    "norm2": lambda a: float(np.dot(a, a)),
    "norm": lambda a: float(np.linalg.norm(a)),
}


def evaluate(text, names):
    """The value of an expression."""

    def visit(node):
        if isinstance(node, ast.BinOp):
            return OPERATIONS[type(node.op)](visit(node.left), visit(node.right))
        if isinstance(node, ast.UnaryOp):
            return -visit(node.operand)
        if isinstance(node, ast.Call):
            function = BUILT_IN.get(node.func.id) or names[node.func.id]
            return function(*map(visit, node.args))
        if isinstance(node, ast.Name):
            return names[node.id]
        return float(node.value)

    return visit(ast.parse(text.replace("^", "**").strip(), mode="eval").body)


def sides(text):
    """Left side, sign and right side of a relation."""
    left, sign, right = re.split(r"(>=|<=|>|<|=)", text, maxsplit=1)
    return left, sign, right


def holds(text, names, slack):
    """Whether a relation holds up to a relative slack; a negative slack asks for a clear margin."""
    left, sign, right = sides(text)
    a, b = evaluate(left, names), evaluate(right, names)
    room = slack * (abs(a) + abs(b) + 1e-12)
    if sign == "=":
        return abs(a - b) <= room
    return a - b >= -room if sign in (">=", ">") else b - a >= -room


def point(claim, scalars, seed):
    """Names with values: the given scalars, random vectors, and what is defined by them."""
    generator = random.Random(seed)
    names = {name: float(value) for name, value in scalars.items()}
    names |= {name: np.array([generator.gauss(0, 1), generator.gauss(0, 1)]) for name in claim["vectors"]}
    names |= {name: unknown(name, entry["to"], seed) for name, entry in claim["functions"].items()}
    for name, text in claim["let"]:
        names[name] = evaluate(text, names)
    return names


def unknown(name, image, seed):
    """A function of which nothing is known: a random value at each argument."""

    def value(*arguments):
        key = repr((name, seed, [np.round(argument, 9).tolist() for argument in arguments]))
        generator = random.Random(key)
        numbers = np.array([generator.gauss(0, 1), generator.gauss(0, 1)])
        return float(numbers[0]) if image == "scalar" else numbers

    return value


@pytest.fixture(scope="session")
def broken():
    return is_broken


def is_broken(claim, points):
    """Whether some point meets the hypotheses and clearly breaks the claim."""
    plain = [*claim["domain"], *(h["holds"] for h in claim["hypotheses"])]
    for number, scalars in enumerate(points):
        for seed in range(20 if claim["vectors"] else 1):
            try:
                names = point(claim, scalars, 100 * number + seed)
                if all(holds(text, names, 0.0) for text in plain) and not holds(claim["show"], names, 1e-7):
                    return True
            except (ZeroDivisionError, OverflowError):
                continue
    return False

"""Obligations against oracles that share nothing with the kernel: Python's own arithmetic, and points.

The oracle reads an expression with Python's parser (`^` written `**`) and evaluates it in fractions; vectors are
tuples, functions are Python functions, norms are floats.
"""

import ast
import itertools
import json
import math
import random
import re
import time
from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from proofcheck.kernel import check, wire
from proofcheck.kernel.obligations import language, values
from proofcheck.kernel.obligations.polynomials import limited, variable
from proofcheck.kernel.obligations.quotients import Quotient, Vector
from proofcheck.kernel.obligations.values import General, Model
from proofcheck.kernel.outcome import Declined, Invalid, Refusal

LETTERS = ("a", "b", "c")
SMALL = st.fractions(-3, 3, max_denominator=4)
POINTS = st.fixed_dictionaries(dict.fromkeys(LETTERS, SMALL))


# the oracle -------------------------------------------------------------------------------------------------------


def evaluate(text, names, functions=None):
    """The value of an expression: a fraction, a float where norms occur, or a tuple."""
    built = {
        "inner": lambda x, y: sum(p * q for p, q in zip(x, y, strict=True)),
        "norm2": lambda x: sum(p * p for p in x),
        "norm": lambda x: math.sqrt(sum(p * p for p in x)),
    }
    known = {**(functions or {}), **built}

    def vector(*found):
        return any(isinstance(x, tuple) for x in found)

    def run(node):
        if isinstance(node, ast.Constant):
            return Fraction(node.value)
        if isinstance(node, ast.Name):
            return names[node.id]
        if isinstance(node, ast.Call):
            return known[node.func.id](*map(run, node.args))
        if isinstance(node, ast.UnaryOp):
            x = run(node.operand)
            return tuple(-p for p in x) if vector(x) else -x
        x, y = run(node.left), run(node.right)
        if isinstance(node.op, ast.Pow):
            return x ** int(y)
        if isinstance(node.op, ast.Div):
            return tuple(p / y for p in x) if vector(x) else x / y
        if isinstance(node.op, ast.Mult):
            if vector(x, y):
                s, v = (y, x) if vector(x) else (x, y)
                return tuple(s * p for p in v)
            return x * y
        sign = 1 if isinstance(node.op, ast.Add) else -1
        return tuple(p + sign * q for p, q in zip(x, y, strict=True)) if vector(x) else x + sign * y

    return run(ast.parse(text.replace("^", "**").strip(), mode="eval").body)


def holds(text, names, functions=None, slack=1e-9):
    """Whether a relation holds; a division by zero breaks it; within `slack` where norms are floats."""
    left, sign, right = re.split(r"(>=|<=|>|<|=)", text)
    try:
        gap = evaluate(left, names, functions) - evaluate(right, names, functions)
    except ZeroDivisionError:
        return False
    if isinstance(gap, float):
        return {"=": abs(gap) <= slack, ">=": gap >= -slack, "<=": gap <= slack}.get(sign, True)
    return {"=": gap == 0, ">=": gap >= 0, "<=": gap <= 0, ">": gap > 0, "<": gap < 0}[sign]


# the language -----------------------------------------------------------------------------------------------------

LEAVES = st.sampled_from(LETTERS) | st.integers(0, 9).map(str)
TEXTS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from([" + ", "-", "*", " / "]), inner).map("".join),
        inner.map(lambda text: f"({text})"),
        inner.map(lambda text: f"-{text}"),
        st.tuples(LEAVES, st.integers(0, 3)).map(lambda pair: f"{pair[0]}^{pair[1]}"),
        st.tuples(inner, st.integers(0, 3)).map(lambda pair: f"({pair[0]})^{pair[1]}"),
    ),
    max_leaves=12,
)


def exact(text, point):
    """The oracle's value, None where something is divided by zero."""
    try:
        return evaluate(text, point)
    except ZeroDivisionError:
        return None


def number_or_none(text, world):
    """The kernel's value, None where it refuses a division by zero."""
    try:
        return values.scalar(language.expression(text, "here"), world, "here")
    except Invalid as refusal:
        if "division by zero" in str(refusal):
            return None
        raise


@settings(max_examples=400, deadline=None)
@given(TEXTS, POINTS)
def test_expressions_of_numbers_are_python_arithmetic(text, point):
    """Precedence, signs and powers, in a model; a division by zero is refused, whatever it is multiplied by."""
    model = Model({name: Quotient(values.number(value)) for name, value in point.items()}, {}, {})
    expected = exact(text, point)
    found = number_or_none(text, model)
    if found is None:
        assert expected is None
        return
    assert found.numerator.constant == expected
    assert not found.factors


def at(polynomial, point):
    total = Fraction(0)
    for monomial, c in polynomial.terms.items():
        for name, power in monomial:
            c *= point[name] ** power
        total += c
    return total


def symbols():
    return General({name: Quotient(variable(name)) for name in LETTERS}, {})


@settings(max_examples=400, deadline=None)
@given(TEXTS, POINTS)
def test_quotients_have_the_value_of_their_expression(text, point):
    """At every point; and where the expression is not defined, one of the noted divisors vanishes."""
    world, expected = symbols(), exact(text, point)
    found = number_or_none(text, world)
    if found is None:
        assert expected is None
        return
    divisors = [at(factor, point) for factor in world.divisors.values()]
    if expected is None:
        assert 0 in divisors
        return
    assume(0 not in divisors)
    below = math.prod(at(factor, point) ** power for factor, power in found.factors.values())
    assert at(found.numerator, point) / below == expected
    if all(value > 0 for value in divisors) and all(at(factor, point) > 0 for factor, _ in found.factors.values()):
        sign = at(found.numerator, point)
        assert (sign > 0, sign < 0) == (expected > 0, expected < 0)


@settings(max_examples=200, deadline=None)
@given(TEXTS, TEXTS, st.sampled_from("+-*/"), POINTS)
def test_quotient_arithmetic(one, two, operator, point):
    text = f"({one}) {operator} ({two})"
    expected = exact(text, point)
    assume(expected is not None)
    p, q = (values.scalar(language.expression(part, "here"), symbols(), "here") for part in (one, two))
    total = {"+": p.__add__, "-": p.__sub__, "*": p.__mul__, "/": p.__truediv__}[operator](q)
    below = math.prod(at(factor, point) ** power for factor, power in total.factors.values())
    assume(below != 0)
    assert at(total.numerator, point) / below == expected


def unparsed(node):
    """A tree as text with every parenthesis written."""
    kind, *rest = node
    if kind in ("sum", "product"):
        return "(" + "".join(("" if not i else sign) + unparsed(part) for i, (sign, part) in enumerate(rest[0])) + ")"
    if kind == "negative":
        return f"(-{unparsed(rest[0])})"
    if kind == "^":
        return (
            f"({unparsed(rest[0])}^{rest[1]})" if rest[0][0] in ("number", "name") else f"{unparsed(rest[0])}^{rest[1]}"
        )
    return str(rest[0]) if kind in ("number", "name") else f"{rest[0]}({', '.join(map(unparsed, rest[1]))})"


def plain(node):
    """A tree without the difference between --x and x."""
    kind, *rest = node
    if kind in ("sum", "product"):
        return (kind, [(sign, plain(part)) for sign, part in rest[0]])
    return (kind, *(plain(part) if isinstance(part, tuple) else part for part in rest))


@given(TEXTS)
def test_trees_round_trip(text):
    node = language.expression(text, "here")
    assert plain(language.expression(unparsed(node), "here")) == plain(node)
    assert language.expression(f" {text}\n", "here") == node


@given(st.text(alphabet="abxf0129+-*/^()<>=,. \n\t", max_size=25))
def test_no_text_raises(text):
    for read in (language.expression, language.relation):
        message = ""
        try:
            read(text, "here")
        except Refusal as refusal:
            message = str(refusal)
        assert not message or message.isprintable()


# vectors ----------------------------------------------------------------------------------------------------------

COORDINATES = st.tuples(SMALL, SMALL)
COMBINATIONS = st.lists(
    st.tuples(
        st.sampled_from(["", "2*", "a*", "(a - b)*", "1/2*", "-"]), st.sampled_from(["x", "y", "(x - 3*y)", "F(x)"])
    ),
    min_size=1,
    max_size=4,
).map(lambda parts: " + ".join(f"{factor}{vector}" for factor, vector in parts))


@settings(max_examples=150, deadline=None)
@given(COMBINATIONS, COMBINATIONS, COORDINATES, COORDINATES, COORDINATES, POINTS)
def test_inner_products_are_bilinear(one, two, x, y, image, point):
    """The polynomial in symbols <v, w>, with numbers for them, is the inner product of numbers."""
    unit = Quotient(values.number(1))
    names = {**symbols().names, "x": Vector("X", {"x": unit}), "y": Vector("X", {"y": unit})}
    world = General(names, {"F": (["X"], "X")})
    known = {"x": x, "y": y, "F((1)*x)": image}
    inner = {
        f"<{min(p, q)}, {max(p, q)}>": sum(s * t for s, t in zip(known[p], known[q], strict=True))
        for p, q in itertools.product(known, repeat=2)
    }
    for text in (f"inner({one}, {two})", f"norm2({two})"):
        found = values.scalar(language.expression(text, "here"), world, "here")
        expected = evaluate(text, {**point, "x": x, "y": y}, {"F": lambda v: image})
        assert at(found.numerator, {**point, **inner}) == expected
        assert not found.factors


@settings(max_examples=150, deadline=None)
@given(COMBINATIONS, COORDINATES, COORDINATES, POINTS)
def test_models_evaluate_their_functions(text, x, y, point):
    names = {name: Quotient(values.number(value)) for name, value in point.items()}
    for name, vector in (("x", x), ("y", y)):
        names[name] = Vector("X", {str(i): Quotient(values.number(c)) for i, c in enumerate(vector)})
    formulas = [language.expression(formula, "here") for formula in ("s*t - a", "s^2 + b")]
    model = Model(names, {"F": (["X"], "X", [["s", "t"]], formulas, names)}, {"X": 2})
    found = values.scalar(language.expression(f"norm2({text})", "here"), model, "here")

    def image(v):
        return (v[0] * v[1] - point["a"], v[0] ** 2 + point["b"])

    assert found.numerator.constant == evaluate(f"norm2({text})", {**point, "x": x, "y": y}, {"F": image})


# soundness --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def obligations(accepted):
    found = [case for case in accepted if "/obligation-" in case.name]
    return [(case.name, case.word, json.loads(case.claim), json.loads(case.certificate)) for case in found]


def plainly(claim):
    """Whether every hypothesis can be checked at one point."""
    return not any(hypothesis["for"] for hypothesis in claim["hypotheses"]) and not claim["functions"]


def points(claim, rng, count):
    """Points of small numbers that meet the hypotheses of a claim, premises among them if `premises`."""
    for _ in range(count):
        names = {}
        for name, sign in claim["scalars"].items():
            number = Fraction(rng.randint(-6, 6), rng.choice((1, 1, 2, 3)))
            if (sign == "positive" and number <= 0) or (sign == "nonnegative" and number < 0):
                number = {"positive": 1 - number, "nonnegative": -number}[sign]
            names[name] = number
        same = tuple(Fraction(rng.randint(-2, 2)) for _ in range(2))
        for name in claim["vectors"]:
            names[name] = same if rng.random() < 0.3 else tuple(Fraction(rng.randint(-2, 2)) for _ in range(2))
        try:
            for name, text in claim["let"]:
                names[name] = evaluate(text, names)
        except ZeroDivisionError:
            names["undefined"] = True
        if all(defined(text, names) for text in claim["domain"]):
            yield names


def defined(text, names):
    try:
        return holds(text, names)
    except KeyError:  # of an abbreviation that is not defined at this point
        return False


def broken(claim, rng, count=60, without_premises=True):
    """A point that meets domain and hypotheses (the premises only where asked) and breaks the claim."""
    for names in points(claim, rng, count):
        kept = [h["holds"] for h in claim["hypotheses"] if without_premises or not h["premise"]]
        if all(defined(text, names) for text in kept) and ("undefined" in names or not defined(claim["show"], names)):
            return names
    return None


def refuted_truly(claim, model, rng):
    """Whether a model meets the hypotheses (the quantified ones at random points) and breaks the claim."""
    names = {name: Fraction(text) for name, text in model["scalars"].items()}
    names |= {name: tuple(map(Fraction, listed)) for name, listed in model["vectors"].items()}
    outside = dict(names)
    functions = {}
    for name, entry in model["functions"].items():

        def apply(*arguments, entry=entry, name=name):
            inside = dict(outside)
            for letters, argument in zip(entry["arguments"], arguments, strict=True):
                inside |= dict(zip(letters, argument, strict=True))
            found = tuple(evaluate(text, inside) for text in entry["values"])
            return found[0] if claim["functions"][name]["to"] == "scalar" else found

        functions[name] = apply
    for name, text in claim["let"]:
        names[name] = evaluate(text, names, functions)
    for name, sign in claim["scalars"].items():
        assert sign == "real" or names[name] > 0 or (sign == "nonnegative" and names[name] == 0)
    for hypothesis in claim["hypotheses"]:
        for _ in range(20 if hypothesis["for"] else 1):
            local = dict(names)
            for letter, space, _ in hypothesis["for"]:
                size = model["spaces"].get(space, 1)
                numbers = tuple(Fraction(rng.randint(-9, 9), rng.choice((1, 2, 5))) for _ in range(size))
                local[letter] = numbers[0] if space == "scalar" else numbers
            if not holds(hypothesis["holds"], local, functions):
                return False
    return all(holds(t, names, functions) for t in claim["domain"]) and not holds(claim["show"], names, functions)


def test_what_is_proved_has_no_counterexample_among_many_points(obligations):
    rng, tried = random.Random(1), 0
    for name, word, claim, _ in obligations:
        if word.startswith("PROVED") and plainly(claim):
            tried += 1
            assert broken(claim, rng, 300) is None, name
            assert next(points(claim, rng, 300), None) is not None, name
    assert tried > 10


def test_the_oracle_has_teeth(cases):
    """Many claims of the corpus whose forged proofs are refused are false, and points show it."""
    rng, found = random.Random(3), set()
    for case in cases:
        if case.name.startswith("reject/obligation-") and b'"positivity"' in case.certificate:
            claim = json.loads(case.claim)
            if plainly(claim) and broken(claim, rng, 300) is not None:
                found.add(case.name.removeprefix("reject/obligation-"))
    assert {"negative-coefficient", "no-strict-term", "divisor-that-cancels", "divisor-of-the-wrong-sign"} <= found
    assert {"equation-shown-from-one-side", "divisor-proof-that-divides-by-the-divisor"} <= found
    assert len(found) > 20


def test_what_is_refuted_is_false(obligations):
    rng = random.Random(2)
    refuted = [(name, claim, certificate) for name, word, claim, certificate in obligations if word == "REFUTED"]
    assert len(refuted) > 5
    for name, claim, certificate in refuted:
        assert refuted_truly(claim, certificate["model"], rng), name


def sited(document, found=()):
    """Paths to whatever a mutation may change."""
    items = document.items() if isinstance(document, dict) else enumerate(document)
    for key, entry in items:
        if key in ("format", "claim", "rule"):
            continue
        if isinstance(entry, dict | list):
            yield from sited(entry, (*found, key))
        yield (*found, key)


def mutated(document, rng):
    """A copy with one small change."""
    copy = json.loads(json.dumps(document))
    path = rng.choice(list(sited(copy)))
    node = copy
    for key in path[:-1]:
        node = node[key]
    key, entry = path[-1], node[path[-1]]
    if isinstance(entry, bool):
        node[key] = not entry
    elif isinstance(entry, int):
        node[key] = rng.choice((entry + 1, max(entry - 1, 1), 2))
    elif isinstance(entry, str):
        swaps = [
            ("+", "-"),
            ("-", "+"),
            (">=", ">"),
            (">", "<"),
            ("<", ">="),
            ("=", ">="),
            ("a", "b"),
            ("b", "a"),
            ("1", "0"),
        ]
        swaps += [("2", "1"), ("0", "1"), ("x", "y"), ("y", "x"), ("*", "/"), ("^2", "^3"), ("real", "positive")]
        present = [(old, new) for old, new in swaps if old in entry] or [(entry, f"{entry} + 1")]
        old, new = rng.choice(present)
        node[key] = entry.replace(old, new, 1) if rng.random() < 0.7 else rng.choice(("0", "1", "a", "-1", "1/2"))
    elif isinstance(entry, list) and entry and rng.random() < 0.7:
        node[key] = entry[:-1] if rng.random() < 0.5 else [*entry, entry[-1]]
    elif isinstance(node, dict) and isinstance(entry, dict):
        node[rng.choice(list(node))] = entry
    return copy


@pytest.mark.parametrize("seed", range(4))
def test_mutants_are_accepted_only_if_true(obligations, seed):
    """One or two changes to a claim or its certificate, signed again: whatever is accepted holds at many points."""
    rng, believed, refused = random.Random(seed), 0, 0
    for name, _, claim, certificate in obligations:
        for _ in range(30):
            new_claim = mutated(claim, rng) if rng.random() < 0.5 else claim
            new = mutated(certificate, rng) if new_claim is claim or rng.random() < 0.5 else certificate
            new = {**new, "claim": wire.digest(new_claim)}
            verdict = check(wire.canonical_bytes(new_claim), wire.canonical_bytes(new))
            assert verdict.reason.isprintable()
            if verdict.word == "REFUTED":
                assert refuted_truly(new_claim, new["model"], rng), (name, new_claim, new)
            elif verdict.accepted and plainly(new_claim):
                assert broken(new_claim, rng, without_premises="UNDER" in verdict.word) is None, (name, new_claim, new)
            believed += verdict.accepted
            refused += not verdict.accepted
    assert believed > 50
    assert refused > 300


def combination(rng):
    """A claim that is true by construction, sum of nonnegative terms >= 0, with its certificate."""
    facts = ["p", "h1", "h2", "domain1"]
    texts = {"p": "p", "h1": "(a - b)", "h2": "(2 - a^2)", "domain1": "(b + 1)"}
    terms, parts = [], []
    for _ in range(rng.randint(1, 4)):
        c = Fraction(rng.randint(1, 5), rng.randint(1, 3))
        named = {name: rng.randint(1, 2) for name in rng.sample(facts, rng.randint(0, 2))}
        term = {"coefficient": str(c), "facts": named}
        text = "*".join([f"{c.numerator}/{c.denominator}", *(f"{texts[name]}^{n}" for name, n in named.items())])
        if rng.random() < 0.5:
            term["square"] = rng.choice(("a", "a - b", "p - 2*a", "a*b + 1"))
            text += f"*({term['square']})^2"
        terms.append(term)
        parts.append(text)
    claim = {
        "format": "proofcheck-obligation/1", "spaces": [], "sets": {}, "vectors": {}, "functions": {}, "let": [],
        "scalars": {"a": "real", "b": "real", "p": "positive"}, "members": {}, "domain": ["b >= -1"],
        "hypotheses": [
            {"name": "h1", "for": [], "holds": "a >= b", "premise": rng.random() < 0.3},
            {"name": "h2", "for": [], "holds": "a^2 <= 2", "premise": False},
        ],
        "show": f"{' + '.join(parts)} >= 0",
    }  # fmt: skip
    certificate = {
        "format": "proofcheck-obligation-certificate/1", "rule": "positivity", "instances": {}, "divisors": [],
        "proof": {"terms": [{"coefficient": "1", "facts": {"goal": 1}}, *terms]},
        "inhabitant": {
            "scalars": {"a": "1", "b": "0", "p": "1"}, "spaces": {}, "vectors": {}, "functions": {}, "squares": {}
        },
    }  # fmt: skip
    return claim, certificate


@pytest.mark.parametrize("seed", range(3))
def test_random_combinations_and_their_mutants(seed):
    rng, believed, refused = random.Random(seed), 0, 0
    for _ in range(40):
        claim, certificate = combination(rng)
        certificate["claim"] = wire.digest(claim)
        verdict = check(wire.canonical_bytes(claim), wire.canonical_bytes(certificate))
        assert verdict.word.startswith("PROVED"), verdict.reason
        assert broken(claim, rng) is None
        for _ in range(12):
            new_claim = mutated(claim, rng) if rng.random() < 0.6 else claim
            new = {**mutated(certificate, rng), "claim": wire.digest(new_claim)}
            verdict = check(wire.canonical_bytes(new_claim), wire.canonical_bytes(new))
            if verdict.accepted:
                found = broken(new_claim, rng, 150, without_premises="UNDER" in verdict.word)
                assert found is None, (new_claim, new, found)
            believed += verdict.accepted
            refused += not verdict.accepted
    assert believed > 10
    assert refused > 100


# limits -----------------------------------------------------------------------------------------------------------


def blank(**parts):
    names = {"spaces": ["X"], "sets": {}, "scalars": {}, "vectors": {"x": "X"}, "let": [], "members": {}, "domain": []}
    functions = {"F": {"from": ["X", "X"], "to": "X"}}
    found = {"format": "proofcheck-obligation/1", **names, "functions": functions, "hypotheses": [], "show": "0 >= 0"}
    return {**found, **parts}


def chain(first, step, count=200):
    return [["b0", first], *([f"b{i + 1}", step.replace("b", f"b{i}")] for i in range(count - 1))]


MANY = [f"v{i}" for i in range(190)]
REAL = dict.fromkeys(MANY, "real")
ATTACKS = {
    "long sum": blank(scalars=REAL, show=f"{' + '.join(f'{i}*{v}' for i, v in enumerate(MANY))} >= 0"),
    "too long a sum": blank(scalars=REAL, show=f"{' + '.join(MANY * 5)} >= 0"),
    "sum of reciprocals": blank(scalars=REAL, show=f"{' + '.join(f'1/{v}' for v in MANY)} >= 0"),
    "sum of reciprocals of sums": blank(scalars=REAL, show=f"{' + '.join(f'1/(1 + {v})' for v in MANY)} >= 0"),
    "deep parentheses": blank(show="(" * 1900 + "1" + ")" * 1900 + " >= 0"),
    "deep calls": blank(show="norm(" * 700 + "x" + ")" * 700 + " >= 0"),
    "many signs": blank(show="-" * 3900 + "1 >= 0"),
    "continued fraction": blank(scalars={"a": "real"}, show="1/(1 + " * 39 + "a" + ")" * 39 + " >= 0"),
    "high power": blank(scalars=REAL, show=f"({' + '.join(MANY[:20])})^60 >= 0"),
    "power of a power": blank(scalars={"a": "real"}, show="(" * 20 + "a" + ")^60" * 20 + " >= 0"),
    "power of a number": blank(show="(" * 20 + "7" + ")^60" * 20 + " >= 0"),
    "product of sums": blank(scalars=REAL, show=f"{'*'.join(f'(1 + {v})' for v in MANY)} >= 0"),
    "huge integer": blank(show="9" * 3900 + " >= 0"),
    "product of integers": blank(show="*".join(["9" * 190] * 20) + " >= 0"),
    "squared again and again": blank(let=chain("3", "b*b")),
    "powers of powers": blank(scalars={"a": "real"}, let=chain("a", "b^60")),
    "powers of reciprocals": blank(scalars={"p": "positive"}, let=chain("1/p", "b^60")),
    "symbols within symbols": blank(let=chain("x", "F(b, b)")),
    "norms within norms": blank(let=chain("x", "norm(b)*b + norm(2*b)*x")),
    "many denominators": blank(
        scalars={"a": "real"},
        let=[[f"b{i}", " + ".join(f"a/{10**9 + 2 * j + 1}" for j in range(200 * i, 200 * i + 200))] for i in range(12)],
        show=" + ".join(f"b{i}" for i in range(12)) + " >= 0",
    ),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_large_claims_end_soon_and_in_one_line(name):
    claim = ATTACKS[name]
    start = time.process_time()
    certificate = {"format": "proofcheck-obligation-certificate/1", "claim": wire.digest(claim), "rule": "none"}
    verdict = check(wire.canonical_bytes(claim), wire.canonical_bytes(certificate))
    assert time.process_time() - start < 10, "the work is limited: a few seconds of one core"
    assert verdict.word in ("DECLINED", "INVALID")
    assert verdict.reason.isprintable()
    assert len(verdict.reason) < 300


def test_work_is_limited_inside_a_check_only():
    text = f"({' + '.join(MANY[:6])})^12"
    world = General({name: Quotient(variable(name)) for name in MANY[:6]}, {})
    node = language.expression(text, "here")
    assert len(values.scalar(node, world, "here").numerator.terms) == math.comb(17, 5)
    with limited(), pytest.raises(Declined, match="more work than the limit"):
        [values.scalar(node, world, "here") for _ in range(40)]
    values.scalar(node, world, "here")


def test_limits_are_inclusive():
    assert language.expression("(" * 39 + "a" + ")" * 39, "here") == ("name", "a")
    assert language.expression("a" + " " * 3999, "here") == ("name", "a")
    assert language.expression("a^60", "here") == ("^", ("name", "a"), 60)
    assert language.expression("7" * 200, "here") == ("number", int("7" * 200))

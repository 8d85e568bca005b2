"""What is proved from named premises holds on exact runs on functions that satisfy them, and only the premises matter.

Separable functions of two variables with piecewise linear gradients, convex and not; the premises are evaluated here,
from the claim's numbers, at all pairs of the points that a run visits, and the method is run from its textbook
definition. Whatever the premises exclude is left out; whatever is left must obey the claim.
"""

import itertools
import json
import random
from fractions import Fraction

import numpy as np
import pytest

from proofcheck.kernel import check, classes, explain, methods, wire
from proofcheck.kernel.run import Run

STEPS = 5
# knots of odd gradients: slope * x, with pieces; the last three are not monotone
GRADIENTS = [
    [(1, 1)],
    [(1, "1/5")],
    [(1, 9)],
    [(1, 2)],
    [(1, 4)],
    [(1, "3/2")],
    [(1, 2), (3, 4)],
    [(1, 1), (2, 3), (5, 6)],
    [(1, 4), (2, 5)],
    [("1/3", "4/3"), (1, 2), (2, 6)],
    [(1, 2), ("7/4", "7/4"), (4, 8), (6, "13/2")],
    [(1, 1), (2, 4), (3, 3), (5, 10)],
    [("1/2", 1), ("9/10", "9/10"), (1, "19/10"), (2, 2), (3, 6)],
]
STARTS = [(1, 0), (2, -3), (Fraction(7, 4), Fraction(1, 2))]


class Odd:
    """A function of one variable with f(0) = 0 whose derivative is odd and linear between knots, and beyond them."""

    def __init__(self, knots):
        self.knots = [(Fraction(0), Fraction(0)), *((Fraction(x), Fraction(y)) for x, y in knots)]

    def both(self, at):
        """The value and the derivative."""
        size, value = abs(at), Fraction(0)
        for (a, low), (b, high) in itertools.pairwise(self.knots):
            last = (b, high) == self.knots[-1]
            end = size if size < b or last else b
            slope = low + (high - low) / (b - a) * (end - a)
            value += (low + slope) / 2 * (end - a)
            if end == size:
                return value, slope if at >= 0 else -slope
        raise AssertionError("the last piece goes on for ever")


def functions():
    every = [Odd(knots) for knots in GRADIENTS]
    return [(one, two) for one, two in itertools.product(every, every) if one is two or every.index(one) == 0]


def at(function, x):
    found = [part.both(entry) for part, entry in zip(function, x, strict=True)]
    return {"x": x, "g": [g for _, g in found], "F": sum(value for value, _ in found)}


def dot(a, b):
    return sum(p * q for p, q in zip(a, b, strict=True))


def run(method, function, start, steps):
    """Everything that the method visits: iterates, and queries."""
    c = {key: Fraction(entry) for key, entry in method.items() if key != "name"}
    if method["name"] != "linear":
        b, ahead = c.get("beta", Fraction(0)), c.get("gamma", c.get("beta", Fraction(0)))
        ahead = Fraction(0) if method["name"] == "heavy_ball" else ahead
        c |= {"state_0": 1 + b, "state_1": -b, "query_0": 1 + ahead, "query_1": -ahead}
    x = before = [Fraction(entry) for entry in start]
    iterates, queries = [at(function, x)], []
    for _ in range(steps):
        queries.append(at(function, [c["query_0"] * p + c["query_1"] * q for p, q in zip(x, before, strict=True)]))
        slope = queries[-1]["g"]
        after = [c["state_0"] * p + c["state_1"] * q - c["eta"] * g for p, q, g in zip(x, before, slope, strict=True)]
        x, before = after, x
        iterates.append(at(function, x))
    return iterates, queries


def holds(premise, points):
    """Whether a premise of a claim holds at all points of a list, and between any two of them."""
    for ends in itertools.product(points, repeat=premise["points"]):
        named = dict(zip("ij", ends, strict=False))
        total = sum((Fraction(c) * named[p]["F"] for p, c in premise["values"].items()), Fraction(0))
        for a, b, c in premise["gram"]:
            total += Fraction(c) * dot(named[a[2]][a[0]], named[b[2]][b[0]])
        if total < 0:
            return False
    return True


METRICS = {
    "objective_gap": lambda point: point["F"],
    "squared_distance": lambda point: dot(point["x"], point["x"]),
    "squared_gradient_norm": lambda point: dot(point["g"], point["g"]),
}


def allowed(statement, constant, k):
    if statement["kind"] == "worst_case":
        return Fraction(statement["bound"])
    given = constant if statement["constant"] == "some" else statement["constant"]
    return Fraction(given) * Fraction(statement["rate"]) ** k


def excess(claim, constant=None):
    """The largest metric over what is allowed, on runs along which all premises hold, and how many there were."""
    s, worst, kept, bent = claim["statement"], Fraction(0), 0, 0
    steps, premises = s.get("steps", STEPS), claim["class"]["inequalities"].values()
    for function, start in itertools.product(functions(), STARTS):
        iterates, queries = run(claim["method"], function, start, steps)
        origin = at(function, [Fraction(0), Fraction(0)])
        points = list({tuple(point["x"]): point for point in (*iterates, *queries, origin)}.values())
        if not all(holds(premise, points) for premise in premises):
            continue
        kept += 1
        bent += any(part.knots[-1] in ((6, Fraction(13, 2)), (5, 10), (3, 6)) for part in function)
        initial = METRICS[s["initial"]](iterates[0])
        for k in [steps] if s["kind"] == "worst_case" else range(steps + 1):
            reached, most = METRICS[s["metric"]](iterates[k]), allowed(s, constant, k) * initial
            worst = max(worst, reached / most if most else Fraction(10**9 * (reached > 0)))
    return worst, kept, bent


@pytest.fixture(scope="module")
def premises(accepted):
    found = [case for case in accepted if b'"named_premises"' in case.claim]
    assert len(found) >= 5
    return [(case, json.loads(case.claim), json.loads(case.certificate)) for case in found]


def test_what_is_proved_holds_wherever_the_premises_do(premises):
    nonconvex = 0
    for case, claim, certificate in premises:
        if case.word.startswith("PROVED"):
            assert case.word == f"PROVED_UNDER_{len(claim['class']['inequalities'])}"
            worst, kept, bent = excess(claim, certificate.get("constant"))
            assert 0 < worst <= 1, case.name
            assert kept >= 4, case.name
            nonconvex += bent
    assert nonconvex > 10, "functions that satisfy the premises and are not convex"


def test_without_the_premises_it_does_not_hold(premises):
    """The oracle has teeth: some of the same functions break the claims where the premises do not exclude them."""
    for case, claim, certificate in premises:
        if case.word.startswith("PROVED"):
            bare = {**claim, "class": {**claim["class"], "inequalities": {}}}
            assert excess(bare, certificate.get("constant"))[0] > 1, case.name


def refuted(claim, certificate):
    """Whether the quadratic of the certificate satisfies the premises and breaks the claim, tried at many points."""
    f = certificate.get("function", certificate)
    c, s = Fraction(f["curvature"]), claim["statement"]
    function = (Odd([(1, c)]),)
    rng = random.Random(1)
    points = [at(function, [Fraction(rng.randint(-20, 20), 7)]) for _ in range(24)]
    inside = c >= 0 and all(holds(premise, points) for premise in claim["class"]["inequalities"].values())
    steps = certificate.get("steps", 60)
    iterates, _ = run(claim["method"], function, [1], steps)
    initial = METRICS[s["initial"]](iterates[0])
    if certificate["rule"] == "growth":  # faster than the rate from some step on
        late = [METRICS[s["metric"]](x) for x in iterates[-2:]]
        return inside and max(late) > 1000 * Fraction(s["rate"]) ** steps * initial
    return inside and METRICS[s["metric"]](iterates[-1]) > allowed(s, None, steps) * initial


def test_what_is_refuted_is_false_on_a_quadratic_of_the_class(premises):
    found = [(claim, certificate) for case, claim, certificate in premises if case.word == "REFUTED"]
    assert len(found) >= 2
    for claim, certificate in found:
        assert refuted(claim, certificate)


def places(document, found=()):
    items = document.items() if isinstance(document, dict) else enumerate(document)
    for key, entry in items:
        if isinstance(entry, dict | list):
            yield from places(entry, (*found, key))
        elif isinstance(entry, str) and entry.replace("/", "").replace("-", "").isdigit():
            yield (*found, key)


def replaced(document, place, change):
    copy = json.loads(json.dumps(document))
    node = copy
    for key in place[:-1]:
        node = node[key]
    node[place[-1]] = str(change(Fraction(node[place[-1]])))
    return copy


CHANGES = [
    lambda x: -x,
    lambda x: x / 2,
    lambda x: 2 * x,
    lambda x: x + 1,
    lambda x: x * Fraction(101, 100),
    lambda x: x * Fraction(9, 10),
    lambda x: Fraction(0),
]


@pytest.mark.parametrize("kind", ["PROVED", "REFUTED"])
def test_claims_with_one_number_changed_are_accepted_only_if_true(premises, kind):
    """Every number of the claim, the premises' among them, in seven ways, with the old certificate signed for it."""
    rng, believed, tried = random.Random(5), 0, 0
    for case, claim, certificate in premises:
        if not case.word.startswith(kind):
            continue
        every = [(place, change) for place in places(claim) for change in CHANGES]
        for place, change in rng.sample(every, min(len(every), 24)):
            mutant = replaced(claim, place, change)
            signed = {**certificate, "claim": wire.digest(mutant)}
            verdict = check(wire.canonical_bytes(mutant), wire.canonical_bytes(signed))
            tried += 1
            if verdict.word.startswith("PROVED") and "parameters" not in place:
                believed += 1
                assert verdict.word.startswith("PROVED_UNDER_")
                assert excess(mutant, certificate.get("constant"))[0] <= 1, (case.name, place)
            elif verdict.word == "REFUTED":
                believed += 1
                assert refuted(mutant, signed), (case.name, place)
    assert 3 < believed < tried - 10


def test_parameters_mean_nothing_and_the_claim_says_so(premises):
    """The numbers that the author calls parameters are words: changing them changes the claim's name, no meaning."""
    case, claim, certificate = premises[0]
    other = json.loads(json.dumps(claim))
    other["class"]["parameters"] = {"mu": "1000000", "L1": "1", "G1": "0"}
    signed = {**certificate, "claim": wire.digest(other)}
    assert check(wire.canonical_bytes(other), case.certificate).word == "REJECTED"
    assert check(wire.canonical_bytes(other), wire.canonical_bytes(signed)).word == case.word
    assert any(
        "in words that nobody checked" in line and "mu = 1000000" in line
        for line in explain(wire.canonical_bytes(other))
    )


def test_explain_says_each_premise_with_its_source(premises):
    for case, claim, _ in premises:
        lines = explain(case.claim)
        for name, premise in claim["class"]["inequalities"].items():
            (index,) = [i for i, line in enumerate(lines) if line.strip().startswith(f"{name}, for ")]
            for point, number in premise["values"].items():
                assert f"{abs(Fraction(number))} (f({point}) - f*)" in lines[index]
            for a, b, number in premise["gram"]:
                a, b = sorted((a, b))
                shown = f"|{a}|^2" if a == b else f"<{a}, {b}>"
                assert f"{'-' if Fraction(number) < 0 else ''} {abs(Fraction(number))} {shown}".strip() in lines[index]
            assert json.dumps(premise["source"]) in lines[index + 1]
            assert "not discharged by the kernel" in lines[index + 1]


def test_premises_are_evaluated_at_the_points_of_a_run(truth):
    """The kernel's form of a premise, on a true function, is the premise written out by hand, in floating point."""
    names = [f"{letter}_{p}" for p in "ij" for letter in "xg"]
    pairs = list(itertools.combinations_with_replacement(names, 2))
    numbers = {pair: Fraction(n * n - 20, n + 2) for n, pair in enumerate(pairs)}
    document = {
        "name": "named_premises",
        "title": "",
        "parameters": {},
        "member": "1",
        "inequalities": {
            "everything": {
                "points": 2,
                "values": {"i": "200", "j": "300"},
                "gram": [[b, a, str(c)] for (a, b), c in numbers.items()],
                "source": "",
            }
        },
    }
    for key in ("x_i", "x_j"):  # so that a quadratic satisfies it
        document["inequalities"]["everything"]["gram"] = [
            [a, b, "500" if (a, b) == (key, key) else c] for a, b, c in document["inequalities"]["everything"]["gram"]
        ]
        numbers[key, key] = Fraction(500)
    problem = classes.read(document)
    rng = np.random.default_rng(3)
    method = methods.read(
        {"name": "linear", "state_0": "4/3", "state_1": "-1/3", "query_0": "9/7", "query_1": "-2/7", "eta": "1/5"}
    )
    for kind, (first, last, generic) in itertools.product(("quadratic", "huber"), ((0, 2, False), (-1, 1, True))):
        function = truth.plain(rng, 1.0, 5.0, kind, 3)
        run = Run(method, False, first, last, generic)
        path = truth.Trajectory(run, method, function, rng, first, last)
        for i, j in itertools.product(run.x, repeat=2):
            ends = {"i": path.x[i], "j": path.x[j]}
            vectors = {f"x_{p}": x - path.origin for p, x in ends.items()}
            vectors |= {f"g_{p}": function.gradient(x, np.zeros(0)) for p, x in ends.items()}
            expected = 200 * function.value(ends["i"], None) + 300 * function.value(ends["j"], None)
            expected += sum(float(c) * float(vectors[a] @ vectors[b]) for (a, b), c in numbers.items())
            found, size = path.form(problem.inequalities["everything"](problem.parameters, run, [i, j]))
            assert found == pytest.approx(expected, abs=1e-9 * max(size, 1.0)), (i, j)

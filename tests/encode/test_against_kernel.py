"""The kernel's forms and the symbolic derivation, compared exactly on random rational parameters.

Every kernel form is rewritten, name by name, as a polynomial in the symbols of `encode`. The symbols are absolute
positions while the kernel puts the origin at the first minimiser, so this also tests translation invariance.
"""

import functools
import itertools
import json
import random
import re
from fractions import Fraction

import pytest
import sympy as sp
from sympy.polys.rings import ring

from proofcheck import encode
from proofcheck.encode import symbols
from proofcheck.encode.lyapunov import B, P
from proofcheck.kernel import claim as claims
from proofcheck.kernel.forms import SPACES
from proofcheck.kernel.outcome import Rejected
from proofcheck.kernel.rules import growth, lyapunov, worst_case

COEFFICIENTS = {
    "gradient_descent": ("eta",),
    "heavy_ball": ("eta", "beta"),
    "nesterov": ("eta", "beta"),
    "triple_momentum": ("eta", "beta", "gamma"),
}
CASES = list(itertools.product(encode.CLASSES, encode.METHODS))
MEASURES = {
    "partial_strong_convexity": [("objective_gap", "objective_gap")],
    "smooth_strongly_convex": list(itertools.product(encode.METRICS, encode.INITIAL)),
}
LYAPUNOV_CASES = [(c, m, *pair) for c, m in CASES for pair in MEASURES[c]]
NAMED = {"mu": symbols.mu, "L1": symbols.L1, "L2": symbols.L2, "G1": symbols.G1, "G2": symbols.G2} | {
    "eta": symbols.eta,
    "beta": symbols.beta,
    "gamma": symbols.gamma,
}


conditions = functools.cache(encode.lyapunov_conditions)


def rational(number):
    return sp.Rational(number.numerator, number.denominator)


def make_claim(class_name, method_name, seed, *, statement=None, **fixed):
    """A claim with random rational parameters in their domains, and the values of the symbols."""
    source = random.Random(seed)
    mu = Fraction(source.randint(1, 30), source.randint(1, 30))
    numbers = {"mu": mu, "L1": mu * (1 + Fraction(source.randint(1, 90), source.randint(1, 9)))}
    if class_name == "partial_strong_convexity":
        numbers |= {"L2": Fraction(source.randint(1, 9), source.randint(1, 9)), "G1": Fraction(source.randint(1, 9), 7)}
        numbers["G2"] = (mu + 1) * (numbers["L2"] + 1) * numbers["G1"] + Fraction(source.randint(1, 9), 5)
    own = {"eta": Fraction(source.randint(1, 9), source.randint(1, 30)), "beta": Fraction(source.randint(1, 29), 31)}
    own["gamma"] = Fraction(source.randint(1, 36), 37)
    numbers |= {name: value for name, value in fixed.items() if name in numbers}
    own = {name: fixed.get(name, own[name]) for name in COEFFICIENTS[method_name]}
    metric, initial = MEASURES[class_name][0]
    linear = {"kind": "linear_rate", "metric": metric, "initial": initial, "rate": "8/9", "constant": "some"}
    document = {
        "format": "proofcheck-claim/1",
        "class": {"name": class_name} | {name: str(value) for name, value in numbers.items()},
        "method": {"name": method_name} | {name: str(value) for name, value in own.items()},
        "statement": statement or linear,
    }
    values = {NAMED[name]: rational(value) for name, value in (numbers | own).items()}
    return claims.read(json.dumps(document).encode()), values


class Dictionary:
    """Kernel names of one run, as polynomials in the symbols of the same run in `encode`."""

    def __init__(self, run, class_name, method, first, last, values):
        self.run, self.values = run, values
        self.first = first
        self.partial = class_name == "partial_strong_convexity"
        special = {s: v for s, v in values.items() if v == 0}
        method = method.subs(special)
        self.trajectory = encode.Trajectory(
            method, self.partial, first, last, generic=run.generic, moving=values.get(symbols.G1) != 0
        )
        self.keys_x = {label: self.key(label) for label in run.x}
        self.keys_u = {label: self.key(label) for label in run.u}
        for x, u in itertools.product(self.keys_x.values(), self.keys_u.values()):
            self.trajectory.point(x, u)  # creates every symbol
        roots = [p.root for p in self.points().values() if p.root != 0]
        t = self.trajectory
        names = dict.fromkeys([*t.values, *t.x_basis, *t.u_basis, *roots])
        self.ring = ring([s.name for s in names], sp.QQ)[0]
        self.generator = {symbol: position for position, symbol in enumerate(names)}
        self.cache = {}
        minimiser = ("x*v", first) if self.partial else None
        self.origin_x = self.number(t.position(minimiser) if self.partial else t.iterate(first).minimiser)
        self.origin_u = self.number(t.position(("u", first)) if self.partial else sp.S.Zero)

    def index(self, text):
        if text in ("k",):
            return 0
        return int(text.removeprefix("k"))

    def key(self, label):
        if label == "x*":
            return ("x*", 0)
        inner = re.fullmatch(r"x\*\[([uv])\[(.+)\]\]", label)
        if inner:
            return (f"x*{inner[1]}", self.index(inner[2]))
        plain = re.fullmatch(r"([xyuv])\[(.+)\]", label)
        return (plain[1], self.index(plain[2]))

    def points(self):
        """Every point of the run by kernel label (a product of all positions on the partial class)."""
        if not self.partial:
            return {x: self.trajectory.point(key, ("u", 0)) for x, key in self.keys_x.items()}
        grid = itertools.product(self.keys_x.items(), self.keys_u.items())
        return {f"{x}@{u}": self.trajectory.point(kx, ku) for (x, kx), (u, ku) in grid}

    def point(self, label):
        if self.partial:
            x, u = label.split("@")
            return self.trajectory.point(self.key(x), self.key(u))
        return self.trajectory.point(self.key(label.partition("@")[0]), ("u", 0))

    def number(self, expression):
        """An expression of `encode` with the numbers put in, as a polynomial."""
        if expression not in self.cache:
            numeric = sp.sympify(expression).xreplace(self.values)
            own = sorted(numeric.free_symbols, key=str) or [next(iter(self.generator))]
            terms = {}
            for powers, c in sp.Poly(numeric, *own).terms():
                exponents = [0] * len(self.generator)
                for symbol, power in zip(own, powers, strict=True):
                    exponents[self.generator[symbol]] = power
                terms[tuple(exponents)] = sp.QQ.from_sympy(c)
            self.cache[expression] = self.ring.from_dict({powers: c for powers, c in terms.items() if c})
        return self.cache[expression]

    def name(self, space, name):
        """A basis vector of the kernel."""
        if (space, name) not in self.cache:
            self.cache[space, name] = self._name(space, name)
        return self.cache[space, name]

    def _name(self, space, name):
        t = self.trajectory
        if space == "r":
            return self.number(self.point(name).root)
        if name.startswith("g("):
            return self.number(self.point(name[2:-1]).gradient)
        if name.startswith("w["):
            return self.number(t.query(self.index(name[2:-1])).step)
        if space == "u":
            return self.number(t.position(self.key(name))) - self.origin_u
        if name.startswith("x*("):
            labels = [label for label in self.keys_u if name in self.run.x_at(f"x*[{label}]").terms]
            (at,) = {t.position(self.key(f"x*[{label}]")) for label in labels}
            return self.number(at) - self.origin_x
        return self.number(t.position(self.key(name))) - self.origin_x

    def vector(self, vector):
        return sum((sp.QQ(*c.as_integer_ratio()) * self.name(vector.space, n) for n, c in vector.terms.items()), 0)

    def form(self, form):
        """A form of the kernel."""
        total = self.ring.zero
        for name, c in form.values.items():
            total += sp.QQ(*c.as_integer_ratio()) * self.number(self.point(name).value)
        for space in SPACES:
            for (a, b), c in form.gram[space].items():
                total += sp.QQ(*c.as_integer_ratio()) * self.name(space, a) * self.name(space, b)
        return total


def both(class_name, method_name, seed, first, last, generic, **fixed):
    claim, values = make_claim(class_name, method_name, seed, **fixed)
    run = claim.run(first, last, generic)
    return claim, Dictionary(run, class_name, encode.recursion(method_name), first, last, values)


RUNS = [(-1, 1, True), (0, 1, False), (0, 3, False)]
SPECIAL = [("nesterov", {"beta": 0}), ("heavy_ball", {"beta": 0}), ("triple_momentum", {"gamma": 0})]
SPECIAL += [("triple_momentum", {"beta": 0, "gamma": 1}), ("nesterov", {"beta": 0, "G1": 0})]
ALL_RUNS = [(c, m, seed, *run, {}) for seed, ((c, m), run) in enumerate(itertools.product(CASES, RUNS))]
ALL_RUNS = [case for case in ALL_RUNS if case[4] < 3 or case[1] == "nesterov"]
ALL_RUNS += [(c, m, 7, -1, 1, True, fixed) for c, (m, fixed) in itertools.product(encode.CLASSES, SPECIAL)]


@pytest.mark.parametrize(("class_name", "method_name", "seed", "first", "last", "generic", "fixed"), ALL_RUNS)
def test_every_point_of_a_run(class_name, method_name, seed, first, last, generic, fixed):
    _, known = both(class_name, method_name, seed, first, last, generic, **fixed)
    for label, point in known.points().items():
        theirs = known.run.point(label)
        assert known.vector(theirs.x) + known.origin_x == known.number(point.x)
        assert known.vector(theirs.u) + known.origin_u == known.number(point.u)
        assert known.form(theirs.value) == known.number(point.value)
        assert known.vector(theirs.gradient) == known.number(point.gradient)
        assert known.vector(theirs.root) == known.number(point.root)


@pytest.mark.parametrize(("class_name", "method_name"), CASES)
def test_names_of_the_kernel_are_different_symbols(class_name, method_name):
    """Two unknowns of the kernel are two symbols: nothing is merged that the derivation keeps apart, or vice versa."""
    _, known = both(class_name, method_name, 11, -1, 1, True)
    for space, part in (("x", "gradient"), ("r", "root")):
        names = {n for label in known.points() for n in getattr(known.run.point(label), part).terms}
        assert len({known.name(space, n) for n in names}) == len(names)
    symbols_used = {p.gradient for p in known.points().values()} - {sp.S.Zero}
    kernel_names = {n for label in known.points() for n in known.run.point(label).gradient.terms}
    assert len(symbols_used) == len(kernel_names)


def template(inequality, known):
    """The form of an inequality as (symbols of i and j, terms with numbers)."""
    form = inequality.form.xreplace(known.values)
    letters = sorted(form.free_symbols, key=str) or [sp.Symbol("x_i")]
    return letters, [(m, sp.QQ.from_sympy(c)) for m, c in sp.Poly(form, *letters).terms()]


def evaluate(letters_and_terms, known, i, j):
    names = {"x": "x", "u": "u", "F": "value", "R": "root", "g": "gradient", "z": "minimiser", "w": "step"}
    letters, terms = letters_and_terms
    entries = [known.number(getattr({"i": i, "j": j}[s.name[2]], names[s.name[0]])) for s in letters]
    total = known.ring.zero
    for powers, coefficient in terms:
        product = known.ring.one * coefficient
        for entry, power in zip(entries, powers, strict=True):
            product *= entry**power if power else 1
        total += product
    return total


def places(inequality, known):
    """(labels for the kernel, points for `encode`) of every place where the inequality applies."""
    points = known.points()
    if inequality.about == "point":
        return [([label], (point, None)) for label, point in points.items()]
    if inequality.about == "step":
        steps = range(known.first, known.first + len(known.run.w))
        return [([known.run.step(n)], (known.trajectory.query(n), None)) for n in steps]
    if inequality.about == "two u":
        x = ("x", known.first)
        us = {label: known.trajectory.point(x, key) for label, key in known.keys_u.items()}
        return [([a, b], (us[a], us[b])) for a, b in itertools.permutations(us, 2)]
    part = "u" if inequality.about == "same u" else "x"
    found = []
    for (a, i), (b, j) in itertools.product(points.items(), repeat=2):
        if known.number(getattr(i, part)) == known.number(getattr(j, part)):
            found.append(([a, b], (i, j)))
    return found


NEEDED = ["x[k]@u[k]", "x[k+1]@u[k+1]", "y[k-1]@v[k-1]", "x*[v[k-1]]@v[k-1]"]
NEEDED += [f"{x}@v[k]" for x in ("y[k]", "x[k]", "x[k+1]", "x*[v[k]]", "x*[v[k-1]]")]


def selected(found, source, number):
    """All places on the points that a proof of one step needs, and a random choice of the others."""
    needed = [place for place in found if set(place[0]) <= set(NEEDED)]
    others = [place for place in found if not set(place[0]) <= set(NEEDED)]
    return needed + source.sample(others, min(number, len(others)))


@pytest.mark.parametrize(("class_name", "method_name", "seed", "first", "last", "generic", "fixed"), ALL_RUNS)
def test_inequalities_at_many_places(class_name, method_name, seed, first, last, generic, fixed):
    last = min(last, 2)
    claim, known = both(class_name, method_name, seed, first, last, generic, **fixed)
    source = random.Random(seed)
    assert set(claim.problem.inequalities) == set(encode.INEQUALITIES[class_name])
    for name, kernel_inequality in claim.problem.inequalities.items():
        inequality = encode.class_inequality(class_name, name)
        derived = template(inequality, known)
        found = places(inequality, known)
        assert found
        for labels, (i, j) in selected(found, source, 60):
            theirs = known.form(kernel_inequality(claim.problem.parameters, known.run, labels))
            assert theirs == evaluate(derived, known, i, j), (name, labels)


@pytest.mark.parametrize(("class_name", "method_name"), CASES)
def test_inequalities_at_points_in_symbols(class_name, method_name):
    """`ClassInequality.at`, with the numbers put in only after the substitution."""
    claim, known = both(class_name, method_name, 23, -1, 1, True)
    source = random.Random(5)
    for name, kernel_inequality in claim.problem.inequalities.items():
        inequality = encode.class_inequality(class_name, name)
        found = places(inequality, known)
        for labels, (i, j) in source.sample(found, min(4, len(found))):
            theirs = known.form(kernel_inequality(claim.problem.parameters, known.run, labels))
            assert theirs == known.number(inequality.at(*((i,) if j is None else (i, j)))), (name, labels)


@pytest.mark.parametrize("method_name", encode.METHODS)
def test_both_refuse_the_same_pairs(method_name):
    claim, known = both("partial_strong_convexity", method_name, 2, 0, 1, False)
    for name in ("interpolation", "smoothness", "value_root", "gradient_lipschitz"):
        inequality = encode.class_inequality("partial_strong_convexity", name)
        allowed = {tuple(labels) for labels, _ in places(inequality, known)}
        for (a, i), (b, j) in itertools.product(known.points().items(), repeat=2):
            if (a, b) in allowed:
                inequality.at(i, j)
                continue
            with pytest.raises(ValueError, match=f"{name} needs two points with the same"):
                inequality.at(i, j)
            with pytest.raises(Rejected, match="needs two points with the same"):
                claim.problem.inequalities[name](claim.problem.parameters, known.run, [a, b])


def random_lyapunov(partial, seed):
    """Random a, P and B: as in a certificate, and as values of the symbols."""
    source = random.Random(seed)

    def matrix(size):
        rows = [[None] * size for _ in range(size)]
        for i, j in itertools.combinations_with_replacement(range(size), 2):
            rows[i][j] = rows[j][i] = Fraction(source.randint(-60, 60), source.randint(1, 60))
        return rows

    a, p, b = [Fraction(source.randint(-9, 9), 7) for _ in range(2)], matrix(3), matrix(2 if partial else 0)
    values = dict(zip((symbols.a0, symbols.a1), map(rational, a), strict=True))
    values |= {P[i, j]: rational(p[i][j]) for i in range(3) for j in range(3)}
    values |= {B[i, j]: rational(b[i][j]) for i in range(len(b)) for j in range(len(b))}
    found = {"values": [str(n) for n in a]}
    found |= {"x": [[str(n) for n in row] for row in p], "u": [[str(n) for n in row] for row in b]}
    return found, values


def proved(monkeypatch, rule, claim, found):
    """The goals that a rule of the kernel proves, caught at its call of `prove`."""
    goals = {}
    with monkeypatch.context() as patch:
        patch.setattr(rule, "prove", lambda _c, run, goal, _v, where: goals.update({where: (run, goal)}))
        rule.apply(claim, found)
    return {where.removeprefix("certificate: "): pair for where, pair in goals.items()}


def lyapunov_goals(monkeypatch, class_name, method_name, metric, initial, seed, **fixed):
    """For each of the four conditions: the dictionary of its run, and the kernel's goal as a polynomial."""
    rate, constant = Fraction(seed % 17 + 1, 19), Fraction(seed % 5 + 2, 3)
    statement = {"kind": "linear_rate", "metric": metric, "initial": initial}
    statement |= {"rate": str(rate), "constant": str(constant)}
    claim, values = make_claim(class_name, method_name, seed, statement=statement, **fixed)
    given, coefficients = random_lyapunov(claim.problem.partial, seed)
    values |= coefficients | {symbols.rho: rational(rate), symbols.constant: rational(constant)}
    hints = dict.fromkeys(("start", "base", "decrease", "bound"))
    goals = proved(monkeypatch, lyapunov, claim, {"constant": str(constant), "lyapunov": given} | hints)
    assert list(goals) == list(hints)
    method = encode.recursion(method_name)
    result = {}
    for name, (run, goal) in goals.items():
        first = -1 if run.generic else 0
        known = Dictionary(run, class_name, method, first, 1, values)
        result[name] = (known, known.form(goal))
    return result


@pytest.mark.parametrize(("class_name", "method_name", "metric", "initial"), LYAPUNOV_CASES)
def test_lyapunov_conditions(monkeypatch, class_name, method_name, metric, initial):
    case = conditions(class_name, method_name, metric, initial)
    for seed in (3, 14):
        for name, (known, goal) in lyapunov_goals(monkeypatch, class_name, method_name, metric, initial, seed).items():
            assert known.number(getattr(case, name).expression) == goal, name


@pytest.mark.parametrize(("method_name", "fixed"), SPECIAL)
@pytest.mark.parametrize("class_name", encode.CLASSES)
def test_lyapunov_conditions_where_points_coincide(monkeypatch, class_name, method_name, fixed):
    """With beta = 0 the points x_k and y_k are one: merge the symbols of the general run and compare."""
    partial = class_name == "partial_strong_convexity"
    case = encode.lyapunov_conditions(class_name, method_name, "objective_gap", "objective_gap")
    goals = lyapunov_goals(monkeypatch, class_name, method_name, "objective_gap", "objective_gap", 8, **fixed)
    for name, (known, goal) in goals.items():
        run = known.run
        first = -1 if run.generic else 0
        general = encode.Trajectory(encode.recursion(method_name), partial, first, 1, generic=run.generic)
        merge = {}
        for x, u, index in itertools.product("xy", "uv", range(first, 2)):
            if (x, u) in (("x", "u"), ("y", "v")) and (index < 1 or x == "x"):
                pair = (general.point((x, index), (u, index)), known.trajectory.point((x, index), (u, index)))
                merge |= {getattr(pair[0], part): getattr(pair[1], part) for part in ("value", "gradient", "minimiser")}
                merge |= {pair[0].u: pair[1].u}
                if pair[0].step is not None:
                    merge |= {pair[0].step: pair[1].step}
        if run.generic:
            merge |= {general.position((n, -2)): known.trajectory.position((n, -2)) for n in ("x", "u")}
        expression = getattr(case, name).expression.xreplace({a: b for a, b in merge.items() if a.is_Symbol})
        assert known.number(expression) == goal, name


@pytest.mark.parametrize(("class_name", "method_name", "metric", "initial"), LYAPUNOV_CASES)
def test_worst_case_goal(monkeypatch, class_name, method_name, metric, initial):
    statement = {"kind": "worst_case", "metric": metric, "initial": initial, "steps": 2, "bound": "5/7"}
    claim, values = make_claim(class_name, method_name, 4, statement=statement)
    ((run, goal),) = proved(monkeypatch, worst_case, claim, {"proof": []}).values()
    known = Dictionary(run, class_name, encode.recursion(method_name), 0, 2, values)

    def measure(name, index):
        point = known.trajectory.iterate(index)
        if name == "objective_gap":
            return point.value
        return (point.x - point.minimiser if name == "squared_distance" else point.gradient) ** 2

    derived = sp.Rational(5, 7) * measure(initial, 0) - measure(metric, 2)
    assert known.form(goal) == known.number(derived)


@pytest.mark.parametrize("method_name", encode.METHODS)
def test_scalar_recursion(method_name):
    for seed in range(20):
        claim, values = make_claim("smooth_strongly_convex", method_name, seed)
        c = Fraction(seed - 5, 7)
        pair = [entry.xreplace(values) for entry in encode.recursion(method_name).scalar_recursion(rational(c))]
        assert pair == [rational(entry) for entry in growth.recursion(claim, c)]
        polynomial = encode.recursion(method_name).characteristic_polynomial(rational(c)).xreplace(values)
        assert sp.expand(polynomial - (symbols.z**2 - pair[0] * symbols.z - pair[1])) == 0


# The comparison must be able to fail: planted errors in a copy of a derived form.


def planted_inequalities(inequality):
    """Wrong copies of a form: each coefficient doubled, each sign turned, i and j exchanged, letters mixed up."""
    form = inequality.form
    terms = form.args if form.is_Add else (form,)
    for term in terms:
        yield f"twice {term}", form + term
        yield f"sign of {term}", form - 2 * term
        yield f"without {term}", form - term
    exchanged = {
        s: sp.Symbol(s.name[:2] + {"i": "j", "j": "i"}[s.name[2:]])
        for s in form.free_symbols
        if "_i" in s.name or "_j" in s.name
    }
    if sp.expand(form.xreplace(exchanged) - form) != 0 and inequality.about.startswith("same"):
        yield "i and j exchanged", form.xreplace(exchanged)
    letters = sorted(form.free_symbols & {symbols.mu, symbols.L1, symbols.L2, symbols.G1, symbols.G2}, key=str)
    for letter in letters:
        yield f"{letter} twice as large", sp.expand(form.xreplace({letter: 2 * letter}))
    for a, b in itertools.combinations(letters, 2):
        wrong = sp.expand(form.xreplace({a: b, b: a}))
        if sp.expand(wrong - form) != 0:  # some forms are symmetric, such as cocoercivity in mu and L1
            yield f"{a} and {b} exchanged", wrong


@pytest.mark.parametrize(("class_name", "name"), [(c, n) for c in encode.CLASSES for n in encode.INEQUALITIES[c]])
def test_a_planted_error_in_an_inequality_is_noticed(class_name, name):
    claim, known = both(class_name, "nesterov", 31, -1, 1, True)
    inequality = encode.class_inequality(class_name, name)
    found = selected(places(inequality, known), random.Random(1), 20)
    theirs = [known.form(claim.problem.inequalities[name](claim.problem.parameters, known.run, at)) for at, _ in found]
    planted = list(planted_inequalities(inequality))
    assert planted
    for what, form in planted:
        wrong = encode.ClassInequality(class_name, name, form, inequality.about, inequality.source)
        derived = template(wrong, known)
        assert any(evaluate(derived, known, *at) != their for (_, at), their in zip(found, theirs, strict=True)), what


def wrong_methods():
    x, before, y, g = (sp.Symbol(n) for n in ("x_{k}", "x_{k-1}", "y_{k}", "g_{k}"))
    beta, eta = symbols.beta, symbols.eta
    momentum = beta * (x - before)
    yield "sign of eta", x + momentum, y + eta * g
    yield "factor 2", x + momentum, y - 2 * eta * g
    yield "momentum of the step only", x, x + momentum - eta * g
    yield "momentum of the query only", x + momentum, x - eta * g
    yield "momentum backwards", x - momentum, y - eta * g
    yield "beta on the gradient", x + momentum, y - beta * eta * g
    yield "beta on the gradient of the query", x + momentum, x + momentum - eta * (1 + beta) * g
    yield "momentum twice", x + momentum, y + momentum - eta * g


@pytest.mark.parametrize(
    ("what", "query", "advance"), list(wrong_methods()), ids=lambda v: v if isinstance(v, str) else ""
)
def test_a_planted_error_in_the_recursion_is_noticed(monkeypatch, what, query, advance):
    x, before, y, g = (sp.Symbol(n) for n in ("x_{k}", "x_{k-1}", "y_{k}", "g_{k}"))
    advance = sp.expand(advance.xreplace({y: query}))
    right = encode.recursion("nesterov")
    rows = [sp.Matrix([[sp.expand(e).coeff(s) for s in (x, before, g)]]) for e in (advance, query)]
    a = sp.ImmutableMatrix([list(rows[0][:2]), [1, 0]])
    b, c = sp.ImmutableMatrix([[rows[0][2]], [0]]), sp.ImmutableMatrix([list(rows[1][:2])])
    wrong = encode.StateSpace("nesterov", right.parameters, right.equations, a, b, c, "planted")
    assert (wrong.A, wrong.B, wrong.C) != (right.A, right.B, right.C)
    monkeypatch.setattr("proofcheck.encode.lyapunov.recursion", lambda _name: wrong)
    case = encode.lyapunov_conditions("partial_strong_convexity", "nesterov", "objective_gap", "objective_gap")
    monkeypatch.undo()
    goals = lyapunov_goals(monkeypatch, "partial_strong_convexity", "nesterov", "objective_gap", "objective_gap", 6)
    known, goal = goals["decrease"]
    names = {s.name for s in case.decrease.expression.free_symbols}
    known_names = {s.name for s in known.generator} | {s.name for s in known.values}
    assert names <= known_names
    assert known.number(case.decrease.expression) != goal, what


def planted_conditions(expression):
    """Wrong copies of a condition: one coefficient at a time, and exchanged letters."""
    letters = sorted(expression.free_symbols & {symbols.a0, symbols.a1, *P, *B, symbols.rho, symbols.eta}, key=str)
    for letter in letters:
        yield f"{letter} twice as large", expression.xreplace({letter: 2 * letter})
        yield f"sign of {letter}", expression.xreplace({letter: -letter})
    exchanged = [(P[0, 1], P[0, 2]), (symbols.a0, symbols.a1), (B[0, 0], B[1, 1]), (symbols.beta, symbols.rho)]
    exchanged += [tuple(sp.symbols(pair)) for pair in ("w_{k-1} w_{k}", "x_{k-1} x_{k-2}", "u_{k-1} u_{k-2}")]
    exchanged += [(sp.Symbol(r"x^\star(v_{k-1})"), sp.Symbol(r"x^\star(v_{k})"))]
    exchanged += [(sp.Symbol("F(y_{k-1},v_{k-1})"), sp.Symbol("F(y_{k},v_{k})"))]
    exchanged += [(sp.Symbol(r"\nabla_1 f(y_{k-1},v_{k-1})"), sp.Symbol(r"\nabla_1 f(y_{k},v_{k})"))]
    for a, b in exchanged:
        if {a, b} <= expression.free_symbols:
            yield f"{a} and {b} exchanged", expression.xreplace({a: b, b: a})


def test_a_planted_error_in_a_condition_is_noticed(monkeypatch):
    arguments = ("partial_strong_convexity", "nesterov", "objective_gap", "objective_gap")
    case = encode.lyapunov_conditions(*arguments)
    seen = set()
    for name, (known, goal) in lyapunov_goals(monkeypatch, *arguments, 9).items():
        expression = getattr(case, name).expression
        assert known.number(expression) == goal
        for what, wrong in planted_conditions(expression):
            assert known.number(wrong) != goal, (name, what)
            seen.add(what)
    assert sum("exchanged" in what for what in seen) == 10

"""The sides of every inequality against the SymPy forms of proofcheck.encode, at random numbers; planted errors."""

import random
from fractions import Fraction as Q
from functools import cache

import pytest
import sympy as sp

from proofcheck.encode import inequalities as encode
from proofcheck.encode import symbols
from proofcheck.testing import ASSUMPTIONS, Points, forms
from proofcheck.testing.rounding import Rounded, root

# name here -> name in encode, and what (right - left) is divided by to be that form
TWINS = {
    "A1": ("strong_convexity", lambda c: 1),
    "A2": ("smoothness", lambda c: 1),
    "A5": ("gradient_lipschitz", lambda c: 1),
    "A3A4": ("value_root", lambda c: 1),
    "proviso": ("step_bound", lambda c: 2 * c["L2"] * c["G1"] ** 2),
    "minimisers": ("minimisers", lambda c: 1),
    "interpolation": ("interpolation", lambda c: 2 * (c["L1"] - c["mu"])),
    "cocoercivity": ("cocoercivity", lambda c: 1),
    "nonnegative_value": ("nonnegative_value", lambda c: 1),
}


class Table:
    """A function of which two points are known: numbers i, and numbers j."""

    def __init__(self, i, j, same_x):
        self.f_star = Q(7, 3)
        rows = {0: i, 1: j}

        def which(x, u):
            return rows[u[0] == j["u"] if same_x else x[0] == j["x"]]

        self.name, self.dimensions = "table", (1, 1)
        self.value = lambda x, u: which(x, u)["R"] ** 2 + self.f_star
        self.gradient_x = lambda x, u: (which(x, u)["g"],)
        self.gradient_u = lambda x, u: (i["W"],)
        self.minimiser = lambda u: (rows[u[0] == j["u"]]["z"],)
        self.inner = self.outer = self.outer_gradient = None


def drawn(source):
    def number():
        return Q(source.randint(-40, 40), source.randint(1, 9))

    i, j = ({name: number() for name in ("x", "u", "g", "z", "W")} for _ in range(2))
    i["R"], j["R"] = abs(number()), abs(number())
    constants = {name: abs(number()) + Q(1, 7) for name in ("mu", "L2", "G1", "G2")}
    constants["L1"] = constants["mu"] + abs(number()) + 1
    return i, j, constants


def margin(form, i, j, constants, same_x):
    """Right less left of a form of the catalogue."""
    f = Table(i, j, same_x)
    points = {"x": (j["x"],), "y": (i["x"],), "u": (i["u"],), "v": (j["u"],)}
    if form.about == "same u":
        given = Points(x=points["x"], y=points["y"], u=points["u"])
    elif form.about == "point":
        given = Points(x=points["y"], u=points["u"])
    else:
        given = Points(x=points["x"] if form.about == "same x" else None, u=points["u"], v=points["v"])
    left, right = form.compare(form.measure(f, given), {**constants, "f_star": f.f_star})
    return right - left


@cache
def derived(name):
    """The SymPy form as a quotient of polynomials in named numbers; u there is measured in G1 sqrt(2 L2)."""
    form = encode.class_inequality("partial_strong_convexity", name).form
    unit = symbols.G1 * sp.sqrt(2 * symbols.L2)
    table = {s: s / unit for s in form.free_symbols if s.name[:2] in ("u_", "w_")}
    parts = sp.fraction(sp.together(sp.expand(form.xreplace(table))))
    names = {getattr(symbols, key): sp.Symbol(key) for key in ("mu", "L1", "L2", "G1", "G2")}
    plain = [sp.expand(part).xreplace(names) for part in parts]
    letters = sorted({s.name for part in plain for s in part.free_symbols})
    return letters, [sp.lambdify(letters, part, modules=[{}]) for part in plain]


def expected(name, i, j, constants):
    """The derived form at the same numbers, exactly: its polynomials have integer coefficients."""
    known = {f"{key}_{label}": value for label, row in (("i", i), ("j", j)) for key, value in row.items()}
    known |= {f"F_{label}": row["R"] ** 2 for label, row in (("i", i), ("j", j))} | {"w_i": i["W"]} | constants
    letters, (above, below) = derived(name)
    given = [known[letter] for letter in letters]
    found = above(*given) / Q(below(*given))
    assert isinstance(found, Q)
    return found


def agrees(name, form, seeds=6):
    twin, factor = TWINS[name]
    for seed in range(seeds):
        i, j, constants = drawn(random.Random(seed))
        same_x = form.about != "same u"
        if same_x and form.about != "two u":
            i["x"] = j["x"]
        if form.about == "same u":
            i["u"] = j["u"]
        if (i["x"] == j["x"] and form.about == "same u") or (i["u"] == j["u"] and same_x):
            continue
        if abs(margin(form, i, j, constants, same_x) / factor(constants) - expected(twin, i, j, constants)) > Q(
            1, 10**30
        ):
            return False
    return True


@pytest.mark.parametrize("name", TWINS)
def test_sides_are_those_of_the_derivation(name):
    assert agrees(name, ASSUMPTIONS[name].forms[0][0])


PLANTED = {
    "A1": lambda n, c: (n[1] + n[2] + c["mu"] * n[3], n[0]),
    "A2": lambda n, c: (n[0], n[1] - n[2] + c["L1"] * n[3] / 2),
    "A5": lambda n, c: (n[0], c["G2"] * n[1]),
    "A3A4": lambda n, c: (forms._gap_of_roots(n[0], n[1]), c["L2"] * c["G1"] ** 2 * n[2] / 2),
    "proviso": lambda n, c: (n[1], 2 * c["L2"] * c["G1"] * (n[0] - c["f_star"])),  # as Lemma 20 is printed
    "minimisers": lambda n, c: (n[0], c["G1"] ** 2 * c["mu"] / c["L2"] * n[1]),
    "interpolation": lambda n, c: (n[2], 2 * (c["L1"] - c["mu"]) * (n[0] - c["mu"] * n[3] / 2)),
    "cocoercivity": lambda n, c: (n[2], c["L1"] * n[1]),
    "nonnegative_value": lambda n, c: (n[0], c["f_star"]),
}


@pytest.mark.parametrize("name", TWINS)
def test_planted_errors_are_noticed(name):
    import dataclasses

    assert not agrees(name, dataclasses.replace(ASSUMPTIONS[name].forms[0][0], compare=PLANTED[name]))


def test_value_root_of_exact_numbers_is_rounded_so_that_it_cannot_accuse():
    two, three = Q(2), Q(3)
    gap = forms._gap_of_roots(two, three)
    assert gap < Q(10102051443364381, 10**17) < gap + Q(1, 10**15)
    assert root(two) ** 2 < 2 < root(two, up=True) ** 2
    assert root(Q(10) ** 400) == Q(10) ** 200
    assert 0 < root(Q(1, 10**401)) ** 2 < Q(1, 10**401)


def test_lemma_5_says_the_same_with_the_best_q_as_with_every_q():
    """F(u) <= (1 + L2/Q) F(v) + G1^2 (L2 + Q)/2 d^2 for a grid of Q against its closed form."""
    source, form = random.Random(1), forms.LEMMA5
    for _ in range(6):
        up, down, step = (Q(source.randint(1, 400), 7) for _ in range(3))
        c = {"L2": Q(source.randint(1, 9), 4), "G1": Q(source.randint(1, 9), 4), "f_star": Q(0)}
        left, right = form.compare((up, down, step), c)
        best = min(
            c["L2"] * down / q + c["G1"] ** 2 * (c["L2"] + q) / 2 * step for q in (Q(k, 8) for k in range(1, 400))
        )
        assert right <= best + Q(1, 10**20)
        assert float(best) <= float(right) * 1.02
        assert left == up - down


def test_error_bounds_contain_what_was_rounded():
    source = random.Random(2)
    for _ in range(200):
        a, b = (source.uniform(-3, 3) for _ in range(2))
        x, y = Rounded(a, 1e-9), Rounded(b, 1e-9)
        for da in (-1e-9, 1e-9):
            for db in (-1e-9, 1e-9):
                p, q = Q(a) + Q(da) * Q(99, 100), Q(b) + Q(db) * Q(99, 100)
                pairs = [(x + y, p + q), (x - y, p - q), (x * y, p * q), (2 - x, 2 - p), (3 * x, 3 * p)]
                if abs(q) > Q(1, 100):
                    pairs += [(x / y, p / q), (1 / y, 1 / q)]
                for found, true in pairs:
                    assert Q(found.low) <= true <= Q(found.high)

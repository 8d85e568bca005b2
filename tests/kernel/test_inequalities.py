"""Every inequality of every class, sampled on true functions of the class.

A sample is a run of a method on a function, from rest or from a random state; the kernel's form is
evaluated on it with floats and must not be below -1e-9 times its largest term. The second half shows
that this sampling has teeth: forms with a constant, a sign, an index or a term wrong fall through it.
"""

import functools
from collections import defaultdict
from fractions import Fraction

import numpy as np
import pytest

from proofcheck.kernel import classes, methods
from proofcheck.kernel.classes import inequalities
from proofcheck.kernel.forms import Form, Vector
from proofcheck.kernel.run import Point, Run

TOLERANCE = 1e-9
PLAIN = {"mu": "1", "L1": "5"}
PARTIAL = {"mu": "1", "L1": "5", "L2": "7/10", "G1": "9/10"}
EQUAL = {"mu": "2", "L1": "2"}
METHODS = [
    {"name": "gradient_descent", "eta": "1/3"},
    {"name": "triple_momentum", "eta": "1/4", "beta": "1/3", "gamma": "1/7"},
]
PLAIN_KINDS = ("quadratic", "huber", "log-cosh")
PARTIAL_KINDS = ("quadratic-linear", "quadratic-triangle", "quadratic-sine", "huber-linear", "huber-sine")
ONE_POINT, STEP = ("nonnegative_value",), ("step_bound",)
OF_PAIRS_OF_U = ("minimisers",)
SAME_X = ("value_root", "gradient_lipschitz")


def sites(name: str, run: Run) -> list[list[str]]:
    """Every list of labels to which an inequality applies in a run."""
    if name in STEP:
        return [[label] for label in run.w]
    if name in OF_PAIRS_OF_U:
        return [[a, b] for a in run.u for b in run.u if a != b]
    points = [f"{x}@{u}" for x in run.x for u in run.u] if run.partial else list(run.x)
    if name in ONE_POINT:
        return [[label] for label in points]
    same = (0 if name in SAME_X else 1) if run.partial else None
    parts = [label.partition("@")[::2] for label in points]
    return [
        ["@".join(filter(None, i)), "@".join(filter(None, j))]
        for i in parts
        for j in parts
        if i != j and (same is None or i[same] == j[same])
    ]


def samples(truth, is_partial: bool, equal: bool = False):
    """Runs on true functions: (parameters as the kernel has them, run, trajectory)."""
    rng = np.random.default_rng(7)
    given = EQUAL if equal else PARTIAL if is_partial else PLAIN
    numbers = {name: float(Fraction(number)) for name, number in given.items()}
    kinds = PARTIAL_KINDS if is_partial else PLAIN_KINDS[: 1 if equal else None]
    for method in map(methods.read, METHODS):
        for first, last, generic in ((0, 1, False), (-1, 1, True)):
            run = Run(method, is_partial, first, last, generic)
            for kind in kinds:
                for size in (1, 3):
                    function = (
                        truth.partial(rng, numbers, kind, size)
                        if is_partial
                        else truth.plain(rng, numbers["mu"], numbers["L1"], kind, size)
                    )
                    path = truth.Trajectory(run, method, function, rng, first, last)
                    parameters = {name: Fraction(number) for name, number in given.items()}
                    if is_partial:
                        parameters["G2"] = Fraction(function.parameters["G2"] * (1 + 1e-12))
                    yield parameters, run, path


@functools.cache
def table(is_partial: bool) -> dict[str, inequalities.Inequality]:
    """The inequalities of a class, the optional one included."""
    name = "partial_strong_convexity" if is_partial else "smooth_strongly_convex"
    given = {**PARTIAL, "G2": "2"} if is_partial else PLAIN
    return classes.read({"name": name, **given}).inequalities


def lowest(path, form: Form) -> float:
    """The form's value in units of its largest term."""
    total, size = path.form(form)
    return total / size if size > 1e-9 else 0.0


@pytest.fixture(scope="module")
def drawn(truth):
    """For each class, the samples, each with a random choice of the sites of each inequality."""
    rng = np.random.default_rng(11)
    found = {}
    for is_partial in (False, True):
        found[is_partial] = list(samples(truth, is_partial))
        for number, (parameters, run, path) in enumerate(found[is_partial]):
            chosen = {}
            for name in table(is_partial):
                every = sites(name, run)
                picked = rng.permutation(len(every))[:7]
                chosen[name] = [every[i] for i in picked]
            found[is_partial][number] = (parameters, run, path, chosen)
    return found


CASES = [(is_partial, name) for is_partial in (False, True) for name in table(is_partial)]


def least(drawn, is_partial: bool, name: str, change=lambda form: form, **factors: float) -> float:
    """The lowest relative value over all samples, with parameters or the form changed."""
    found = []
    for parameters, run, path, chosen in drawn[is_partial]:
        wrong = {key: value * Fraction(factors.get(key, 1)) for key, value in parameters.items()}
        for at in chosen[name]:
            found.append(lowest(path, change(table(is_partial)[name](wrong, run, at))))
    assert len(found) > 30
    return min(found)


@pytest.mark.parametrize(("is_partial", "name"), CASES)
def test_holds_on_true_functions(drawn, is_partial, name):
    assert least(drawn, is_partial, name) >= -TOLERANCE


@pytest.mark.parametrize(
    "name", ["scaled_interpolation", "strong_convexity", "smoothness", "cocoercivity", "nonnegative_value"]
)
def test_holds_where_mu_equals_L1(truth, name):
    for parameters, run, path in samples(truth, False, equal=True):
        for at in sites(name, run):
            form = inequalities.__dict__[name](parameters, run, at)
            assert lowest(path, form) >= -TOLERANCE


@pytest.mark.parametrize(
    ("is_partial", "name", "parameter", "factor"),
    [
        (is_partial, name, parameter, factor)
        for is_partial in (False, True)
        for name, parameter, factor in (
            ("interpolation", "mu", 1.1),
            ("interpolation", "L1", 0.9),
            ("strong_convexity", "mu", 1.05),
            ("smoothness", "L1", 0.95),
            ("cocoercivity", "mu", 1.1),
            ("cocoercivity", "L1", 0.9),
        )
    ]
    + [
        (True, "value_root", "L2", 0.95),
        (True, "value_root", "G1", 0.95),
        (True, "minimisers", "L2", 0.95),
        (True, "minimisers", "G1", 0.95),
        (True, "minimisers", "mu", 1.1),
        (True, "gradient_lipschitz", "L2", 0.95),
        (True, "gradient_lipschitz", "G1", 0.95),
        (True, "gradient_lipschitz", "G2", 0.95),
    ],
)
def test_a_sharper_constant_is_caught(drawn, is_partial, name, parameter, factor):
    """So every constant is the best one, not merely a valid one."""
    assert least(drawn, is_partial, name, **{parameter: factor}) < -1e-3


def test_a_sharper_step_bound_is_caught(drawn):
    """|w|^2 <= F has no constant of its own."""

    def sharper(form: Form) -> Form:
        return form + Form({}, {"u": {pair: c / 20 for pair, c in form.gram["u"].items()}})

    assert least(drawn, True, "step_bound", sharper) < -1e-3


def changed(form: Form, space: str, coefficient: object, factor: int) -> Form:
    """The form with one coefficient multiplied by a factor (0: the term is missing)."""
    values = {name: c * factor if (space, name) == ("F", coefficient) else c for name, c in form.values.items()}
    gram = {
        other: {pair: c * factor if (space, pair) == (other, coefficient) else c for pair, c in pairs.items()}
        for other, pairs in form.gram.items()
    }
    return Form(values, gram)


def coefficients(form: Form) -> list[tuple[str, object, Fraction]]:
    listed: list[tuple[str, object, Fraction]] = [("F", name, c) for name, c in form.values.items()]
    return listed + [(space, pair, c) for space, pairs in form.gram.items() for pair, c in pairs.items()]


class Direct:
    """Two points of a true function in place of a run, every quantity with a name of its own."""

    def __init__(self, truth, rng: np.random.Generator, same: str) -> None:
        p, self.same = truth.parameters, same
        unit = p["G1"] * np.sqrt(2 * p["L2"]) if "G1" in p else 1.0
        spread = 10.0 ** rng.uniform(-1.5, 1)
        near = [truth.minimiser(np.zeros(truth.dimensions[1])), np.zeros(truth.dimensions[1])]
        at = [[centre + spread * rng.normal(size=centre.size) for centre in near] for _ in range(2)]
        if same:
            at[1]["xu".index(same)] = at[0]["xu".index(same)]
        origin = [rng.normal(size=centre.size) * spread for centre in near]
        if rng.random() < 0.3:
            at[1][0] = truth.minimiser(at[1][1]) if same != "x" else at[1][0]
        self.numbers: dict[str, np.ndarray] = {}
        for i, (x, u) in enumerate(at):
            value = max(truth.value(x, u), 0.0)
            self.numbers |= {f"x{i}": x - origin[0], f"u{i}": (u - origin[1]) / unit, f"g{i}": truth.gradient(x, u)}
            self.numbers |= {f"F{i}": np.array([value]), f"R{i}": np.array([np.sqrt(value)])}
            self.numbers |= {f"s{i}": truth.minimiser(u) - origin[0], f"w{i}": truth.u_gradient(x, u) / unit}

    def _name(self, letter: str, label: str) -> Vector:
        space = {"R": "r", "u": "u", "w": "u"}.get(letter, "x")
        return Vector(space, {letter + ("0" if letter == self.same else label): Fraction(1)})

    def point(self, label: str) -> Point:
        label = label[2] if len(label) > 1 else label
        value = Form({f"F{label}": Fraction(1)}, {})
        return Point(
            self._name("x", label), self._name("u", label), value, self._name("R", label), self._name("g", label)
        )

    def x_at(self, label: str) -> Vector:
        return self._name("s", label[3])

    def u_at(self, label: str) -> Vector:
        return self._name("u", label)

    def w_at(self, label: str) -> Vector:
        return self._name("w", label)

    def lowest(self, form: Form) -> float:
        """The form's value in units of its largest term."""
        terms = [float(c) * float(self.numbers[name][0]) for name, c in form.values.items()]
        for pairs in form.gram.values():
            terms += [float(c) * float(self.numbers[a] @ self.numbers[b]) for (a, b), c in pairs.items()]
        size = max(map(abs, terms), default=0.0)
        return sum(terms) / size if size > 1e-9 else 0.0


@pytest.fixture(scope="module")
def directly(truth):
    """Pairs of points on true functions, by class and by what the two points share."""

    @functools.cache
    def draw(is_partial: bool, same: str) -> list[tuple[dict[str, Fraction], Direct]]:
        rng = np.random.default_rng(5)
        given = PARTIAL if is_partial else PLAIN
        numbers = {name: float(Fraction(number)) for name, number in given.items()}
        found = []
        for _ in range(25):
            for size in (1, 2):
                for kind in PARTIAL_KINDS if is_partial else PLAIN_KINDS:
                    function = (
                        truth.partial(rng, numbers, kind, size)
                        if is_partial
                        else truth.plain(rng, numbers["mu"], numbers["L1"], kind, size)
                    )
                    parameters = {key: Fraction(number) for key, number in given.items()}
                    if is_partial:
                        parameters["G2"] = Fraction(function.parameters["G2"] * (1 + 1e-12))
                    found.append((parameters, Direct(function, rng, same)))
        return found

    return draw


def shared(is_partial: bool, name: str) -> str:
    """What the two points of an inequality must have in common."""
    return "x" if name in SAME_X else "" if name in (*STEP, *OF_PAIRS_OF_U, *ONE_POINT) else "u"


def labels(name: str) -> list[str]:
    return ["0"] if name in (*STEP, *ONE_POINT) else ["0", "1"]


@pytest.mark.parametrize(("is_partial", "name"), CASES)
def test_holds_between_arbitrary_points(directly, is_partial, name):
    for parameters, pair in directly(is_partial, shared(is_partial, name)):
        assert pair.lowest(table(is_partial)[name](parameters, pair, labels(name))) >= -TOLERANCE


@pytest.mark.parametrize(("is_partial", "name"), CASES)
@pytest.mark.parametrize("factor", [-1, 0, 2], ids=["sign", "missing", "twice"])
def test_a_wrong_term_is_caught(directly, is_partial, name, factor):
    """Each term with its sign turned, left out or doubled: either that only weakens the form, or it is caught."""
    worst: dict[tuple[str, object], float] = defaultdict(float)
    weaker: dict[tuple[str, object], bool] = defaultdict(lambda: True)
    for parameters, pair in directly(is_partial, shared(is_partial, name)):
        form = table(is_partial)[name](parameters, pair, labels(name))
        for space, term, _ in coefficients(form):
            wrong = changed(form, space, term, factor)
            worst[space, term] = min(worst[space, term], pair.lowest(wrong))
            weaker[space, term] &= pair.lowest(wrong - form) >= 0
    missed = [term for term in worst if worst[term] > -1e-3 and not weaker[term]]
    assert missed == ([("F", "F0")] if name == "nonnegative_value" and factor == 0 else []), "0 >= 0 is true"
    caught = [term for term in worst if worst[term] <= -1e-3]
    assert caught or name == "nonnegative_value"


@pytest.mark.parametrize("is_partial", [False, True])
@pytest.mark.parametrize("name", ["interpolation", "strong_convexity"])
def test_swapped_gradients_are_caught(directly, is_partial, name):
    """<g_i, x_i - x_j> in place of <g_j, x_i - x_j>; in `smoothness` that would be true, and weaker."""
    found = []
    for parameters, pair in directly(is_partial, "u"):
        form = table(is_partial)[name](parameters, pair, labels(name))
        other = {"g0": "g1", "g1": "g0"}
        turned: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
        for (a, b), c in form.gram["x"].items():
            first, second = sorted((other.get(a, a), other.get(b, b)))
            turned[first, second] += c
        found.append(pair.lowest(Form(form.values, {"x": turned})))
    assert min(found) < -1e-3


class Merged:
    """A point that claims to share x or u with another one, but only to a guard."""

    def __init__(self, point: Point, same: dict[str, Vector]) -> None:
        self.point, self.same, self.asked = point, same, set()

    def __getattr__(self, name: str):
        if name in self.same and name not in self.asked:
            self.asked.add(name)
            return self.same[name]
        return getattr(self.point, name)


@pytest.mark.parametrize(
    "name", ["value_root", "gradient_lipschitz", "interpolation", "smoothness", "strong_convexity", "cocoercivity"]
)
def test_its_guard_is_needed(directly, name):
    """Where the points do not share what they must share, the form is broken by true functions."""
    found = []
    for parameters, pair in directly(True, ""):
        point, first = pair.point, pair.point("0")
        pretended = Direct.__new__(Direct)
        pretended.__dict__.update(pair.__dict__)
        same = {"x": first.x} if name in SAME_X else {"u": first.u}
        pretended.point = lambda label, point=point, same=same: Merged(point(label), same)
        found.append(pretended.lowest(table(True)[name](parameters, pretended, labels(name))))
    assert min(found) < -1e-3

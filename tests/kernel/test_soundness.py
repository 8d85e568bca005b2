"""Accepted means true, by an oracle that shares nothing with the kernel: exact runs on true functions.

The methods are run in rationals from their textbook definitions. On the smooth strongly convex class
the functions are quadratics, sums of two quadratics and Huber-like functions. On the partial class
they are f(x, u) = (L2/2) (a x + psi(u))^2 in the variable s = a x, which makes everything rational:
the curvature is c = L2 a^2, the step acts on s as c h and on u as L2 psi'(u) h, with h = s + psi(u).
"""

import json
import random
from fractions import Fraction
from itertools import pairwise

import pytest

from proofcheck.kernel import check, wire

STEPS = 9
SEED = 3


@pytest.fixture(scope="module")
def accepted(accepted):
    """Claims about numbers; test_families.py has those about every q, test_premises.py those from named premises."""
    return [case for case in accepted if b"proofcheck-claim/1" in case.claim and b"named_premises" not in case.claim]


def numbers(part: dict) -> dict[str, Fraction]:
    return {key: Fraction(entry) for key, entry in part.items() if key != "name"}


def advance(name, c, state, before, derivative):
    """One textbook step on a list of coordinates; the derivative maps coordinates to coordinates."""
    move = [a - b for a, b in zip(state, before, strict=True)]
    if name == "linear":  # written with the numbers as they are, not with the momentum that they amount to
        at = [c["query_0"] * a + c["query_1"] * b for a, b in zip(state, before, strict=True)]
        kept = [c["state_0"] * a + c["state_1"] * b for a, b in zip(state, before, strict=True)]
        return [k - c["eta"] * g for k, g in zip(kept, derivative(at), strict=True)]
    ahead = {"nesterov": c.get("beta"), "triple_momentum": c.get("gamma")}.get(name, Fraction(0))
    kept = Fraction(0) if name == "gradient_descent" else c["beta"]
    at = [a + ahead * m for a, m in zip(state, move, strict=True)]
    slope = derivative(at)
    return [a + kept * m - c["eta"] * g for a, m, g in zip(state, move, slope, strict=True)]


def path(claim, start, derivative, steps):
    states = [list(start)]
    before = list(start)
    for _ in range(steps):
        after = advance(claim["method"]["name"], numbers(claim["method"]), states[-1], before, derivative)
        before = states[-1]
        states.append(after)
    return states


def plain_runs(claim, steps):
    """The metrics along runs on smooth strongly convex functions."""
    p, rng = numbers(claim["class"]), random.Random(SEED)
    mu, big = p["mu"], p["L1"]
    curvatures = [mu, big, (mu + big) / 2, mu + (big - mu) / 5]
    families = []
    for first in curvatures:
        for second in curvatures:
            families.append(([first, second], None))
    families += [([mu, mu], width) for width in (Fraction(1), Fraction(1, 3), Fraction(1, 20))]
    families += [([(mu + big) / 2, mu], Fraction(1, 4))]

    for base, width in families:
        bend = [big - b if width else Fraction(0) for b in base]

        def value(x, base=base, bend=bend, width=width):
            total = sum(b * s**2 / 2 for b, s in zip(base, x, strict=True))
            for e, s in zip(bend, x, strict=True):
                total += e * (s**2 / 2 if not width or abs(s) <= width else width * abs(s) - width**2 / 2)
            return total

        def gradient(x, base=base, bend=bend, width=width):
            bound = width or Fraction(0)
            return [b * s + e * max(-bound, min(bound, s)) for b, e, s in zip(base, bend, x, strict=True)]

        for start in ([Fraction(1), Fraction(0)], [Fraction(1), Fraction(rng.randint(-9, 9), 4)]):
            yield [
                {
                    "objective_gap": value(x),
                    "squared_distance": sum(s**2 for s in x),
                    "squared_gradient_norm": sum(s**2 for s in gradient(x)),
                }
                for x in path(claim, start, gradient, steps)
            ]


class Coupling:
    """psi piecewise linear with psi(0) = 0 and slopes in [-G1, G1]."""

    def __init__(self, knots: list[Fraction], slopes: list[Fraction]) -> None:
        self.knots, self.slopes = knots, slopes

    def slope(self, u: Fraction) -> Fraction:
        return self.slopes[sum(knot < u for knot in self.knots)]

    def __call__(self, u: Fraction) -> Fraction:
        low, high = min(u, Fraction(0)), max(u, Fraction(0))
        marks = [low, *(knot for knot in self.knots if low < knot < high), high]
        total = sum(self.slope((a + b) / 2) * (b - a) for a, b in pairwise(marks))
        return total if u >= 0 else -total


def partial_runs(claim, steps):
    """The metrics along runs on functions of the partial class, staircases against the method among them."""
    p, rng = numbers(claim["class"]), random.Random(SEED)
    curvatures = [p["mu"], p["L1"], (p["mu"] + p["L1"]) / 2]
    if "G2" in p:  # the gradient in x is sqrt(c L2) h, so A5 asks for c L2 G1^2 <= G2^2
        curvatures = [c for c in curvatures if c * p["L2"] * p["G1"] ** 2 <= p["G2"] ** 2]
    assert curvatures
    for c in curvatures:
        couplings = [Coupling([], [sign * p["G1"]]) for sign in (-1, 0, 1)]
        for _ in range(4):
            knots = sorted({Fraction(rng.randint(-400, 400), 101) + Fraction(1, 1009) for _ in range(12)})
            couplings.append(Coupling(knots, [p["G1"] * rng.choice((-1, 1)) for _ in range(len(knots) + 1)]))
        for psi in couplings:

            def derivative(at, psi=psi, c=c):
                h = at[0] + psi(at[1])
                return [c * h, p["L2"] * psi.slope(at[1]) * h]

            for s, u in ((1, 0), (-1, 0), (Fraction(2, 3), Fraction(1, 7))):
                states = path(claim, [Fraction(s), Fraction(u)], derivative, steps)
                yield [{"objective_gap": p["L2"] / 2 * (s + psi(u)) ** 2} for s, u in states]
        for average in (Fraction(-99, 100), Fraction(-1, 2), Fraction(99, 100)):
            # psi(u) = average G1 u at the visited points, psi' = G1 where the derivative is asked for
            def opposed(at, average=average, c=c):
                h = at[0] + average * p["G1"] * at[1]
                return [c * h, p["L2"] * p["G1"] * h]

            states = path(claim, [Fraction(1), Fraction(0)], opposed, steps)
            yield [{"objective_gap": p["L2"] / 2 * (s + average * p["G1"] * u) ** 2} for s, u in states]


def worst_excess(claim, constant: Fraction | None, steps: int = STEPS) -> Fraction:
    """The largest metric_k / allowed_k over all runs; more than 1 breaks the claim."""
    s, worst = claim["statement"], Fraction(0)
    partial = claim["class"]["name"] == "partial_strong_convexity"
    last = s["steps"] if s["kind"] == "worst_case" else steps
    for metrics in (partial_runs if partial else plain_runs)(claim, last):
        initial = metrics[0][s["initial"]]
        if initial == 0:
            continue
        for k, found in enumerate(metrics):
            if s["kind"] == "worst_case" and k < last:
                continue
            if s["kind"] == "worst_case":
                allowed = Fraction(s["bound"]) * initial
            else:
                allowed = (
                    (Fraction(s["constant"]) if constant is None else constant) * Fraction(s["rate"]) ** k * initial
                )
            reached = found[s["metric"]]
            worst = max(worst, reached / allowed if allowed else Fraction(int(reached > 0) * 10**9))
    return worst


def constant_of(claim, certificate) -> Fraction | None:
    """The constant a certificate proves; it may stand in the certificate alone."""
    if claim["statement"].get("constant") == "some":
        return Fraction(certificate["constant"])
    return None


def load(case):
    return json.loads(case.claim), json.loads(case.certificate)


def test_everything_proved_is_true(accepted):
    proved = [case for case in accepted if case.word == "PROVED"]
    assert len(proved) > 20
    for case in proved:
        claim, certificate = load(case)
        assert worst_excess(claim, constant_of(claim, certificate)) <= 1, case.name


def test_the_oracle_has_teeth(accepted):
    """Tight certificates reach their bound exactly, and many claims with a rate a tenth lower are false."""
    tight, broken = 0, 0
    for case in accepted:
        claim, certificate = load(case)
        if case.word != "PROVED":
            continue
        constant = constant_of(claim, certificate)
        if "tight" in case.name:
            assert worst_excess(claim, constant) == 1, case.name
            tight += 1
        key = "rate" if claim["statement"]["kind"] == "linear_rate" else "bound"
        claim["statement"][key] = str(Fraction(claim["statement"][key]) * Fraction(6, 10))
        broken += worst_excess(claim, constant, steps=12) > 1
    assert tight >= 4
    assert broken >= 12


def test_everything_refuted_is_false(accepted):
    """By the same independent runs where they break the bound, else by the slow root of the recursion."""
    refuted = [case for case in accepted if case.word == "REFUTED"]
    assert len(refuted) > 10
    for case in refuted:
        claim, certificate = load(case)
        if certificate["rule"] == "growth":
            assert growth_ratio(claim, certificate) > 1e6, case.name
        else:
            assert instance_breaks(claim, certificate), case.name


def instance_breaks(claim, certificate) -> bool:
    """Whether metric_N exceeds what the claim allows, on the certificate's function, from its definition."""
    p, f, s = numbers(claim["class"]), certificate["function"], claim["statement"]
    c, steps = Fraction(f.get("curvature", p["mu"])), certificate["steps"]
    if f["name"] == "quadratic":
        states = path(claim, [Fraction(1)], lambda at: [c * at[0]], steps)
        metrics = [
            {"objective_gap": c * x**2 / 2, "squared_distance": x**2, "squared_gradient_norm": (c * x) ** 2}
            for (x,) in states
        ]
    elif f["name"] == "piecewise_quadratic":
        slope = Coupling([Fraction(knot) for knot in f["breakpoints"]], [Fraction(slope) for slope in f["slopes"]])
        assert all(p["mu"] <= value <= p["L1"] for value in slope.slopes)
        states = path(claim, [Fraction(f["start"])], lambda at: [slope(at[0])], steps)

        def value(x):
            """The integral of the derivative, by the trapezoidal rule between knots (where it is exact)."""
            marks = sorted({Fraction(0), x, *(knot for knot in slope.knots if min(x, 0) < knot < max(x, 0))})
            total = sum((slope(a) + slope(b)) / 2 * (b - a) for a, b in pairwise(marks))
            return total if x > 0 else -total

        metrics = [
            {"objective_gap": value(x), "squared_distance": x**2, "squared_gradient_norm": slope(x) ** 2}
            for (x,) in states
        ]
    else:
        # t = X + Gamma psi(U): the gradient of f = t^2 in the scaled variables is c t and psi' t
        gamma = p["L2"] * p["G1"] ** 2
        psi = Coupling([Fraction(knot) for knot in f["breakpoints"]], [Fraction(slope) for slope in f["slopes"]])
        assert all(abs(slope) <= 1 for slope in psi.slopes)

        def derivative(at):
            assert at[1] not in psi.knots
            t = at[0] + gamma * psi(at[1])
            return [c * t, psi.slope(at[1]) * t]

        states = path(claim, [Fraction(f["start"]), Fraction(0)], derivative, steps)
        metrics = [{"objective_gap": (x + gamma * psi(u)) ** 2} for x, u in states]
    assert p["mu"] <= c <= p["L1"]
    factor = s["bound"] if s["kind"] == "worst_case" else Fraction(s["constant"]) * Fraction(s["rate"]) ** steps
    return metrics[-1][s["metric"]] > Fraction(factor) * metrics[0][s["initial"]]


def growth_ratio(claim, certificate, steps: int = 4000) -> float:
    """The largest |h_k|^2 / rate^k, in floats: it must outgrow every constant."""
    p = numbers(claim["class"])
    coupling = p["L2"] * p["G1"] ** 2 if "L2" in p else 0
    effective = Fraction(certificate["curvature"]) + Fraction(certificate["slope"]) * coupling
    c = {key: float(entry) for key, entry in numbers(claim["method"]).items()}
    scale = float(Fraction(claim["statement"]["rate"])) ** 0.5
    state, before, largest = [1.0], [1.0], 0.0
    for _ in range(steps if scale else 2):
        after = advance(claim["method"]["name"], c, state, before, lambda at: [float(effective) * at[0]])
        if scale == 0:  # nothing may be left after one step, and after the next
            largest = max(largest, 1e10 * after[0] ** 2)
            before, state = state, after
            continue
        before, state = [state[0] / scale], [after[0] / scale]
        largest = max(largest, state[0] ** 2)
        if largest > 1e9:
            break
    return largest


def places(document, found=()):
    """Paths to all rational strings of a document."""
    items = document.items() if isinstance(document, dict) else enumerate(document)
    for key, entry in items:
        if isinstance(entry, dict | list):
            yield from places(entry, (*found, key))
        elif isinstance(entry, str) and entry.replace("/", "").replace("-", "").isdigit() and len(entry) < 64:
            yield (*found, key)


def replaced(document, place, text):
    copy = json.loads(json.dumps(document))
    node = copy
    for key in place[:-1]:
        node = node[key]
    node[place[-1]] = text
    return copy


def varied(number: Fraction, rng: random.Random) -> Fraction:
    return rng.choice(
        [
            -number,
            number / 2,
            number * 2,
            number + 1,
            Fraction(0),
            number * Fraction(101, 100),
            number * Fraction(9, 10),
        ]
    )


@pytest.mark.parametrize("seed", range(4))
def test_mutants_of_claims_are_accepted_only_if_true(accepted, seed):
    """One number of a claim changed, the old certificate signed for it: what is accepted holds in every run."""
    rng, believed, tried = random.Random(seed), 0, 0
    for case in accepted:
        claim, certificate = load(case)
        for place in rng.sample(list(places(claim)), 3):
            number = Fraction(replaced_value(claim, place))
            mutant = replaced(claim, place, str(varied(number, rng)))
            signed = {**certificate, "claim": wire.digest(mutant)}
            verdict = check(wire.canonical_bytes(mutant), wire.canonical_bytes(signed))
            tried += 1
            if verdict.word == "PROVED":
                believed += 1
                assert worst_excess(mutant, constant_of(mutant, certificate), 6) <= 1, (case.name, place)
            elif verdict.word == "REFUTED" and certificate["rule"] == "growth":
                assert growth_ratio(mutant, certificate, 100_000) > 1e6, (case.name, place)
            elif verdict.word == "REFUTED":
                assert instance_breaks(mutant, certificate), (case.name, place)
    assert believed > 5
    assert tried - believed > 20


def replaced_value(document, place):
    for key in place:
        document = document[key]
    return document


@pytest.mark.parametrize("seed", range(2))
def test_mutants_of_certificates_never_change_the_word(accepted, seed):
    """One number of a certificate changed: the same word for the same true claim, or a refusal."""
    rng, refused, kept = random.Random(seed), 0, 0
    for case in accepted:
        claim, certificate = load(case)
        every = list(places(certificate))
        for place in rng.sample(every, min(4, len(every))):
            number = Fraction(replaced_value(certificate, place))
            mutant = replaced(certificate, place, str(varied(number, rng)))
            verdict = check(case.claim, wire.canonical_bytes(mutant))
            assert verdict.word in (case.word, "REJECTED", "DECLINED", "INVALID")
            refused += not verdict.accepted
            kept += verdict.accepted
            if verdict.word == "PROVED":
                assert worst_excess(claim, constant_of(claim, mutant), 5) <= 1, (case.name, place)
    assert refused > 20
    assert kept > 5

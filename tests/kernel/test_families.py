"""Claims about every q, at some q: true of runs on true functions, and provable there by the rational kernel.

For each accepted certificate over the functions of q: (1) the claim is put back into true units, for kappa and c
with q = sqrt(c/kappa), and compared with exact runs of the textbook method (test_soundness.py); (2) claim and
certificate evaluated at a rational q, in the units mu = q^2, L1 = 1, pass the kernel for claims about numbers.
"""

import importlib.util
import json
import random
import sys
from fractions import Fraction
from pathlib import Path

import pytest

from proofcheck.kernel import check, wire

UNITS = {"objective_gap": 0, "squared_distance": 1, "squared_gradient_norm": -1}  # powers of L1/c
POINTS = (Fraction(1), Fraction(9, 10), Fraction(1, 2), Fraction(1, 7), Fraction(1, 100))


@pytest.fixture(scope="module")
def oracle():
    """The module test_soundness.py."""
    path = Path(__file__).with_name("test_soundness.py")
    spec = importlib.util.spec_from_file_location("kernel_soundness", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def families(accepted):
    """Name, word, claim and certificate of what is accepted for every q, without balls."""
    found = []
    for case in accepted:
        claim, certificate = json.loads(case.claim), json.loads(case.certificate)
        if claim["format"] == "proofcheck-claim/2" and "balls" not in claim["class"]:
            found.append((case.name.removeprefix("accept/"), case.word, claim, certificate))
    assert len(found) > 25
    return found


def of_kind(families, word, kind):
    chosen = [(n, c, k) for n, found, c, k in families if (found, c["statement"]["kind"]) == (word, kind)]
    assert chosen
    return chosen


def at(function, q: Fraction) -> Fraction:
    """The value of a function as a file writes it."""
    if isinstance(function, dict):
        return at(function["numerator"], q) / at(function["denominator"], q)
    return sum((Fraction(c) * q**i for i, c in enumerate(function)), Fraction(0))


def method_at(method, q, unit=Fraction(1)):
    """The method, eta in the unit."""
    numbers = {key: at(f, q) for key, f in method.items() if key != "name"}
    return {"name": method["name"], **{key: str(n * (unit if key == "eta" else 1)) for key, n in numbers.items()}}


def class_at(family, q, mu, big, g1):
    """The class with these numbers, the coupling as large as tau allows."""
    if family["name"] == "smooth_strongly_convex":
        return {"name": family["name"], "mu": str(mu), "L1": str(big)}
    tau = at(family["tau"], q)
    coupling = {"L2": str(tau * mu / g1**2), "G1": str(g1)} if tau else {"L2": "1", "G1": "0"}
    return {"name": family["name"], "mu": str(mu), "L1": str(big), **coupling}


def statement_at(claim, certificate, q, unit=Fraction(1)):
    """The statement with the constant that is proved; unit is L1/c."""
    s = claim["statement"]
    constant = certificate["constant"] if s["constant"] == "some" else s["constant"]
    power = UNITS[s["initial"]] - UNITS[s["metric"]]
    return {**s, "rate": str(at(s["rate"], q)), "constant": str(at(constant, q) * unit**power)}


def in_true_units(claim, certificate, q, c):
    """A claim about kappa = c/q^2, mu = 3/2, G1 = 2/3."""
    mu, kappa = Fraction(3, 2), c / q**2
    assert kappa >= 1
    return {
        "class": class_at(claim["class"], q, mu, kappa * mu, Fraction(2, 3)),
        "method": method_at(claim["method"], q, c / (kappa * mu)),
        "statement": statement_at(claim, certificate, q, kappa * mu / c),
    }


def at_number(claim, certificate, q):
    """Claim and certificate in the kernel's units, about numbers."""
    number = {
        "format": "proofcheck-claim/1",
        "class": class_at(claim["class"], q, q**2, Fraction(1), Fraction(1)),
        "method": method_at(claim["method"], q),
        "statement": statement_at(claim, certificate, q),
    }

    def value(f):
        return str(at(f, q))

    proof = {
        "format": "proofcheck-certificate/1",
        "claim": wire.digest(number),
        "rule": "lyapunov",
        "constant": value(certificate["constant"]),
        "lyapunov": {
            "values": [value(f) for f in certificate["lyapunov"]["values"]],
            **{key: [[value(f) for f in row] for row in certificate["lyapunov"][key]] for key in ("x", "u")},
        },
    }
    for part in ("start", "base", "decrease", "bound"):
        proof[part] = [{**term, "multiplier": value(term["multiplier"])} for term in certificate[part]]
    return number, proof


def judged(claim, certificate) -> str:
    return check(wire.canonical_bytes(claim), wire.canonical_bytes(certificate)).word


def test_everything_proved_holds_in_runs(families, oracle):
    """kappa and c with one q, c = 1 and c < 1."""
    for name, claim, certificate in of_kind(families, "PROVED", "linear_rate"):
        for q, c in ((1, 1), ("1/2", 1), ("1/2", "1/4"), ("1/3", "4/9"), ("1/20", "1/30"), ("1/20", 1)):
            q, c = Fraction(q), Fraction(c)
            true = in_true_units(claim, certificate, q, c)
            worst = oracle.worst_excess(true, None, 6)
            assert worst <= 1, (name, q, c)
            if "tight" in name and q < 1:
                assert worst == 1, (name, q, c)


def test_runs_break_smaller_rates(families, oracle):
    """The oracle has teeth: 1 - (1 - rate) 2.2 is too fast on some function for most of the claims."""
    broken = 0
    for _, claim, certificate in of_kind(families, "PROVED", "linear_rate"):
        true = in_true_units(claim, certificate, Fraction(1, 3), Fraction(1, 2))
        rate = Fraction(true["statement"]["rate"])
        true["statement"]["rate"] = str(max(1 - (1 - rate) * Fraction(22, 10), Fraction(0)))
        broken += oracle.worst_excess(true, None, 12) > 1
    assert broken > 9


@pytest.mark.parametrize("q", POINTS)
def test_everything_proved_is_provable_about_numbers(families, q):
    for name, claim, certificate in of_kind(families, "PROVED", "linear_rate"):
        assert judged(*at_number(claim, certificate, q)) == "PROVED", (name, q)


def test_lower_bounds_are_attained(families, oracle):
    """A function of the class on which r = 49/50 of the bound is broken, with any constant."""
    for name, claim, certificate in of_kind(families, "PROVED", "rate_lower_bound"):
        for q, c in (("1/2", 1), ("1/2", "1/3"), ("1/3", "1/9"), ("1/20", "1/3"), (1, 1)):
            q, c = Fraction(q), Fraction(c)
            rate, slope = at(claim["statement"]["rate"], q), at(certificate["slope"], q)
            if rate == 0:
                continue
            mu, kappa = Fraction(3, 2), c / q**2
            true = {
                "class": class_at(claim["class"], q, mu, kappa * mu, Fraction(2, 3)),
                "method": method_at(claim["method"], q, c / (kappa * mu)),
                "statement": {"rate": str(rate * Fraction(49, 50))},
            }
            inside = {"curvature": str(mu), "slope": str(max(slope, Fraction(-999999, 1000000)))}
            assert oracle.growth_ratio(true, inside) > 1e6, (name, q, c)


def test_lower_bounds_stay_below_what_is_proved(families):
    """No lower bound may exceed a rate that is proved on the same class for the same method."""
    proved = of_kind(families, "PROVED", "linear_rate")
    compared = 0
    for _, claim, _ in of_kind(families, "PROVED", "rate_lower_bound"):
        for _, other, _ in proved:
            if (claim["class"], claim["method"]) == (other["class"], other["method"]):
                for q in POINTS:
                    assert at(claim["statement"]["rate"], q) <= at(other["statement"]["rate"], q)
                compared += 1
    assert compared >= 4


def test_everything_refuted_is_false_at_its_q(families, oracle):
    for name, claim, certificate in of_kind(families, "REFUTED", "linear_rate"):
        q, inner = Fraction(certificate["q"]), certificate["refutation"]
        number = {
            "class": class_at(claim["class"], q, q**2, Fraction(1), Fraction(1)),
            "method": method_at(claim["method"], q),
            "statement": {**claim["statement"], "rate": str(at(claim["statement"]["rate"], q))},
        }
        if inner["rule"] == "growth":
            assert oracle.growth_ratio(number, inner) > 1e6, name
        else:
            number["statement"]["constant"] = str(at(claim["statement"]["constant"], q))
            assert oracle.instance_breaks(number, inner), name


def functions(document, found=()):
    """Paths to all functions of q: lists of rational strings."""
    for key, entry in document.items() if isinstance(document, dict) else enumerate(document):
        if isinstance(entry, list) and entry and all(isinstance(e, str) and e[-1].isdigit() for e in entry):
            yield (*found, key)
        elif isinstance(entry, dict | list):
            yield from functions(entry, (*found, key))


def mutated(document, place, rng):
    copy = json.loads(json.dumps(document))
    node = copy
    for key in place[:-1]:
        node = node[key]
    function = [Fraction(c) for c in node[place[-1]]]
    power = rng.randrange(len(function) + 1)
    function += [Fraction(0)] * (power + 1 - len(function))
    change = rng.choice((Fraction(1, 2), Fraction(1, 50), Fraction(1, 1000)))
    function[power] += rng.choice((-1, 1)) * change
    node[place[-1]] = [str(c) for c in function]
    return copy


@pytest.mark.parametrize("seed", range(2))
def test_mutants_are_accepted_only_if_true(families, oracle, seed):
    """One coefficient of a function changed, in the claim or in the certificate: what is accepted holds at every q."""
    rng, believed, refused = random.Random(seed), 0, 0
    for name, claim, certificate in of_kind(families, "PROVED", "linear_rate"):
        for turn in range(12):
            part = claim if turn < 6 else certificate
            mutant = mutated(part, rng.choice(sorted(functions(part), key=str)), rng)
            new_claim, new = (mutant, certificate) if turn < 6 else (claim, mutant)
            signed = {**new, "claim": wire.digest(new_claim)}
            word = judged(new_claim, signed)
            assert word in ("PROVED", "REJECTED", "INVALID", "DECLINED")
            if word == "PROVED":
                believed += 1
                for q in POINTS:
                    assert judged(*at_number(new_claim, signed, q)) == "PROVED", (name, q)
                true = in_true_units(new_claim, signed, Fraction(1, 3), Fraction(1, 2))
                assert oracle.worst_excess(true, None, 4) <= 1, name
            refused += word != "PROVED"
    assert believed > 10
    assert refused > 60


@pytest.mark.parametrize("seed", range(2))
def test_refused_mutants_are_often_refused_at_a_number(families, seed):
    """The refusals are not gratuitous: at one of many q the rational kernel mostly refuses as well."""
    rng, same, tried = random.Random(seed), 0, 0
    grid = [Fraction(1, n) for n in (1, 2, 4, 10, 100, 1000, 10**6)]
    for _, claim, certificate in of_kind(families, "PROVED", "linear_rate"):
        for _ in range(6):
            mutant = mutated(certificate, rng.choice(sorted(functions(certificate), key=str)), rng)
            if judged(claim, mutant) == "REJECTED":
                tried += 1
                same += any(judged(*at_number(claim, mutant, q)) == "REJECTED" for q in grid)
    assert tried > 20
    assert same > 0.8 * tried

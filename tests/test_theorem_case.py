"""Case files about every condition number: what is read, and one line for bad input."""

import pytest

from proofcheck import theorem_case
from proofcheck.errors import InvalidInput, NotSupported
from proofcheck.families import ClassFamily, MethodFamily, Q, document, function
from proofcheck.kernel.parameter.ratio import of

CASE = """
format = "proofcheck-case/2"
title = "a theorem"

[class]
name = "partial_strong_convexity"
tau = "1/4"

[method]
name = "nesterov"
tuning = "classical"

[statement]
kind = "linear_rate"
metric = "objective_gap"
initial = "objective_gap"
theta = "1/2"
constant = "best"
"""


def read(text, tmp_path):
    path = tmp_path / "case.toml"
    path.write_text(text)
    return theorem_case.load(path)


def test_what_is_read(tmp_path):
    case = read(CASE, tmp_path)
    assert case.problem == ClassFamily("partial_strong_convexity", tau="1/4")
    assert case.method == MethodFamily.tuned("nesterov", "classical")
    assert case.method.coefficients == {"eta": of(1), "beta": (1 - Q) / (1 + Q)}
    assert case.request.rate == 1 - Q / 2
    assert case.request.constant is None
    assert not case.balls


def test_functions_of_q(tmp_path):
    text = CASE.replace(
        'tuning = "classical"', 'eta = ["1"]\nbeta = {numerator = ["1", "-1"], denominator = ["1", "1"]}'
    )
    text = text.replace('theta = "1/2"', 'rate = ["1", "-0.5"]').replace('"best"', '["2", "1"]')
    case = read(text.replace('tau = "1/4"', 'tau = ["1/4", "1/8"]\nballs = {x = "3", u = ["4"]}'), tmp_path)
    assert case.method == MethodFamily.tuned("nesterov", "classical")
    assert case.request.rate == 1 - Q / 2
    assert case.request.constant == 2 + Q
    assert case.problem.tau == function(["1/4", "1/8"], "tau")
    assert case.problem.balls == {"x": of(3), "u": of(4)}
    assert case.balls


def test_radii_to_be_found(tmp_path):
    case = read(CASE.replace('tau = "1/4"', 'tau = "1/4"\nballs = "best"'), tmp_path)
    assert case.balls
    assert case.problem.balls is None


def test_what_is_known_of_the_start(tmp_path):
    case = read(CASE.replace('tau = "1/4"', 'tau = "1/4"\nballs = "best"\nstart = ["1/2", "3/2"]'), tmp_path)
    assert case.start == (1 + 3 * Q) / 2
    assert case.problem.balls is None
    case = read(CASE.replace('tau = "1/4"', 'tau = "1/4"\nballs = {x = "3", u = "4"}\nstart = "1"'), tmp_path)
    assert case.problem.balls == {"x": of(3), "u": of(4), "start": of(1)}


def test_lower_bounds(tmp_path):
    text = CASE.replace("linear_rate", "rate_lower_bound").replace('theta = "1/2"\nconstant = "best"', 'rate = "best"')
    case = read(text, tmp_path)
    assert (case.request.kind, case.request.rate) == ("rate_lower_bound", None)


@pytest.mark.parametrize("q", ["1", "1/2", "1/10"])
@pytest.mark.parametrize(
    ("name", "tuning"),
    [
        ("gradient_descent", "classical"),
        ("nesterov", "classical"),
        ("nesterov", "paper"),
        ("heavy_ball", "polyak"),
        ("heavy_ball", "damped"),
        ("triple_momentum", "standard"),
    ],
)
def test_tunings_agree_with_those_for_numbers(name, tuning, q):
    from proofcheck import SmoothStronglyConvex
    from proofcheck.methods import REGISTRY
    from proofcheck.numbers import exact

    number = exact(q, "q")
    problem = SmoothStronglyConvex(mu=number**2, L1=1)
    at_q = {key: f(number) for key, f in MethodFamily.tuned(name, tuning).coefficients.items()}
    assert REGISTRY[name].tunings[tuning](problem) == REGISTRY[name](**at_q)


BAD = {
    "format of numbers": ("proofcheck-case/2", "proofcheck-case/1", NotSupported, "format='proofcheck-case/1' must be"),
    "unknown key": ('tau = "1/4"', 'tau = "1/4"\nmu = "1"', InvalidInput, "class: unknown key 'mu'"),
    "no tau": ('tau = "1/4"', "", InvalidInput, "class.tau is missing"),
    "negative tau": ('"1/4"', '"-1/4"', InvalidInput, "class.tau=-1/4 must be > 0 on (0, 1], or 0"),
    "tau negative somewhere": ('"1/4"', '["1/4", "-1/2"]', InvalidInput, "must be > 0 on (0, 1], or 0"),
    "tau zero at one q": ('"1/4"', '["1", "-1"]', InvalidInput, "must be > 0 on (0, 1], or 0"),
    "float": ('"1/4"', "0.25", InvalidInput, "class.tau=0.25 is a float"),
    "float inside": ('"1/4"', "[0.25]", InvalidInput, "class.tau[0]=0.25 is a float"),
    "pole": ('"1/4"', '{numerator = ["1"], denominator = ["1", "-1"]}', InvalidInput, "has a root in (0, 1]"),
    "half a quotient": ('"1/4"', '{numerator = ["1"]}', InvalidInput, "class.tau: key 'denominator' is missing"),
    "not a list": ('"1/4"', '{numerator = "1", denominator = ["1"]}', InvalidInput, "expected a list of exact numbers"),
    "too many": ('"1/4"', str(["1"] * 40).replace("'", '"'), NotSupported, "class.tau: 40 entries, the limit is 33"),
    "one radius": ('tau = "1/4"', 'tau = "1/4"\nballs = {x = "3"}', InvalidInput, "class.balls: key 'u' is missing"),
    "no radius": ('tau = "1/4"', 'tau = "1/4"\nballs = {x = "0", u = "1"}', InvalidInput, "balls.x=0 must be > 0"),
    "start alone": (
        'tau = "1/4"',
        'tau = "1/4"\nstart = "1"',
        InvalidInput,
        "class.start=1 must be > 0 on (0, 1], and",
    ),
    "start 0": ('tau = "1/4"', 'tau = "1/4"\nballs = "best"\nstart = "0"', InvalidInput, "class.start=0 must be > 0"),
    "start in balls": ('tau = "1/4"', 'tau = "1/4"\nballs = {x="3", u="1", start="1"}', InvalidInput, "unknown key"),
    "unknown class": ("partial_strong_convexity", "convex", NotSupported, "class.name='convex' must be one of"),
    "unknown method": ('"nesterov"', '"adam"', NotSupported, "method.name='adam' must be one of"),
    "unknown tuning": ('"classical"', '"magic"', NotSupported, "method.tuning='magic' of 'nesterov' must be one of"),
    "momentum above 1": ('tuning = "classical"', 'eta = "1"\nbeta = ["1"]', InvalidInput, "method.beta=1 must be in"),
    "no coefficient": ('tuning = "classical"', 'eta = "1"', InvalidInput, "method: key 'beta' is missing"),
    "unknown kind": ('"linear_rate"', '"rate"', NotSupported, "statement.kind='rate' must be one of"),
    "unknown metric": ('metric = "objective_gap"', 'metric = "loss"', NotSupported, "statement.metric='loss' must be"),
    "metric of another class": ('metric = "objective_gap"', 'metric = "squared_distance"', NotSupported, "not defined"),
    "no rate": ('theta = "1/2"', "", InvalidInput, "key 'theta' or 'rate' is missing"),
    "two rates": ('theta = "1/2"', 'theta = "1/2"\nrate = ["1/2"]', InvalidInput, "either theta or rate, not both"),
    "rate above 1": ('theta = "1/2"', 'theta = "-1/2"', InvalidInput, "statement.theta: the rate 1 + 1/2 q must be in"),
    "rate negative near 1": ('theta = "1/2"', 'theta = "2"', InvalidInput, "the rate 1 - 2 q must be in [0, 1)"),
    "constant": ('constant = "best"', 'constant = ["1", "-1"]', InvalidInput, "statement.constant=1 - q must be > 0"),
    "missing statement": ("[statement]", "[other]", InvalidInput, "key 'statement' is missing"),
    "not toml": ("[class]", "[class", InvalidInput, "not TOML"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_gets_one_line(name, tmp_path):
    old, new, kind, message = BAD[name]
    assert old in CASE
    with pytest.raises(kind) as caught:
        read(CASE.replace(old, new, 1), tmp_path)
    assert type(caught.value) is kind
    text = str(caught.value)
    assert message in text
    assert text.startswith(f"{tmp_path / 'case.toml'}: ")
    assert "\n" not in text


@pytest.mark.parametrize("value", [(1 - Q) / (1 + Q), 1 - Q / 4, of(0), of(3), Q**3])
def test_functions_survive_a_document(value):
    assert function(document(value), "f") == value

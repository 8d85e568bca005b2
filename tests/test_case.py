"""Case files: what is read, and that bad input gets one line with file, key, value and bound."""

from fractions import Fraction

import pytest

from proofcheck import case as cases
from proofcheck.case import BoundRequest, RateRequest
from proofcheck.errors import InvalidInput, NotSupported


def test_main_case(cases):
    from proofcheck.case import load

    case = load(cases / "nesterov_partial_strong_convexity.toml")
    assert case.problem.tau == Fraction(3, 4)
    assert case.method.beta == Fraction(9, 11)
    assert case.request == RateRequest("objective_gap", "objective_gap", Fraction(39, 40), None)


def test_decimals_are_exact(main_case, tmp_path):
    path = tmp_path / "case.toml"
    path.write_text(main_case.replace('"3/4"', '"0.75"').replace('theta = "1/4"', 'rate = "0.975"'))
    assert Fraction(3, 4) == cases.load(path).problem.L2
    assert cases.load(path).request.rate == Fraction(39, 40)


@pytest.mark.parametrize("word", ["PROVED", "PROVED_UNDER", "PROVED_UNDER_12", "REFUTED", "UNDECIDED"])
def test_expected_word(word, main_case, tmp_path):
    path = tmp_path / "case.toml"
    path.write_text(main_case)
    assert cases.load(path).expect == ""
    path.write_text(main_case.replace("[class]", f'expect = "{word}"\n[class]'))
    assert cases.load(path).expect == word
    assert cases.as_expected(word if word != "PROVED_UNDER" else "PROVED_UNDER_3", word)
    assert not cases.as_expected("OBSERVED", word)


def test_worst_case_request(cases):
    from proofcheck.case import load

    case = load(cases / "nesterov_partial_strong_convexity_6_steps.toml")
    assert case.request == BoundRequest(6, "objective_gap", "objective_gap", None)


BAD = {
    "mu above L1": ('mu = "1"', 'mu = "101"', InvalidInput, "class.mu=101 must be <= L1=100"),
    "mu zero": ('mu = "1"', 'mu = "0"', InvalidInput, "class.mu=0 must be > 0"),
    "mu negative": ('mu = "1"', 'mu = "-1"', InvalidInput, "class.mu=-1 must be > 0"),
    "L2 zero": ('L2 = "3/4"', 'L2 = "0"', InvalidInput, "class.L2=0 must be > 0"),
    "L2 negative": ('L2 = "3/4"', 'L2 = "-3/4"', InvalidInput, "class.L2=-3/4 must be > 0"),
    "G1 negative": ('G1 = "1"', 'G1 = "-1"', InvalidInput, "class.G1=-1 must be >= 0"),
    "G2 too small": ('G1 = "1"', 'G1 = "1"\nG2 = "1/2"', InvalidInput, "class.G2=1/2: G2^2 must be >="),
    "nan": ('mu = "1"', "mu = nan", InvalidInput, "class.mu=nan is a float"),
    "inf": ('mu = "1"', "mu = inf", InvalidInput, "class.mu=inf is a float"),
    "float": ('L2 = "3/4"', "L2 = 0.75", InvalidInput, "class.L2=0.75 is a float; write an exact number"),
    "truth value": ('mu = "1"', "mu = true", InvalidInput, "class.mu=True is a truth value"),
    "date": ('mu = "1"', "mu = 2024-01-01", InvalidInput, "class.mu: expected an exact number, got date"),
    "power": ('mu = "1"', 'mu = "9**9**9**9"', InvalidInput, "class.mu='9**9**9**9' is not an exact number"),
    "code": ('mu = "1"', "mu = \"__import__('os').system('x')\"", InvalidInput, "system('x')\" is not an exact"),
    "exponent": ('mu = "1"', 'mu = "1e1000000000"', InvalidInput, "class.mu='1e1000000000' is not an exact number"),
    "zero denominator": ('mu = "1"', 'mu = "1/0"', InvalidInput, "class.mu='1/0' has denominator zero"),
    "long number": ('mu = "1"', f'mu = "{"9" * 300}"', NotSupported, "class.mu: 300 characters, the limit is 100"),
    "long integer": ('mu = "1"', f"mu = {'9' * 5000}", NotSupported, "an integer of more than 4300 digits"),
    "medium integer": ('mu = "1"', f"mu = {'9' * 300}", NotSupported, "class.mu: more than 100 digits"),
    "unknown class": ("partial_strong_convexity", "convex", NotSupported, "class.name='convex' must be one of"),
    "unknown method": ('"nesterov"', '"adam"', NotSupported, "method.name='adam' must be one of"),
    "unknown tuning": ('"classical"', '"magic"', NotSupported, "method.tuning='magic' must be one of"),
    "unknown kind": ('"linear_rate"', '"rate"', NotSupported, "statement.kind='rate' must be"),
    "unknown metric": ('metric = "objective_gap"', 'metric = "loss"', NotSupported, "metric='loss' must be one of"),
    "metric not of class": ('metric = "objective_gap"', 'metric = "squared_distance"', NotSupported, "not defined on"),
    "unknown key": ('G1 = "1"', 'G1 = "1"\nG3 = "1"', InvalidInput, "class: unknown key 'G3'"),
    "unknown top key": ("[class]", "colour = 1\n[class]", InvalidInput, "case: unknown key 'colour'"),
    "missing key": ('G1 = "1"', "", InvalidInput, "class: key 'G1' is missing"),
    "duplicate key": ('G1 = "1"', 'G1 = "1"\nG1 = "2"', InvalidInput, "G1 = \"2\""),
    "word": ("[class]", 'expect = "TRUE"\n[class]', InvalidInput, "expect='TRUE' must be one of PROVED, PROVED_UNDER,"),
    "no number": ("[class]", 'expect = "PROVED_UNDER_0"\n[class]', InvalidInput, "expect='PROVED_UNDER_0' must be one"),
    "word's type": ("[class]", "expect = true\n[class]", InvalidInput, "expect=True: expected a string"),
    "wrong type": ('title = "', 'title = 3 #"', InvalidInput, "title=3: expected a string"),
    "line break in the title": ('title = "', 'title = "first\\nPROVED', InvalidInput, "only printable characters"),
    "table expected": ("[class]", "class = 3\n[other]", InvalidInput, "case: unknown key 'other'"),
    "class is text": ("[class]", 'method = "x"\nclass = "y"\n[x]', InvalidInput, "not TOML"),
    "rate one": ('theta = "1/4"', 'rate = "1"', InvalidInput, "statement.rate='1': the rate 1 must be in [0, 1)"),
    "rate negative": ('theta = "1/4"', 'rate = "-1/2"', InvalidInput, "the rate -1/2 must be in [0, 1)"),
    "theta too large": ('theta = "1/4"', 'theta = "11"', InvalidInput, "statement.theta='11': the rate -1/10"),
    "theta and rate": ('theta = "1/4"', 'theta = "1/4"\nrate = "1/2"', InvalidInput, "give either theta or rate"),
    "theta irrational": ('L1 = "100"', 'L1 = "10"', InvalidInput, "must be the square of a rational"),
    "constant zero": ('constant = "best"', 'constant = "0"', InvalidInput, "statement.constant=0 must be > 0"),
    "format": ("proofcheck-case/1", "proofcheck-case/2", NotSupported, "format='proofcheck-case/2' must be"),
    "beta one": ('tuning = "classical"', 'eta = "1/100"\nbeta = "1"', InvalidInput, "method.beta=1 must be in [0, 1)"),
    "eta zero": ('tuning = "classical"', 'eta = "0"\nbeta = "1/2"', InvalidInput, "method.eta=0 must be > 0"),
    "c zero": ('tuning = "classical"', 'tuning = "classical"\nc = "0"', InvalidInput, "method.tuning='classical'"),
    "c not an option": (
        '"nesterov"\ntuning = "classical"', '"heavy_ball"\ntuning = "polyak"\nc = "1"', InvalidInput, "method.c is not"
    ),
    "nested deeply": ("[class]", f"deep = {'[' * 3000}{']' * 3000}\n[class]", NotSupported, "nested too deeply"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_bad_case(name, main_case, tmp_path, command):
    old, new, kind, message = BAD[name]
    assert old in main_case
    path = tmp_path / "case.toml"
    path.write_text(main_case.replace(old, new, 1))
    with pytest.raises(kind) as caught:
        cases.load(path)
    assert message in str(caught.value)
    code, out, err = command("certify", path, "-o", tmp_path / "out")
    assert code == kind.exit_code
    assert out == []
    assert len(err) == 1
    assert err[0].startswith(str(path))
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        ("-1", "statement.steps=-1 must be an integer from 0 to 64"),
        ("65", "must be"),
        ('"6"', "must be"),
        ("true", "must be"),
    ],
)
def test_bad_steps(steps, message, cases, tmp_path):
    text = (
        (cases / "nesterov_partial_strong_convexity_6_steps.toml").read_text().replace("steps = 6", f"steps = {steps}")
    )
    path = tmp_path / "case.toml"
    path.write_text(text)
    from proofcheck.case import load

    with pytest.raises(NotSupported if steps == "65" else InvalidInput, match=message):
        load(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "key 'format' is missing"),
        (b"\xff\xfe\x00binary", "not UTF-8 text (byte 0)"),
        (b"x" * 70_000, "larger than 64000 bytes"),
    ],
)
def test_not_a_case(content, message, tmp_path, command):
    path = tmp_path / "case.toml"
    path.write_bytes(content)
    code, out, err = command("certify", path)
    assert code in (21, 22)
    assert out == []
    assert len(err) == 1
    assert message in err[0]


def test_missing_file_and_directory(tmp_path, command):
    for path in (tmp_path / "none.toml", tmp_path):
        code, out, err = command("certify", path)
        assert (code, out, len(err)) == (22, [], 1)
        assert str(path) in err[0]


def test_all_shipped_cases_are_read(cases):
    from proofcheck.case import load

    found = [load(path) for path in sorted(cases.glob("*.toml"))]
    assert len(found) >= 12
    assert all(case.title and case.source and case.known for case in found)

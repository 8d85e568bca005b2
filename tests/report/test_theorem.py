"""Reports on theorems about every condition number."""

import re
import shutil
from decimal import Decimal, getcontext
from fractions import Fraction

import pytest

from proofcheck.documents import parse, verdict
from proofcheck.errors import ProofcheckError
from proofcheck.families import Q, function
from proofcheck.kernel.parameter.ratio import Ratio, of
from proofcheck.kernel.rules import balls
from proofcheck.kernel.wire import digest
from proofcheck.report import comparison, functions, minors, published, radii, render, surds, write
from proofcheck.report.escape import text

from .test_render import HOSTILE, word
from .test_write import compiled_log

getcontext().prec = 60
needs_latex = pytest.mark.skipif(shutil.which("latexmk") is None, reason="latexmk is not on the PATH")
KINDS = {
    "theorem-paper": "PROVED",
    "theorem-smooth": "PROVED",
    "theorem-dense": "PROVED",
    "theorem-descent": "PROVED",
    "theorem-distance": "PROVED",
    "theorem-balls": "PROVED",
    "lower-bound": "PROVED",
    "lower-bound-descent": "PROVED",
    "specialised-growth": "REFUTED",
    "specialised-instance": "REFUTED",
}
LYAPUNOV = [name for name in KINDS if name.startswith("theorem")]


@pytest.mark.parametrize(("name", "expected"), KINDS.items())
def test_every_kind_renders_with_the_kernels_word(pair, name, expected):
    claim, certificate = pair(name)
    source = render(claim, certificate)
    assert word(source) == expected == verdict(claim, certificate).word
    assert digest(claim) in source
    assert digest(certificate) in source
    assert r"\BLOCK" not in source
    assert r"\VAR" not in source
    for line in parse(claim).words():
        assert text(line) in source
    assert render(*pair(name)) == source


def rows(source):
    """The rows of the tables of multipliers: number and multiplier."""
    return re.findall(r"^(\d+) & [^&]*\$ & [^&]* & ([^&]*) & \$[^&]*\$ \\\\$", source, re.MULTILINE)


def parsed(shown):
    """A function of q back from running text, or None where only its size is printed."""
    if not shown.startswith("$"):
        return None
    code = re.sub(r"q\^\{(\d+)\}", r"q**\1", shown.strip("$"))
    code = re.sub(r"\\frac\{([^{}]*)\}\{([^{}]*)\}", r"((\1)/(\2))", code)
    code = re.sub(r"(?<=[\dq)])(?=[q(])", "*", code)
    code = re.sub(r"(?<![*\w])(\d+)", r"of(\1)", code)
    return eval(code, {"q": Q, "of": of})  # noqa: S307 - the tests' own report


@pytest.mark.parametrize("name", LYAPUNOV)
def test_every_multiplier_appears_exactly(pair, name):
    claim, certificate = pair(name)
    shown = iter(rows(render(claim, certificate)))
    parts = [certificate[key] for key in ("start", "base", "decrease", "bound")]
    given = certificate.get("radii")
    if given:
        order = radii.goals(parse(claim), given)
        parts += [given[f"{key}_proof"] for key in order]
    for terms in parts:
        names = [term["inequality"] for term in terms]
        for number in sorted(range(len(terms)), key=lambda n, names=names: names.index(names[n])):
            label, multiplier = next(shown)
            assert label == str(number + 1)
            back = parsed(multiplier)
            assert back is None or back == function(terms[number]["multiplier"], "multiplier")
    assert next(shown, None) is None


def test_the_lyapunov_function_and_the_constants_are_stated(pair):
    source = render(*pair("theorem-paper"))
    assert r"2\,\Bigl(1-\frac{1}{4}q\Bigr)^{k}" in source
    assert r"$\eta=c/L_1$, $\beta=\frac{4-q}{4+7q}$" in source
    assert r"$C=2$ and $\rho=1-\frac{1}{4}q$" in source
    assert r"$\tau=\frac{1}{4}$" in source
    assert r"\frac{8}{25}q^{2}" in source
    some = render(*pair("theorem-smooth"))
    assert "with a constant $C$ that is the same" in some
    assert "where $C=2$." in some


def test_metrics_are_in_the_unit_of_a_function_value(pair):
    source = render(*pair("theorem-distance"))
    assert r"\frac{L_1}{c}\lVert x_{k}-x^\star\rVert^2" in source


def test_balls_are_explained(pair):
    claim, certificate = pair("theorem-balls")
    source = render(claim, certificate)
    for name in (*balls.NUMBERS, *balls.PARTS):
        assert name.replace("_", " ") in source or (name == "move" and not function(certificate["radii"]["share"], ""))
    for key, radius in claim["class"]["balls"].items():
        assert functions.equation(f"C_{key}", function(radius, key)) in source
    assert source.count("(n11)") >= 2
    assert r"(A4) For every $x\in\mathcal X$" in source
    assert r"x^\star(u_{k+1})" in source
    assert r"\section{The run stays in the balls}" not in render(*pair("theorem-paper"))


def test_checks_between_the_numbers_are_those_of_the_kernel(pair, monkeypatch):
    claim, certificate = pair("theorem-balls")
    seen = []
    monkeypatch.setattr("proofcheck.kernel.rules.radii.require", lambda holds, *_: seen.append(bool(holds)))
    numbers = {key: function(certificate["radii"][key], key) for key in balls.NUMBERS}
    read = parse(claim)
    for key in balls.NUMBERS:
        for factor in (Fraction(1, 100), Fraction(100)):
            seen.clear()
            changed = {**numbers, key: numbers[key] * factor}
            if changed["rate"] > 1 or not changed["rate"] < 1:
                continue
            balls.fit(read, changed, read.problem.balls, "here")
            kernel = all(seen)
            assert kernel == _all_hold(read, changed), (key, factor)


def _all_hold(read, numbers):
    try:
        radii._checks(read, numbers)
    except ProofcheckError:
        return False
    return True


def test_lower_bounds_state_recursion_and_inequality(pair):
    source = render(*pair("lower-bound"))
    assert "There are no constant $C$ and no number $r$" in source
    assert r"$\lambda=\mu+\sigma L_2G_1^2=\frac{3}{4}q^{2}$" in source
    assert "limit of the average slopes" in source
    assert "no rate below" in source
    descent = render(*pair("lower-bound-descent"))
    assert r"$a=1-\frac{3}{4}q^{2}$" in descent
    assert "identically" not in descent


def test_a_refutation_at_one_condition_number(pair):
    source = render(*pair("specialised-growth"))
    assert r"$q=\tfrac{1}{10}$, that is, $\kappa=1/q^2=100$" in source
    assert r"\section{Beside the paper}" not in source
    assert r"\section{The counterexample}" in source
    assert "and $C=\\tfrac{7}{6}" in render(*pair("specialised-instance"))


def test_without_an_accepted_certificate_nothing_is_compared(pair):
    claim, certificate = pair("theorem-paper")
    certificate["decrease"][0]["multiplier"] = ["123457"]
    for source in (render(claim, certificate), render(claim, None)):
        assert word(source) in ("REJECTED", "UNDECIDED")
        assert "123457" not in source
        assert r"\section{Beside the paper}" not in source
        assert r"\begin{theorem}" not in source


def test_provenance_is_escaped(pair):
    source = render(*pair("theorem-paper"), {"title": HOSTILE, "source": HOSTILE, "notes": {HOSTILE: HOSTILE}})
    for forbidden in (r"\write18", r"\input{/", r"\BLOCK", r"\VAR", "^^"):
        assert forbidden not in source


# The paper's formulas, typed again from its pages, at c = 1 (C1 = C2 = 1), in decimals.
def momentum(kappa, big=Decimal(1)):
    kappa, mu = Decimal(kappa), Decimal(1)
    eta, root = 1 / (kappa * mu), kappa.sqrt()
    beta = (4 * root - 1) / (4 * root + 7)
    ratio = (1 - beta) / (1 + beta)
    fourth = mu**2 / (big * (big + 1) ** 2) * ratio**3
    second = mu**3 / (big * (big + 1) * root) * ratio**2
    x = 36 * root * (eta * (big + 1) / (1 - beta)).sqrt()
    u = 36 * root * (eta * big * (big + 1) * (1 + beta) ** 3 / (mu * beta * (1 - beta) ** 3)).sqrt()
    return {
        "region": big * fourth.sqrt() / mu,
        "second": big * second / mu**3,
        "rate": 1 - 1 / (4 * root),
        "x": x * mu.sqrt(),
        "u": u * mu / big.sqrt(),
    }


def exactly(formula, kappa, root=False):
    low, high = surds.enclosure(formula, Fraction(1, kappa), root=root)
    assert low <= high <= low * (1 + Fraction(1, 10**50)) + Fraction(1, 10**50)
    return Decimal(low.numerator) / Decimal(low.denominator)


@pytest.mark.parametrize("kappa", comparison.KAPPAS)
def test_theorem_7_in_numbers(kappa):
    ours = published.MOMENTUM
    small = Decimal(10) ** -30
    favourable = {**momentum(kappa, small), "region": momentum(kappa)["region"]}
    for key, formula, root in (
        ("region", ours.region_squared, True),
        ("second", ours.second, False),
        ("rate", ours.rate, False),
        ("x", ours.radius_x_squared, True),
        ("u", ours.radius_u_squared, True),
    ):
        assert abs(exactly(formula, kappa, root) / favourable[key] - 1) < Decimal(10) ** -25, key


@pytest.mark.parametrize("big", ["1/1000", "1/2", "2", "1000"])
def test_the_values_that_favour_the_paper(big):
    value = Decimal(Fraction(big).numerator) / Decimal(Fraction(big).denominator)
    for kappa in comparison.KAPPAS:
        other = momentum(kappa, value)
        assert other["region"] < exactly(published.MOMENTUM.region_squared, kappa, True)
        assert other["second"] < exactly(published.MOMENTUM.second, kappa)
        assert other["x"] > exactly(published.MOMENTUM.radius_x_squared, kappa, True)
        assert other["u"] > exactly(published.MOMENTUM.radius_u_squared, kappa, True)


def test_orders_in_kappa():
    ours = published.MOMENTUM
    for formula, root, exponent in (
        (ours.region_squared, True, -0.75),
        (ours.second, False, -1.5),
        (ours.radius_x_squared, True, 0.25),
        (ours.radius_u_squared, True, 0.75),
    ):
        near, far = (exactly(formula, kappa, root) for kappa in (10**10, 10**12))
        assert float((far / near).log10() / 2) == pytest.approx(exponent, abs=1e-4)


@pytest.mark.parametrize("kappa", comparison.KAPPAS)
def test_theorem_6_in_numbers(kappa):
    ours, big = published.DESCENT, Decimal(3)
    eta, mu = 1 / Decimal(kappa), Decimal(1)
    fourth = mu**2 / (8 * big**2)
    assert abs(exactly(ours.region_squared, kappa, True) / (big * fourth.sqrt() / mu) - 1) < Decimal(10) ** -25
    x = 16 * eta * kappa * Decimal(kappa).sqrt()
    u = 16 * eta * kappa * big.sqrt() / (big.sqrt() / mu)
    assert abs(exactly(ours.radius_x_squared, kappa, True) / x - 1) < Decimal(10) ** -25
    assert abs(exactly(ours.radius_u_squared, kappa, True) / u - 1) < Decimal(10) ** -25
    assert abs(exactly(ours.rate, kappa) - (1 - 1 / (4 * Decimal(kappa)))) < Decimal(10) ** -25


def cells(source, quantity, who):
    """The numbers of a row of the comparison; `quantity` is that of the row or of the one above."""
    table = source.partition("In numbers, at $c=1$")[2].splitlines()
    start = next(i for i, line in enumerate(table) if line.startswith(quantity))
    line = next(line for line in table[start:] if f"& {who} &" in line)
    return line.removesuffix(r" \\").split(" & ")[2:]


def test_the_comparison_of_a_theorem(pair):
    source = render(*pair("theorem-balls"))
    assert cells(source, "$L_2G_1^2", "paper") == [
        r"$\sqrt{C_1}\;\times$", "$0.21598$", "$0.064614$", "$0.014186$", "$0.00049443$", r"$1.5794\cdot 10^{-5}$",
    ]  # fmt: skip
    assert cells(source, "$L_2G_1^2", "here")[1:] == ["$0.25$"] * 5
    assert cells(source, "rate", "paper")[1:] == ["$0.75$", "$0.920943$", "$0.975$", "$0.9975$", "$0.99975$"]
    assert cells(source, "rate", "here")[1:] == ["$0.9$", "$0.9683773$", "$0.99$", "$0.999$", "$0.9999$"]
    assert cells(source, "constant", "paper")[1:] == ["$2$"] * 5
    assert cells(source, "constant", "here")[1:] == ["$1.25$"] * 5
    assert cells(source, "$R_x", "paper")[1:] == ["$42.213$", "$56.419$", "$87.258$", "$256.77$", "$805.68$"]
    assert cells(source, "$R_x", "here")[1:] == ["$3.66$"] * 5
    assert cells(source, "$R_u", "paper")[1:] == ["$159.58$", "$361.8$", "$1392.9$", "$36768$", "$1140800$"]
    assert cells(source, "$R_u", "here")[1:] == ["$3.04$"] * 5
    assert r"for $c$, $C_1$ and $C_2$" in source
    whole = render(*pair("theorem-paper"))
    assert cells(whole, "$R_x", "here")[1:] == [r"$\infty$"] * 5


def test_the_comparison_of_other_methods_and_classes(pair):
    assert "Theorem~6" in render(*pair("theorem-descent"))
    assert r"\section{Beside the paper}" not in render(*pair("theorem-smooth"))
    lower = render(*pair("lower-bound-descent"))
    assert cells(lower, "no rate below", "here")[1] == "$0.0625$"
    assert r"$R_x/" not in lower


def test_surds():
    assert surds.at_root(Q, Fraction(2)) == (0, 1)
    f = (1 + 2 * Q - Q**3) / (3 + Q**2)
    for square in (Fraction(1, 10), Fraction(1, 4), Fraction(1, 7)):
        root = Decimal(square.numerator) / Decimal(square.denominator)
        root = root.sqrt()
        value = (1 + 2 * root - root**3) / (3 + root**2)
        low, high = surds.enclosure(f, square)
        assert abs(Decimal(low.numerator) / Decimal(low.denominator) - value) < Decimal(10) ** -50
        assert (low == high) == (square == Fraction(1, 4))
    assert surds.enclosure(Q**2, Fraction(1, 9), root=True) == (Fraction(1, 3), Fraction(1, 3))


def test_functions_of_q():
    assert functions.running(Ratio((0, 3), (5,))) == r"$\frac{3}{5}q$"
    assert functions.running((1 - Q) / (2 * Q)) == "$(1-q)/(2q)$"
    assert functions.running(Ratio((1, 10**40))) == "(a polynomial of degree 1 with integers of up to 41 digits)"
    assert functions.running(Ratio((1, 10**40), (1, 1))).startswith("(a ratio of polynomials of degrees 1 and 1 ")
    assert functions.equation("K", Ratio((1, 10**40))).startswith("$K=$ (a polynomial")
    assert functions.running(Ratio(tuple(range(10**6, 10**6 + 9)), (7,))).endswith(")/7$")
    assert functions.is_short(1 - Q)
    assert not functions.is_short(Ratio(tuple(range(10**6, 10**6 + 9))))


def test_minors_are_those_of_the_matrix():
    one, zero = of(1), of(0)
    factor, integers = minors.integral([[one / (1 + Q), Q / 2], [Q / 2, one]])
    assert factor == one / (2 * (1 + Q))
    assert integers == [[(2,), (0, 1, 1)], [(0, 1, 1), (2, 2)]]
    assert minors.leading(integers) == [(2,), (4, 4, -1, -2, -1)]
    assert minors.leading(minors.integral([[zero, zero], [zero, one]])[1]) == [(), (1,)]
    with pytest.raises(ProofcheckError, match="not positive semidefinite"):
        minors.leading([[(), (1,)], [(1,), (1,)]])
    for bad in ((-1,), (1, -3, 1), (0, -1, 1), (1, -2)):
        with pytest.raises(ProofcheckError, match="negative"):
            minors.intervals(bad)
    assert minors.intervals((0, 0, 1)) == 1


@needs_latex
@pytest.mark.slow
@pytest.mark.parametrize("name", KINDS)
def test_pages_have_no_overfull_boxes(pair, tmp_path, name):
    claim, certificate = pair(name)
    provenance = {"title": "A title", "notes": {"theta": "1.2"}}
    written = write(tmp_path / "out", claim, certificate, provenance)
    assert [path.name for path in written] == ["report.tex", "report.pdf"]
    log = compiled_log(tmp_path, render(claim, certificate, provenance))
    bad = [line for line in log.splitlines() if line.startswith(("Overfull", "Underfull", "LaTeX Warning", "!"))]
    assert bad == []

"""What a report says, and that the kernel alone decides its verdict."""

import json
import re
from fractions import Fraction
from pathlib import Path

import jinja2
import pytest

from proofcheck.documents import verdict
from proofcheck.errors import InvalidInput, NotSupported, ProofcheckError
from proofcheck.kernel.wire import digest
from proofcheck.report import document, notation, proof, render
from proofcheck.report.escape import Tex, text

KINDS = {
    "rate": "PROVED",
    "partial-rate": "PROVED",
    "worst-case": "PROVED",
    "growth": "REFUTED",
    "growth-complex": "REFUTED",
    "staircase": "REFUTED",
    "quadratic": "REFUTED",
}
PARTS = ("start", "base", "decrease", "bound", "proof")


def word(source: str) -> str:
    (found,) = re.findall(r"\\large\\word\{(.*?)\}", source)
    return found


def proper(source: str) -> str:
    """The body, without the place where observations are printed."""
    return source.partition(r"\section*{OBSERVED}")[0]


@pytest.mark.parametrize(("name", "expected"), KINDS.items())
def test_every_kind_renders_with_the_kernels_word(pair, name, expected):
    claim, certificate = pair(name)
    source = render(claim, certificate)
    assert word(source) == expected == verdict(claim, certificate).word
    assert digest(claim) in source
    assert digest(certificate) in source
    assert source.count(r"\begin{document}") == source.count(r"\end{document}") == 1
    assert r"\BLOCK" not in source
    assert r"\VAR" not in source


@pytest.mark.parametrize("name", KINDS)
def test_the_words_of_the_kernel_are_there(pair, name):
    claim, _ = pair(name)
    source = render(claim, None)
    for premise in document.parse(claim).words():
        assert text(premise) in source


@pytest.mark.parametrize("name", ["rate", "partial-rate", "worst-case"])
def test_every_multiplier_appears_exactly(pair, name):
    claim, certificate = pair(name)
    source = render(claim, certificate)
    rows = re.findall(r"^(\d+) & .* & \\digits\{([^}]*)\} & \$.*\$ \\\\$", source, re.MULTILINE)
    shown = iter(rows)
    for part in PARTS:
        terms = certificate.get(part, [])
        by_name = sorted(
            range(len(terms)), key=lambda n: [t["inequality"] for t in terms].index(terms[n]["inequality"])
        )
        for number in by_name:
            assert next(shown) == (str(number + 1), terms[number]["multiplier"])


def test_every_inequality_is_stated_with_its_source(pair):
    claim, certificate = pair("partial-rate")
    source = render(claim, certificate)
    used = {term["inequality"] for part in PARTS for term in certificate.get(part, [])}
    for name in used:
        assert f"({proof.TAGS[name]})" in source
    assert "Taylor, Hendrickx and Glineur 2017, Theorem 4".replace(",", ",{}") in source
    assert r"(x^\star(v_{k-1}),v_{k})" in source


def test_lyapunov_coefficients_appear_exactly(pair):
    claim, certificate = pair("partial-rate")
    source = render(claim, certificate)
    given = certificate["lyapunov"]
    for number in [n for row in (given["values"], *given["x"], *given["u"]) for n in row]:
        size = abs(Fraction(number))
        assert rf"frac{{{size.numerator}}}{{{size.denominator}}}" in source
    assert "0.000530374" in source


def test_a_wide_lyapunov_matrix_is_printed_entry_by_entry(pair):
    claim, certificate = pair("partial-rate")
    entry = Fraction(certificate["lyapunov"]["x"][0][0]) + Fraction(1, 3 * 10**30)
    certificate["lyapunov"]["x"][0][0] = str(entry)
    source = render(claim, certificate)
    assert word(source) == "PROVED"
    assert rf"\digits{{{entry}}}" in source


def test_numbers_of_the_claim_are_exact_and_rounded_to_the_safe_side(pair):
    claim, certificate = pair("partial-rate")
    rate = Fraction(39, 40) + Fraction(1, 3 * 10**40)
    claim["statement"]["rate"], certificate["claim"] = str(rate), ""
    certificate["claim"] = digest(claim)
    source = render(claim, certificate)
    assert word(source) == "PROVED"
    assert rf"$\rho=$ \digits{{{rate}}} ${{}}\le 0.975000000001$" in source


def test_a_tampered_certificate_is_rejected_and_its_contents_are_not_printed(pair):
    claim, certificate = pair("partial-rate")
    certificate["decrease"][0]["multiplier"] = "123457/2"
    source = render(claim, certificate, {"status": "PROVED", "title": "t"})
    assert word(source) == "REJECTED"
    assert "PROVED" not in source
    assert "123457" not in source
    assert r"\begin{theorem}" not in source


def test_a_certificate_of_another_claim_is_rejected(pair):
    claim, _ = pair("rate")
    assert word(render(claim, pair("partial-rate")[1])) == "REJECTED"


@pytest.mark.parametrize("rule", ["\\write18{x}%&_", None, 3])
def test_a_certificate_the_kernel_cannot_read(pair, rule):
    claim, certificate = pair("rate")
    certificate["rule"] = rule
    source = render(claim, certificate)
    assert word(source) in ("DECLINED", "INVALID")
    assert r"\write18" not in source


def test_without_a_certificate_the_word_is_undecided(pair):
    claim, _ = pair("rate")
    source = render(claim, None)
    assert word(source) == "UNDECIDED"
    assert "cert.json" not in source


def test_a_claim_the_kernel_refuses(pair):
    claim, certificate = pair("rate")
    with pytest.raises(InvalidInput, match="rate"):
        render({**claim, "statement": {**claim["statement"], "rate": "2"}}, certificate)
    with pytest.raises(NotSupported, match="unknown method"):
        render({**claim, "method": {"name": "newton"}}, certificate)
    with pytest.raises(InvalidInput, match="not a JSON document"):
        render({**claim, "class": {1, 2}}, certificate)


def test_the_counterexample_is_stated_exactly(pair):
    claim, certificate = pair("staircase")
    source = render(claim, certificate)
    for number in certificate["function"]["breakpoints"]:
        assert rf"\digits{{{number.lstrip('-')}}}" in source
    assert r"\;\ge\;0.447341\;>\;0.447\;\ge\;" in source


def test_the_growth_is_stated_exactly(pair):
    real = render(*pair("growth"))
    assert r"$a=\tfrac{9090909}{5000000}\approx 1.81818$" in real
    assert r"\lvert z\rvert^2\;\ge\;0.99999988\;>\;\rho" in real
    assert r"\lvert z\rvert^2=-b" in render(*pair("growth-complex"))


def test_some_constant_is_named(pair):
    claim, certificate = pair("partial-rate")
    claim["statement"]["constant"] = "some"
    certificate["claim"] = digest(claim)
    source = render(claim, certificate)
    assert "with a constant $C$" in source
    assert r"$C=\tfrac{249}{100}=2.49$" in source


HOSTILE = r"\write18{touch x} \input{/etc/passwd} ^^5c % & _ # $ ~ { } \BLOCK{x} \VAR{verdict}"


@pytest.mark.parametrize("key", ["title", "source", "known"])
def test_provenance_is_escaped(pair, key):
    claim, certificate = pair("rate")
    source = render(claim, certificate, {key: HOSTILE + " x" * 3000 + "\x00\u202e\U0001f600"})
    for forbidden in (r"\write18", r"\input{/", r"\BLOCK", r"\VAR", "^^", "\x00", "\u202e", "\U0001f600"):
        assert forbidden not in source
    assert text(HOSTILE) in source
    assert "[...]" in source
    assert len(source) < 40_000


def test_notes_are_printed_apart_and_escaped(pair):
    claim, certificate = pair("rate")
    source = render(claim, certificate, {"notes": {"rate_estimate": "0.81234567 \\x", HOSTILE: "y"}})
    head, heading, tail = source.partition(r"\section*{OBSERVED}")
    assert heading
    assert "0.81234567" not in head
    assert r"0.81234567 \textbackslash{}x" in tail
    assert r"\section*{OBSERVED}" not in render(claim, certificate, {"notes": {}})


@pytest.mark.parametrize(
    ("provenance", "message"),
    [
        ({"title": 3}, "provenance: title: expected a string, got int"),
        ({"source": ["x"]}, "provenance: source: expected a string, got list"),
        ({"notes": "x"}, "provenance: notes: expected a table, got str"),
        ({"notes": {"x": 1.5}}, "provenance: notes.x: expected a string, got float"),
    ],
)
def test_provenance_of_the_wrong_type(pair, provenance, message):
    with pytest.raises(InvalidInput) as caught:
        render(*pair("rate"), provenance)
    assert str(caught.value) == message


def test_provenance_cannot_set_a_verdict(pair):
    claim, certificate = pair("rate")
    assert render(claim, certificate, {"status": "REFUTED", "verdict": "REFUTED"}) == render(claim, certificate)


def test_templates_refuse_plain_strings_and_undefined_names():
    environment = document.ENVIRONMENT
    assert environment.from_string(r"\VAR{x} \VAR{n}").render(x=Tex(r"\a"), n=3) == r"\a 3"
    with pytest.raises(TypeError, match="prints str"):
        environment.from_string(r"\VAR{x}").render(x="a")
    with pytest.raises(jinja2.UndefinedError):
        environment.from_string(r"\VAR{y}").render(x="a")
    with pytest.raises(jinja2.UndefinedError):
        environment.from_string(r"\BLOCK{if y}1\BLOCK{endif}").render()


def test_pivots_are_those_of_the_matrix():
    matrix = [[Fraction(4), Fraction(2)], [Fraction(2), Fraction(4, 3)]]
    assert proof.factorise(matrix) == [4, Fraction(1, 3)]
    assert proof.factorise([]) == []
    for bad in ([[Fraction(-1)]], [[Fraction(0), Fraction(1)], [Fraction(1), Fraction(0)]]):
        with pytest.raises(ProofcheckError, match="not positive semidefinite"):
            proof.factorise(bad)


def test_decimals_are_on_the_safe_side():
    third = Fraction(1, 3)
    assert notation.bounded(third, up=True, figures=3) == r"\le 0.334"
    assert notation.bounded(third, up=False, figures=3) == r"\ge 0.333"
    assert notation.rounded(-third, up=False, figures=3) == "-0.334"
    assert notation.near(Fraction(123456789012)) == r"1.23457\cdot 10^{11}"
    assert notation.about(Fraction(2)) == ""


def test_the_same_input_gives_the_same_source(pair):
    assert render(*pair("partial-rate")) == render(*pair("partial-rate"))


CORPUS = Path(__file__).parents[1] / "kernel" / "corpus" / "accept"


NAMES = sorted(path.name.removesuffix(".claim.json") for path in CORPUS.glob("*.claim.json"))


@pytest.mark.parametrize("name", [name for name in NAMES if not name.startswith(("obligation-", "network-"))])
def test_whatever_the_kernel_accepts_has_a_report(name):
    claim, certificate = (json.loads((CORPUS / f"{name}.{kind}.json").read_bytes()) for kind in ("claim", "cert"))
    source = render(claim, certificate)
    expected = verdict(claim, certificate).word
    assert word(source) == text(expected)
    premises = len(claim["class"].get("inequalities", ()))
    assert expected in ("REFUTED", f"PROVED_UNDER_{premises}" if premises else "PROVED")


def test_what_is_assumed_of_the_start_is_printed():
    paths = (CORPUS / f"every-kappa-nesterov-near-a-minimiser.{kind}.json" for kind in ("claim", "cert"))
    source = render(*(json.loads(path.read_bytes()) for path in paths))
    assert r"(N) The start is near: $\lVert x_0-x^\star(u_0)\rVert\le C_0\sqrt{F_0/\mu}$" in source
    assert r"C_0+\tau C_u\le C_x" in source
    assert r"\lambda+\tau C_u" not in source
    assert "start distance" in source


def test_counterexamples_without_coupling(pair):
    claim, certificate = pair("staircase")
    claim["class"]["G1"], claim["statement"]["bound"] = "0", "1/1000"
    certificate["claim"] = digest(claim)
    assert r"Since $G_1=0$, also $\Gamma=0$" in render(claim, certificate)
    claim, certificate = pair("growth")
    claim["statement"]["rate"], certificate["slope"] = "1/2", "0"
    certificate["claim"] = digest(claim)
    source = render(claim, certificate)
    assert word(source) == "REFUTED"
    assert "which does not depend on $u$" in source

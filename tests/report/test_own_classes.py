"""Reports on named premises and linear methods: every premise with its source, every multiplier under its name."""

import json
import re
from fractions import Fraction
from pathlib import Path

import pytest

from proofcheck.report import notation, render
from proofcheck.report.escape import text

CORPUS = Path(__file__).parents[1] / "kernel" / "corpus" / "accept"
WORDS = {
    "premises-restricted-secant-rate-tight": "PROVED_UNDER_2",
    "premises-interpolation-nesterov": "PROVED_UNDER_1",
    "premises-restricted-secant-2-steps": "PROVED_UNDER_2",
    "premises-refuted-by-growth": "REFUTED",
    "premises-refuted-by-a-quadratic": "REFUTED",
    "linear-negative-momentum": "PROVED",
    "linear-partial": "PROVED",
    "linear-every-q-nesterov": "PROVED",
}


def load(name):
    return [json.loads((CORPUS / f"{name}.{kind}.json").read_text()) for kind in ("claim", "cert")]


@pytest.mark.parametrize(("name", "word"), WORDS.items())
def test_reports_are_written(name, word):
    source = render(*load(name))
    (shown,) = re.findall(r"\\large\\word\{(.*?)\}", source)
    assert shown == text(word)
    assert (r"\begin{theorem}" in source) == word.startswith("PROVED")
    assert r"\BLOCK" not in source


@pytest.mark.parametrize("name", [name for name in WORDS if name.startswith("premises-")])
def test_premises_are_listed_with_their_sources(name):
    claim, certificate = load(name)
    source = render(claim, certificate)
    for premise, entry in claim["class"]["inequalities"].items():
        item = rf"\textbf{{{text(premise)}}}, {text(entry['source'])}; a premise, not discharged by the kernel"
        assert source.count(item) == 1
    assert "the kernel checked that" in source
    for key, number in claim["class"]["parameters"].items():
        assert notation.fraction(Fraction(number), small=True) in source, key
    proved = certificate["rule"] in ("lyapunov", "worst_case")
    assert ("did not discharge them" in source) == proved
    assert (r"[under 2 named premises]" in source) == (proved and len(claim["class"]["inequalities"]) == 2)
    assert ("it satisfies all premises, as the kernel checked exactly" in source) == (not proved)


def test_words_of_the_claim_are_quoted():
    claim, certificate = load("premises-restricted-secant-rate-tight")
    source = render(claim, certificate)
    title = text(claim["class"]["title"])
    assert rf"on ``{title}''\par" in source
    assert f"``{title}'' (named by the claim, in words that nobody checked)" in source
    assert source.count(title) == source.count(f"``{title}''") + source.count(rf"\textquotedbl{{}}{title}")


def test_multipliers_stand_under_the_name_of_their_premise():
    claim, certificate = load("premises-restricted-secant-rate-tight")
    source = render(claim, certificate)
    for number, premise in enumerate(sorted(claim["class"]["inequalities"]), 1):
        (term,) = (term for term in certificate["decrease"] if term["inequality"] == premise)
        rows = source.rpartition(r"\subsection*{Decrease")[2].partition(rf"(N{number}) \textbf")[2]
        assert rows.startswith("{" + text(premise.replace("_", " ")))
        assert notation.digits(Fraction(term["multiplier"])) in rows.partition(r"\multicolumn")[0]
    assert r"\langle g_i, x_i-x^\star\rangle - \lVert x_i-x^\star\rVert^2\;\ge\;0" in source


def test_words_of_the_claim_are_escaped():
    claim, _ = load("premises-restricted-secant-rate-tight")
    claim["class"]["title"] = r"\write18{rm} $ & 50%"
    claim["class"]["parameters"] = {"L_a": "2"}
    claim["class"]["inequalities"]["secant"]["source"] = r"\input{/etc/passwd}"
    source = render(claim, None)
    assert r"\write18" not in source
    assert r"\input{/etc" not in source
    assert r"\mathit{L\_a}" in source

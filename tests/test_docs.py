"""The documents' examples are real: the kernel accepts them, and tables agree with the code."""

import json
import re
from pathlib import Path

import pytest

from proofcheck.kernel import EXIT_CODES, check
from proofcheck.kernel import claim as claims
from proofcheck.kernel.check import explain
from proofcheck.kernel.classes import REGISTRY as CLASSES
from proofcheck.kernel.classes import labels, named_premises
from proofcheck.kernel.methods import REGISTRY as METHODS
from proofcheck.kernel.obligations import check as obligation_rules
from proofcheck.kernel.obligations import claim as obligation
from proofcheck.kernel.obligations import facts, language, models, polynomials, positivity, worlds
from proofcheck.kernel.parameter import matrices, reading, signs
from proofcheck.kernel.rules import REGISTRY, specialise
from proofcheck.kernel.statements import INITIAL, MAX_STEPS, METRICS, OF_FUNCTIONS, OF_NUMBERS
from proofcheck.kernel.wire import MAX_BYTES, MAX_DEPTH, MAX_DIGITS, canonical_bytes, digest

ROOT = Path(__file__).parents[1]
FORMAT = (ROOT / "docs/format.md").read_text()
RULES = [rule for table in REGISTRY.values() for rule in table]
KINDS = [*OF_NUMBERS, *OF_FUNCTIONS]
THEORY = (ROOT / "docs/theory.md").read_text()


def examples(title):
    section = FORMAT.split(f"## {title}\n", 1)[1].split("\n## ", 1)[0]
    return [json.loads(block) for block in re.findall(r"```json\n(.*?)```", section, flags=re.DOTALL)]


def test_worked_example():
    claim, certificate, refutation = examples("Worked example")
    assert check(canonical_bytes(claim), canonical_bytes(certificate)).word == "PROVED"
    assert certificate["claim"] == digest(claim)
    assert digest(claim) in FORMAT
    false = {**claim, "statement": {**claim["statement"], "rate": "2/5", "constant": "some"}}
    refutation["claim"] = digest(false)
    assert check(canonical_bytes(false), canonical_bytes(refutation)).word == "REFUTED"


def test_worked_example_with_u():
    claim, certificate = examples("Worked example with u")[:2]
    assert check(canonical_bytes(claim), canonical_bytes(certificate)).word == "PROVED"
    for term in range(len(certificate["decrease"])):
        shorter = {**certificate, "decrease": certificate["decrease"][:term] + certificate["decrease"][term + 1 :]}
        assert check(canonical_bytes(claim), canonical_bytes(shorter)).word == "REJECTED"


def test_example_of_named_premises():
    claim, certificate = examples("Named premises")
    assert check(canonical_bytes(claim), canonical_bytes(certificate)).word == "PROVED_UNDER_2"
    assert "\n".join(explain(canonical_bytes(claim))) in FORMAT
    assert check(canonical_bytes(claim), canonical_bytes({**certificate, "decrease": []})).word == "REJECTED"


def test_limits_of_named_premises():
    for number in (named_premises.MAX_PREMISES, named_premises.MAX_PARAMETERS):
        assert f"| {number} each |" in FORMAT
    assert f"| characters of their names | {labels.MAX_NAME} |" in FORMAT
    for key in (named_premises.NAME, *named_premises.KEYS, "points", "values", "gram", "source"):
        assert f"`{key}`" in FORMAT


@pytest.mark.parametrize("name", sorted({*CLASSES, *METHODS, *RULES, *KINDS, *METRICS, *INITIAL}))
def test_every_name_is_specified(name):
    assert f"`{name}`" in FORMAT or f"### `{name}`" in FORMAT


def test_every_inequality_is_specified_and_proved():
    names = set()
    for cls, parameters in (
        ("smooth_strongly_convex", {"mu": "1", "L1": "2"}),
        ("partial_strong_convexity", {"mu": "1", "L1": "2", "L2": "1", "G1": "0", "G2": "1"}),
    ):
        from proofcheck.kernel.classes import read

        names |= set(read({"name": cls, **parameters}).inequalities)
    for name in names:
        assert f"`{name}`" in FORMAT
        assert name in THEORY


def test_limits_and_codes():
    for number in (MAX_BYTES, MAX_DEPTH, MAX_DIGITS, MAX_STEPS, claims.MAX_CLAIM_DIGITS):
        assert f"| {number:,} |" in FORMAT
    for number in (
        reading.MAX_COEFFICIENTS,
        reading.MAX_CHARACTERS,
        specialise.MAX_BITS,
        signs.MAX_DEPTH,
        signs.MAX_DEGREE - 1,
    ):
        assert f"{number:,}" in FORMAT
    assert f"10^{{{len(str(matrices.MAX_WORK)) - 1}}}" in FORMAT
    for word, code in EXIT_CODES.items():
        assert re.search(rf"^\| {code} \|", FORMAT, flags=re.MULTILINE), word


def test_worked_example_for_every_condition_number():
    claim, certificate, false, refutation = examples("Worked example for every condition number")
    assert check(canonical_bytes(claim), canonical_bytes(certificate)).word == "PROVED"
    assert "\n".join(explain(canonical_bytes(claim))) in FORMAT
    assert check(canonical_bytes(claim), canonical_bytes({**certificate, "decrease": []})).word == "REJECTED"
    assert check(canonical_bytes(false), canonical_bytes(refutation)).word == "REFUTED"


def test_worked_example_of_a_lower_bound():
    claim, certificate = examples("Worked example of a lower bound")
    assert check(canonical_bytes(claim), canonical_bytes(certificate)).word == "PROVED"
    certificate["slope"] = ["-9/10"]
    assert check(canonical_bytes(claim), canonical_bytes(certificate)).word == "REJECTED"


def test_worked_example_of_an_obligation():
    claim, certificate, refutation = examples("Worked example of an obligation")
    assert check(canonical_bytes(claim), canonical_bytes(certificate)).word == "PROVED"
    assert "\n".join(explain(canonical_bytes(claim))) in FORMAT
    claim["hypotheses"][1]["holds"] = "f(x) >= low - 1"
    assert check(canonical_bytes(claim), canonical_bytes(refutation)).word == "REFUTED"
    certificate["claim"] = digest(claim)
    assert check(canonical_bytes(claim), canonical_bytes(certificate)).word == "REJECTED"


def test_limits_and_fields_of_obligations():
    section = FORMAT.split("## Limits of obligations\n", 1)[1].split("\n## ", 1)[0]
    for number in (
        obligation.MAX_ENTRIES,
        language.MAX_LENGTH,
        language.MAX_NESTING,
        language.MAX_INTEGER,
        language.MAX_POWER,
        positivity.MAX_TERMS,
        positivity.MAX_POWER,
        models.MAX_DIMENSION,
        models.MAX_TERMS,
        polynomials.MAX_DEGREE,
        polynomials.MAX_BITS,
        polynomials.MAX_WORK,
        worlds.MAX_SYMBOL,
    ):
        assert f"| {number:,} |" in section
    assert facts.MAX_INSTANCES == positivity.MAX_DIVISORS == 200
    named = (
        obligation.KEYS,
        positivity.FIELDS,
        positivity.PARTS,
        models.FIELDS,
        models.KEYS,
        obligation_rules.REGISTRY,
    )
    for name in (name for names in named for name in names):
        assert f"`{name}`" in FORMAT

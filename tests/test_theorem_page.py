"""The page that proves the theorem on paper says what its certificate says, and the kernel accepts that."""

import json
from pathlib import Path

import pytest

from proofcheck.documents import verdict
from proofcheck.errors import ProofcheckError
from proofcheck.report.page import proof_block

DOCS = Path(__file__).parents[1] / "docs"


def documents():
    return [json.loads((DOCS / "theorem" / name).read_text()) for name in ("claim.json", "cert.json")]


def test_the_kernel_accepts_the_certificate_of_the_page():
    claim, certificate = documents()
    assert verdict(claim, certificate).word == "PROVED"
    assert claim["class"]["tau"] == ["1/4"]
    assert claim["statement"]["rate"] == ["1", "-1/2"]
    assert claim["statement"]["constant"] in ("some", ["2"])
    assert certificate["constant"] == ["2"]


def test_the_page_is_the_certificate():
    page = (DOCS / "theorem.md").read_text()
    assert proof_block(*documents()) in page


def test_a_false_certificate_has_no_page():
    claim, certificate = documents()
    certificate["decrease"][0]["multiplier"][1] = "9/10"
    with pytest.raises(ProofcheckError, match="leading minor of a slack matrix is negative"):
        proof_block(claim, certificate)


def test_values_and_gradients_of_the_past_are_not_in_v():
    """The page writes V without them."""
    _, certificate = documents()
    v = certificate["lyapunov"]
    assert v["values"] == [["1"], ["0"]]
    assert v["x"][2] == [["0"]] * 3
    assert v["u"][0][1] == ["0"]

"""The papers in cases/, from the certificates that are kept: nothing is searched, the kernel decides every claim."""

import re
import shutil
from pathlib import Path

import pytest

from proofcheck.audit import audit, load
from proofcheck.audit.summary import document

ROOT = Path(__file__).parents[2]
PAPERS = ["bansal_gupta19", "liao24a"]


@pytest.fixture(scope="module", params=PAPERS)
def decided(request, tmp_path_factory):
    """A paper with its outcomes; a claim without a kept certificate would stay undecided."""
    paper = load(ROOT / "cases" / request.param)
    store = tmp_path_factory.mktemp("store") / "certificates"
    shutil.copytree(paper.folder / "certificates", store)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("proofcheck.audit.engine._candidates", lambda *_: iter(()))
        return paper, audit(paper, store)


@pytest.mark.slow
def test_every_row_is_decided_by_a_certificate_that_is_kept(decided):
    paper, outcomes = decided
    assert len(outcomes) == len(paper.rows) >= 20
    undecided = [item for outcome in outcomes for item in outcome.printed if not item.stored]
    assert len(undecided) <= 2, "printed claims that are neither proved nor refuted"
    for outcome in outcomes:
        items = outcome.corrected or outcome.printed
        assert all(item.stored and item.verdict.accepted for item in items), outcome.row.id
        assert all(item.stored or outcome.correction for item in outcome.printed), outcome.row.id
        if outcome.row.claims and not outcome.row.added:
            assert outcome.word.startswith("PROVED") or outcome.correction is not None, outcome.row.id


@pytest.mark.slow
def test_every_correction_says_what_and_why(decided):
    for outcome in decided[1]:
        if outcome.correction is not None:
            assert outcome.correction.words, outcome.row.id
            assert outcome.correction.why, outcome.row.id


@pytest.mark.slow
def test_the_readme_says_what_was_computed(decided):
    paper, outcomes = decided
    graph = document(paper, outcomes)["graph"]
    found = {s["name"]: s["words"] for s in graph["statements"] if s["state"] != "given"}
    assert not graph["circular_rows"]
    if paper.folder.name == "liao24a":
        readme = (ROOT / "README.md").read_text().partition("## A paper, checked")[2].partition("## How")[0]
        said = {}
        for words, names in re.findall(r"^\| (stands[^|]*?) \| ([^|]*?) \|$", readme, re.MULTILINE):
            said |= dict.fromkeys(names.split(", "), words)
        assert said == {name: words.removesuffix(" (under premises)") for name, words in found.items()}

"""docs/audit.md says what the reader of rows accepts, and its example is decided."""

import re
from pathlib import Path

import pytest

from proofcheck.audit import audit, entries, load, shapes

TEXT = (Path(__file__).parents[2] / "docs/audit.md").read_text()

KEYS = [
    {**shapes.ROW, **shapes.claim_keys("scale"), **shapes.claim_keys("scalar")},
    shapes.HINTS,
    shapes.CONTEXT,
    shapes.CORRECTION,
    entries.KINDS,
    entries.CORRECTIONS,
]


@pytest.mark.parametrize("keys", KEYS)
def test_every_key_is_described(keys):
    silent = {"correction", "pairs", "free"}  # "pairs" is for the curious
    missing = [key for key in keys if key not in silent and not re.search(rf"\b{key}\b", TEXT)]
    assert not missing


def test_the_example_is_proved(tmp_path):
    (example,) = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)
    (tmp_path / "rows.toml").write_text(example)
    (tmp_path / "paper.toml").write_text('title = "T"\nsource = "S"\n')
    (outcome,) = audit(load(tmp_path))
    assert outcome.verdict == "PROVED as printed"

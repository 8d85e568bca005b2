"""Files that are wrong in every way get one line with file, key and value; nothing is read that would be ignored."""

import itertools
import json
import os
import subprocess
import sys

import pytest
from click.testing import CliRunner

from proofcheck.audit import audit, load
from proofcheck.audit.summary import document, lines
from proofcheck.cli import main
from proofcheck.errors import InvalidInput, NotSupported

PAPER = 'title = "A paper"\n'
VALUES = [
    "5", "-1", '"abc"', '""', "1.5", "nan", "true", "2020-01-01", '["a"]', "[1]", '[["a", "b"], ["c"]]', '{a = "b"}',
    "{a = 1}", '{a = {b = "c"}}', "[]", "{}", '"a\\u0000b"', '["a", 1]', '{a = ["x"]}', "9999999999999999999",
    '[{a = "b"}]',
]  # fmt: skip
SCALAR = {"id": '"R"', "kind": '"scalar"', "scalars": '{x = "real"}', "show": '["x^2 + 1 > 0"]'}
HILBERT = {"id": '"R"', "kind": '"hilbert"', "context": '"c"', "vectors": '{x = "X"}', "show": '["f(x) >= 0"]'}
SCALE = {"id": '"R"', "kind": '"scale"', "scales": '["n", "d"]', "show": '["n*d >= d"]'}
CONTEXT = {
    "spaces": '["X"]', "functions": '{f = "X -> scalar"}', "hypotheses": '["A: for x: X: f(x) >= 0"]',
}  # fmt: skip
CLAIM = ("scalars", "vectors", "members", "let", "domain", "assume", "show", "only", "scales", "free", "max", "context")
ABOUT = ("title", "source", "authors", "equations", "numbered", "silent", "restated", "constants", "unknown")
ROW = ("id", "page", "place", "printed", "kind", "covers", "uses", "hints", "correction", "note", "source", "unknown")
HINTS = (
    "instances",
    "squares",
    "products",
    "degree",
    "model",
    "inhabitant",
    "multipliers",
    "split",
    "pairs",
    "times",
    "note",
    "atoms",
    "unknown",
)


def toml(entries):
    return "".join(f"{key} = {value}\n" for key, value in entries.items())


def files(row, context=CONTEXT):
    return f"[context.c]\n{toml(context)}[[row]]\n{toml(row)}"


def hostile():
    for key, value in itertools.product(ABOUT, VALUES):
        yield toml({"title": '"T"', key: value}), files(SCALAR)
    for row, value in itertools.product((SCALAR, HILBERT, SCALE), VALUES):
        for key in [*ROW, *CLAIM]:
            yield PAPER, files({**row, key: value})
        for key in HINTS:
            yield PAPER, files(row) + f"[row.hints]\n{key} = {value}\n"
        for key in ["kind", "words", "consequence", "why", "hints", *CLAIM]:
            wrong = {**row, "show": '["1 < 0"]' if row is not SCALE else '["1 >= n"]'}
            proposed = {"kind": '"typo"', "consequence": '"harmless"', "show": row["show"], key: value}
            yield PAPER, files(wrong) + f"[[row.correction]]\n{toml(proposed)}"
    for key, value in itertools.product([*CONTEXT, "sets", "scalars", "let", "domain", "premises", "model"], VALUES):
        yield PAPER, files(HILBERT, {**CONTEXT, key: value})
    for part, key, value in itertools.product(
        ("context.c.model", "row.hints.model", "row.hints.inhabitant"),
        ("scalars", "spaces", "vectors", "functions", "squares"),
        VALUES,
    ):
        yield PAPER, files(HILBERT) + f"[{part}]\n{key} = {value}\n"


def test_no_value_of_a_wrong_shape_gets_through(tmp_path):
    read = refused = 0
    for about, rows in hostile():
        (tmp_path / "paper.toml").write_text(about)
        (tmp_path / "rows.toml").write_text(rows)
        complaint = None
        try:
            load(tmp_path)
            read += 1
        except (InvalidInput, NotSupported) as error:
            complaint = str(error)
            refused += 1
        assert complaint is None or complaint.startswith(str(tmp_path)), rows
        assert complaint is None or ("\n" not in complaint and len(complaint) < 400), rows
    assert refused > 1500
    assert read > 150


@pytest.mark.parametrize(
    ("row", "hints"),
    [
        (SCALAR, 'instances = ["B(x=x)", "A(y=x)"]'),
        (SCALAR, 'instances = ["A(=)", "A()"]'),
        (SCALAR, 'squares = ["x +", "q"]\nproducts = ["q*goal", "*"]\ntimes = ["("]'),
        (SCALAR, 'atoms = ["q"]\nsplit = ["q", "x +"]'),
        (HILBERT, 'multipliers = {q = "1", A = "1/0", f = "("}'),
        (HILBERT, 'model = {scalars = {x = "half"}, vectors = {x = ["a", "1/0"]}, spaces = {X = 2}}'),
        (HILBERT, 'inhabitant = {functions = {f = "(a, b): c +"}}'),
        (HILBERT, 'instances = ["A(x=f(x))", "A(x=0)", "A(x=x, x=x)"]'),
    ],
)  # fmt: skip
def test_hints_that_mean_nothing_prove_nothing(tmp_path, row, hints):
    (tmp_path / "paper.toml").write_text(PAPER)
    changed = {**row, "show": '["x > 1"]' if row is SCALAR else '["f(x) >= 1"]'}
    (tmp_path / "rows.toml").write_text(files(changed) + f"[row.hints]\n{hints}\n")
    (outcome,) = audit(load(tmp_path))
    assert outcome.word in ("UNDECIDED", "REFUTED")


@pytest.mark.parametrize("key", ["vectors", "members", "domain", "only", "context", "scalars"])
def test_a_row_about_scales_has_no_key_that_would_be_ignored(tmp_path, key):
    (tmp_path / "paper.toml").write_text(PAPER)
    (tmp_path / "rows.toml").write_text(files({**SCALE, key: "[]"}))
    with pytest.raises(InvalidInput, match=f"unknown key '{key}'"):
        load(tmp_path)


@pytest.mark.parametrize("kind", ["fifo", "folder", "endless", "binary", "long"])
def test_what_is_not_a_text_file_of_moderate_size(tmp_path, kind):
    (tmp_path / "paper.toml").write_text(PAPER)
    path = tmp_path / "rows.toml"
    if kind == "fifo":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    elif kind == "endless":
        path.symlink_to("/dev/zero")
    else:
        path.write_bytes(b"\xff\x00" if kind == "binary" else b"#" * 1_000_001)
    with pytest.raises((InvalidInput, NotSupported)) as caught:
        load(tmp_path)
    assert str(path) in str(caught.value)


def test_an_integer_that_cannot_be_read(tmp_path):
    (tmp_path / "paper.toml").write_text(f'title = "T"\nequations = {"9" * 5000}\n')
    with pytest.raises(NotSupported) as caught:
        load(tmp_path)
    assert str(caught.value).startswith(f"{tmp_path / 'paper.toml'}: an integer of more than 4300 digits")


@pytest.mark.parametrize("kind", ["endless", "loop", "fifo", "garbage"])
def test_a_store_with_anything_in_it(tmp_path, kind):
    (tmp_path / "paper.toml").write_text(PAPER)
    (tmp_path / "rows.toml").write_text(files(SCALAR))
    store = tmp_path / "store"
    store.mkdir()
    path = store / "R.json"
    if kind == "fifo":
        os.mkfifo(path)
    elif kind == "garbage":
        path.write_bytes(os.urandom(1000))
    else:
        path.symlink_to("/dev/zero" if kind == "endless" else path)
    assert audit(load(tmp_path), store)[0].word == "PROVED"
    assert audit(load(tmp_path), store)[0].printed[0].stored


@pytest.mark.parametrize("where", ["store", "out"])
def test_a_place_that_cannot_be_written(tmp_path, where):
    (tmp_path / "paper.toml").write_text(PAPER)
    (tmp_path / "rows.toml").write_text(files(SCALAR))
    (tmp_path / "taken").write_text("")
    other = {"store": "--out", "out": "--store"}[where]
    arguments = ["audit", str(tmp_path), f"--{where}", str(tmp_path / "taken"), other, str(tmp_path / "fine")]
    result = CliRunner().invoke(main, arguments)
    assert "taken: cannot be created" in str(result.exception)


def test_premises_of_several_claims_are_counted_together(tmp_path):
    context = {
        **CONTEXT, "hypotheses": '["A: for x: X: f(x) >= 0", "B: for x: X: f(x) <= 9"]', "premises": '["A", "B"]',
    }  # fmt: skip
    (tmp_path / "paper.toml").write_text(PAPER)
    (tmp_path / "rows.toml").write_text(files({**HILBERT, "show": '["f(x) >= 0", "f(x) <= 9", "f(x) <= 10"]'}, context))
    (outcome,) = audit(load(tmp_path))
    assert outcome.word == "PROVED_UNDER_2"


def test_a_correction_that_assumes_what_it_shows_is_called_so(tmp_path):
    proposed = '[[row.correction]]\nkind = "typo"\nconsequence = "harmless"\nassume = ["h: x>=5"]\n'
    (tmp_path / "paper.toml").write_text(PAPER)
    (tmp_path / "rows.toml").write_text(files({**SCALAR, "show": '["x >= 5"]'}) + proposed)
    outcomes = audit(load(tmp_path))
    assert "nothing to prove: its hypothesis h says the same" in "\n".join(lines(outcomes))
    (shown,) = json.loads(json.dumps(document(load(tmp_path), outcomes)))["rows"]
    assert shown["correction"]["claims"][0]["restates"] == "h"
    assert "restates" not in shown["claims"][0]


def test_a_claim_without_names_is_refuted(tmp_path):
    (tmp_path / "paper.toml").write_text(PAPER)
    (tmp_path / "rows.toml").write_text(files({"id": '"R"', "kind": '"scalar"', "show": '["1 > 2"]'}))
    assert audit(load(tmp_path))[0].word == "REFUTED"


def test_closed_output_is_an_output_error_and_not_a_traceback(tmp_path):
    (tmp_path / "paper.toml").write_text(PAPER)
    (tmp_path / "rows.toml").write_text(files(SCALAR))
    script = f'"{sys.executable}" -m proofcheck audit "{tmp_path}" >&-'
    found = subprocess.run(["sh", "-c", script], capture_output=True, text=True)
    assert (found.returncode, found.stderr) == (23, "")


def test_an_interrupted_audit_keeps_the_rows_it_decided(tmp_path):
    rows = [files(SCALAR), *(f"[[row]]\n{toml({**SCALAR, 'id': repr(f'R{number}')})}" for number in range(3))]
    (tmp_path / "paper.toml").write_text(PAPER)
    (tmp_path / "rows.toml").write_text("\n".join(rows))
    loaded, store = load(tmp_path), tmp_path / "store"

    def interrupt(name, done, total):
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        audit(loaded, store, tell=interrupt)
    assert sorted(path.name for path in store.iterdir()) == ["R.json", "R0.json"]
    assert [o.printed[0].stored for o in audit(loaded, store)] == [True, True, False, False]


def test_a_stored_counterexample_is_shown_like_a_new_one(tmp_path):
    row = {**SCALAR, "scalars": '{z = "real", a = "real"}', "show": '["z >= a"]'}
    (tmp_path / "paper.toml").write_text(PAPER)
    (tmp_path / "rows.toml").write_text(files(row))
    first, second = (lines(audit(load(tmp_path), tmp_path / "store")) for _ in range(2))
    assert first == second
    assert "at z = " in first[1]

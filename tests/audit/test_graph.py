"""What each statement rests on, and whether it stands."""

from types import SimpleNamespace

import pytest

from proofcheck.audit import audit, load
from proofcheck.audit.graph import Graph, circular, document, statements
from proofcheck.errors import InvalidInput

TRUE, FALSE, NEVER = "a^2 >= 0", "a^2 >= 1", "a >= 0"


def row(name, show=TRUE, covers=(), uses=(), extra="", printed="it is so"):
    listed = [f'id = "{name}"', "page = 1", 'place = "here"', f'printed = "{printed}"', f"covers = {list(covers)}"]
    listed += [f"uses = {list(uses)}"]
    if show:
        listed += ['kind = "scalar"', 'scalars = { a = "real" }', f'show = ["{show}"]']
    return "\n".join(["[[row]]", *listed, extra, ""])


def correction(show=TRUE, consequence="harmless"):
    return (
        '[[row.correction]]\nkind = "constant"\nwords = "so"\n'
        f'consequence = "{consequence}"\nwhy = "because"\nshow = ["{show}"]\n'
    )


DEFINED = (
    '[[row]]\nid = "D"\npage = 1\nplace = "top"\nprinted = "given"\nkind = "definition"\ncovers = ["Assumption 1"]\n'
)


@pytest.fixture
def paper(tmp_path):
    """A folder from texts of rows and statements, loaded."""

    def make(rows, table, numbered=("Assumption 1", "Lemma 1", "Lemma 2", "Theorem 3")):
        head = f'title = "Paper"\nnumbered = {list(numbered)}\n'
        (tmp_path / "paper.toml").write_text(head + table)
        (tmp_path / "rows.toml").write_text("\n".join(rows))
        return load(tmp_path)

    return make


def statement(name, rows=(), uses=(), repaired=()):
    return f'[[statement]]\nname = "{name}"\nrows = {list(rows)}\nuses = {list(uses)}\nrepaired_by = {list(repaired)}\n'


def states(loaded):
    return {s["name"]: s for s in document(loaded, audit(loaded))["statements"]}


THREE = statement("Lemma 1", uses=["Assumption 1"]) + statement("Lemma 2", uses=["Lemma 1"])
THREE += statement("Theorem 3", uses=["Lemma 2"])


def test_everything_as_printed(paper):
    rows = [DEFINED, row("L1", covers=["Lemma 1"]), row("L2", covers=["Lemma 2"]), row("T3", covers=["Theorem 3"])]
    found = states(paper(rows, THREE))
    assert [s["state"] for s in found.values()] == ["given", "printed", "printed", "printed"]
    assert found["Theorem 3"]["words"] == "stands as printed"


def test_a_correction_of_a_statement_and_what_uses_it(paper):
    rows = [DEFINED, row("L1", FALSE, ["Lemma 1"], extra=correction()), row("L2", covers=["Lemma 2"])]
    rows += [row("T3", covers=["Theorem 3"])]
    found = states(paper(rows, THREE))
    assert [found[name]["state"] for name in ("Lemma 1", "Lemma 2", "Theorem 3")] == ["changed", "proof", "proof"]
    assert found["Lemma 1"]["corrections"] == [{"id": "L1", "part": "statement", "consequence": "harmless"}]
    assert found["Theorem 3"]["corrections"] == [{"id": "L1", "part": "used", "consequence": "harmless"}]


def test_a_correction_in_the_proof_leaves_the_statement_as_printed(paper):
    rows = [DEFINED, row("L1", covers=["Lemma 1"]), row("L1-step", FALSE, extra=correction(consequence="repaired"))]
    table = statement("Lemma 1", rows=["L1*"])
    found = states(paper(rows, table))["Lemma 1"]
    assert found["state"] == "proof"
    assert found["corrections"] == [{"id": "L1-step", "part": "proof", "consequence": "repaired"}]


def test_a_consequential_correction_is_not_hidden(paper):
    rows = [row("L1", FALSE, ["Lemma 1"], extra=correction(consequence="consequential"))]
    assert states(paper(rows, statement("Lemma 1")))["Lemma 1"]["state"] == "consequential"


def test_what_is_not_proved_stays_open_all_the_way_up(paper):
    rows = [DEFINED, row("L1", NEVER, ["Lemma 1"]), row("L2", covers=["Lemma 2"]), row("T3", covers=["Theorem 3"])]
    found = states(paper(rows, THREE))
    assert [found[name]["state"] for name in ("Lemma 1", "Lemma 2", "Theorem 3")] == ["open"] * 3
    assert found["Theorem 3"]["open"] == [{"id": "L1", "why": "REFUTED"}]


def test_a_statement_without_rows_is_open(paper):
    found = states(paper([DEFINED, row("L2", covers=["Lemma 2"])], THREE))
    assert found["Lemma 2"]["open"] == [{"id": "Lemma 1", "why": "no row checks it"}]


def test_the_rows_that_rows_use_count(paper):
    rows = [row("L1", covers=["Lemma 1"], uses=["help"]), row("help", uses=["more"]), row("more", NEVER)]
    assert states(paper(rows, statement("Lemma 1")))["Lemma 1"]["open"] == [{"id": "more", "why": "REFUTED"}]


def test_a_repaired_proof(paper):
    rows = [row("L1", covers=["Lemma 1"]), row("L1-step", NEVER), row("R", uses=["R-step"]), row("R-step")]
    table = statement("Lemma 1", rows=["L1-step"], repaired=["R"]) + statement("Lemma 2", uses=["Lemma 1"])
    found = states(paper([*rows, row("L2", covers=["Lemma 2"])], table))
    assert (found["Lemma 1"]["state"], found["Lemma 2"]["state"]) == ("repaired", "proof")
    assert found["Lemma 2"]["repaired"] == ["Lemma 1"]


def test_a_repaired_proof_keeps_the_corrections_of_the_statement(paper):
    rows = [row("L1", FALSE, ["Lemma 1"], extra=correction()), row("L1-step", NEVER), row("R")]
    found = states(paper(rows, statement("Lemma 1", rows=["L1-step"], repaired=["R"])))["Lemma 1"]
    assert found["state"] == "repaired"
    assert found["corrections"] == [{"id": "L1", "part": "statement", "consequence": "harmless"}]


def test_a_repaired_proof_does_not_save_a_refuted_statement(paper):
    rows = [row("L1", NEVER, ["Lemma 1"]), row("R")]
    assert states(paper(rows, statement("Lemma 1", repaired=["R"])))["Lemma 1"]["state"] == "open"


def test_what_is_imported_is_a_premise(paper):
    fact = '[[row]]\nid = "F"\npage = 1\nplace = "x"\nprinted = "known"\nkind = "fact"\nsource = "elsewhere"\n'
    found = states(paper([fact, row("L1", covers=["Lemma 1"], uses=["F"])], statement("Lemma 1")))["Lemma 1"]
    assert (found["state"], found["premises"]) == ("printed", ["F: elsewhere"])
    assert found["words"] == "stands as printed (under premises)"


def test_rows_that_use_each_other_prove_nothing(paper):
    rows = [row("L1", covers=["Lemma 1"], uses=["L1-a"]), row("L1-a", uses=["L1-b"]), row("L1-b", uses=["L1-a"])]
    loaded = paper(rows, statement("Lemma 1"))
    found = document(loaded, audit(loaded))
    assert found["circular_rows"] == ["L1-a", "L1-b"]
    assert found["statements"][0]["state"] == "open"


def test_a_row_that_uses_its_own_statement_proves_nothing(paper):
    rows = [row("L1", covers=["Lemma 1"], uses=["Lemma 2"]), row("L2", covers=["Lemma 2"], uses=["Lemma 1"])]
    found = states(paper(rows, statement("Lemma 1") + statement("Lemma 2")))
    assert found["Lemma 1"]["state"] == "open"


def test_prefixes_leave_out_what_is_not_printed(paper):
    rows = [row("L1", covers=["Lemma 1"]), row("L1-a"), row("L1-more", printed="(not printed) more")]
    assert statements(paper(rows, statement("Lemma 1", rows=["L1-*"])))["Lemma 1"].rows == ("L1-a", "L1")


def test_edges_come_from_the_table_and_from_the_rows(paper):
    rows = [DEFINED, row("L1", covers=["Lemma 1"], uses=["D"]), row("L2", covers=["Lemma 2"], uses=["L1"])]
    loaded = paper(rows, statement("Lemma 1") + statement("Lemma 2", uses=["Assumption 1"]))
    edges = set(Graph(loaded, audit(loaded)).edges())
    assert edges == {("Lemma 1", "Assumption 1"), ("Lemma 2", "Lemma 1"), ("Lemma 2", "Assumption 1")}


def test_without_a_table_every_numbered_statement_is_there(paper):
    loaded = paper([row("L1", covers=["Lemma 1"])], "", numbered=["Lemma 1"])
    assert states(loaded)["Lemma 1"]["state"] == "printed"


@pytest.mark.parametrize(
    ("table", "complaint"),
    [
        ('statement = "x"', "statement: expected [[statement]] tables"),
        (statement("Lemma 9"), "statement: name='Lemma 9' is not one of numbered"),
        (statement("Lemma 1", rows=["X-*"]), "statement Lemma 1: rows: no row 'X-*'"),
        (statement("Lemma 1", repaired=["X"]), "statement Lemma 1: repaired_by: no row 'X'"),
        (statement("Lemma 1", uses=["X"]), "statement Lemma 1: uses: 'X' is not one of numbered"),
        (statement("Lemma 1") + 'more = "x"\n', "statement Lemma 1: unknown key 'more'"),
        (statement("Lemma 1") * 2, "statement Lemma 1: defined twice"),
        ('[[statement]]\nname = "Lemma 1"\nrows = "L1"\n', "statement Lemma 1: rows: expected a list of strings"),
        (
            statement("Lemma 1", uses=["Lemma 2"]) + statement("Lemma 2", uses=["Lemma 1"]),
            "statement Lemma 1: uses: goes around in a circle (Lemma 1, Lemma 2)",
        ),
    ],
)
def test_bad_tables_are_refused_in_one_line(paper, table, complaint):
    loaded = paper([row("L1", covers=["Lemma 1"])], table)
    with pytest.raises(InvalidInput) as caught:
        statements(loaded)
    assert str(caught.value) == f"{loaded.folder / 'paper.toml'}: {complaint}"


def test_circles():
    assert circular({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": {"a"}, "e": set()}) == {"b", "c"}
    assert circular({}) == set()


def test_the_table_of_the_shipped_paper_is_sound(cases):
    loaded = load(cases / "liao24a")
    found = statements(loaded)
    theorems = [name for name in found if name.startswith(("Theorem", "Lemma"))]
    assert all(found[name].listed for name in theorems)
    outcomes = [SimpleNamespace(row=r, word="PROVED", correction=None, printed=(), corrected=()) for r in loaded.rows]
    assert Graph(loaded, outcomes).edges()

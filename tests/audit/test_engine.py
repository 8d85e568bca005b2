"""Verdicts come from the engine: what is true is proved, what is false never, whatever the files say."""

import random
import re
from dataclasses import replace
from pathlib import Path

import pytest

from proofcheck.audit import audit, load
from proofcheck.audit.engine import Checked, decide, joined
from proofcheck.audit.models import points
from proofcheck.audit.summary import document
from proofcheck.errors import InvalidInput, NotSupported
from proofcheck.kernel import Verdict, wire
from proofcheck.kernel.obligations import claim as obligations

CASES = Path(__file__).parents[2] / "cases"
PAPERS = [path.parent for path in sorted(CASES.glob("*/paper.toml"))]
HEAD = 'title = "A paper"\nsource = "nowhere"\nequations = 2\nnumbered = ["Lemma 1"]\n'


def paper(tmp_path, rows, contexts=""):
    (tmp_path / "paper.toml").write_text(HEAD)
    (tmp_path / "rows.toml").write_text(contexts + rows)
    return load(tmp_path)


def one(tmp_path, body, contexts=""):
    (outcome,) = audit(paper(tmp_path, f'[[row]]\nid = "R"\nkind = "scalar"\n{body}', contexts))
    return outcome


SMOOTH = """
[context.smooth]
spaces = ["X"]
scalars = { L = "positive", fs = "real" }
functions = { f = "X -> scalar", df = "X -> X" }
hypotheses = [
  "smooth: for x: X, y: X: f(y) <= f(x) + inner(df(x), y - x) + L/2*norm2(y - x)",
  "low: for x: X: f(x) >= fs",
  "cited: for x: X: norm2(df(x)) <= L*(f(x) - fs)",
]
premises = ["cited"]
[context.smooth.model]
scalars = { L = "2" }
functions = { f = "(x): L/4*x^2", df = "(x): L/2*x" }
"""


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        ('scalars = {x = "real", y = "real"}\nshow = ["x^2 + y^2 >= 2*x*y"]', "PROVED as printed"),
        ('scalars = {x = "real", y = "real"}\nshow = ["x^2 + y^2 >= 3*x*y"]', "REFUTED"),
        ('scalars = {x = "positive"}\nshow = ["x/(1 + x) < 1", "x + 1/x >= 2"]', "PROVED as printed"),
        ('scalars = {x = "positive"}\nshow = ["x/(1 + x) < 1", "x + 1/x > 2"]', "REFUTED"),
        ('scalars = {r = "positive", e = "positive"}\ndomain = ["r >= 1", "5*e^2 <= 2"]\n'
         'show = ["r > e"]', "PROVED as printed"),
        ('scalars = {a = "real", b = "real"}\nassume = ["h: a^3 = b^3"]\nshow = ["a = b"]', "UNDECIDED"),
        ('scalars = {s = "nonnegative", c = "nonnegative"}\ndomain = ["c <= 1"]\nassume = ["root: s^2 = 1 - c"]\n'
         'show = ["s <= 1 - c/2"]', "PROVED as printed"),
    ],
)  # fmt: skip
def test_scalar_verdicts(tmp_path, body, verdict):
    assert one(tmp_path, body).verdict == verdict


def test_an_impossible_domain_proves_nothing(tmp_path):
    outcome = one(tmp_path, 'scalars = {x = "positive"}\ndomain = ["x >= 2", "x <= 1"]\nshow = ["x >= 5"]')
    assert outcome.verdict == "UNDECIDED"


def test_lemma_about_functions_and_its_premises(tmp_path):
    lemma = (
        'context = "smooth"\nonly = ["smooth", "low"]\nvectors = {x = "X"}\nshow = ["norm2(df(x)) <= 2*L*(f(x) - fs)"]'
    )
    hints = '\n[row.hints]\ninstances = ["smooth(x=x, y=x - df(x)/L)", "low(x=x - df(x)/L)"]'
    assert one(tmp_path, lemma + hints, SMOOTH).verdict == "PROVED as printed"
    cited = 'context = "smooth"\nonly = ["cited"]\nvectors = {x = "X"}\nshow = ["norm2(df(x)) <= L*(f(x) - fs)"]'
    assert one(tmp_path, cited, SMOOTH).verdict == "PROVED_UNDER_1"


FALSE = """context = "smooth"
only = ["smooth", "low"]
vectors = {x = "X"}
show = ["norm2(df(x)) <= L*(f(x) - fs)"]
[row.hints.model]
scalars = {L = "1", fs = "0"}
vectors = {x = ["1"]}
functions = {f = "(x): x^2/2", df = "(x): x"}
"""


def test_false_lemma_is_refuted_by_a_function_and_repaired(tmp_path):
    repaired = (
        FALSE
        + """
[[row.correction]]
kind = "constant"
consequence = "harmless"
show = ["norm2(df(x)) <= 2*L*(f(x) - fs)"]
[row.correction.hints]
instances = ["smooth(x=x, y=x - df(x)/L)", "low(x=x - df(x)/L)"]
"""
    )
    outcome = one(tmp_path, repaired, SMOOTH)
    assert (outcome.word, outcome.verdict) == ("REFUTED", "PROVED after correction (constant)")
    assert one(tmp_path, repaired.replace("2*L*", "1/2*L*"), SMOOTH).verdict == "REFUTED"


def test_a_model_that_breaks_a_hypothesis_refutes_nothing(tmp_path):
    steeper = FALSE.replace("(x): x^2/2", "(x): x^2").replace('"(x): x"', '"(x): 2*x"')
    assert steeper != FALSE
    assert one(tmp_path, steeper, SMOOTH).verdict == "UNDECIDED"


def test_second_run_uses_the_stored_certificates(tmp_path, monkeypatch):
    loaded = paper(tmp_path, '[[row]]\nid = "R"\nkind = "scalar"\nscalars = {x = "real"}\nshow = ["x^2 + 1 > x"]')
    store = tmp_path / "certificates"
    (first,) = audit(loaded, store)
    assert first.word == "PROVED"
    assert not first.printed[0].stored
    monkeypatch.setattr("proofcheck.audit.engine._candidates", lambda *_: iter(()))
    (second,) = audit(loaded, store)
    assert second.word == "PROVED"
    assert second.printed[0].stored
    (fresh,) = audit(loaded, store, fresh=True)
    assert fresh.word == "UNDECIDED"


def test_a_forged_certificate_in_the_store_is_not_believed(tmp_path):
    loaded = paper(tmp_path, '[[row]]\nid = "R"\nkind = "scalar"\nscalars = {x = "real"}\nshow = ["x^2 + 1 > x"]')
    false = paper(tmp_path, '[[row]]\nid = "R"\nkind = "scalar"\nscalars = {x = "real"}\nshow = ["x^2 > x"]')
    store = tmp_path / "certificates"
    audit(loaded, store)
    stored = (store / "R.json").read_text()
    (claim,) = false.rows[0].claims
    old = wire.digest(loaded.rows[0].claims[0])
    (store / "R.json").write_text(stored.replace(old, wire.digest(claim)))
    (outcome,) = audit(false, store)
    assert outcome.word == "REFUTED"
    for text in ("", "[1]", '{"a": 1.5}', "{" * 50):
        (store / "R.json").write_text(text)
        assert audit(loaded, store)[0].word == "PROVED"


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ('[[row]]\nid = "R"\nkind = "proved"', "kind='proved' must be one of"),
        ('[[row]]\nid = "R"\nkind = "scalar"\nverdict = "PROVED"', "unknown key 'verdict'"),
        ('[[row]]\nid = "R R"\nkind = "scalar"', "is not a short name"),
        ('[[row]]\nid = "R"\nkind = "scalar"', "show: expected relations"),
        ('[[row]]\nid = "R"\nkind = "definition"\n[[row]]\nid = "R"\nkind = "definition"', "used twice"),
        ('[[row]]\nid = "R"\nkind = "scalar"\ncontext = "none"\nshow = ["1 > 0"]', "context='none' is not defined"),
        ('[[row]]\nid = "R"\nkind = "scale"\nscales = ["n"]\nshow = ["n^(1/0) >= n"]', "needs an integer"),
        ('[[row]]\nid = "R"\nkind = "scale"\nscales = ["n"]\nshow = ["n + n >= n"]', "cannot read"),
        ('[[row]]\nid = "R"\nkind = "fact"', "source: a fact needs one"),
        ("[row", "not TOML"),
        ("[rows]\n", "unknown key 'rows'"),
    ],
)
def test_bad_files_get_one_line(tmp_path, rows, message):
    with pytest.raises(InvalidInput) as caught:
        paper(tmp_path, rows)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    assert str(tmp_path) in str(caught.value)


@pytest.mark.parametrize(
    "text", ["__import__('os')", "x.y", "x^x", "9^9^9", "x^1000000000", "1e9", "(" * 2000, "x" * 9000]
)
def test_hostile_expressions_get_one_line(tmp_path, text):
    with pytest.raises((InvalidInput, NotSupported)) as caught:
        one(tmp_path, f'scalars = {{x = "real"}}\nshow = ["{text} >= 0"]')
    assert "\n" not in str(caught.value)
    assert "rows.toml: row R: " in str(caught.value)


def mutants(show, generator):
    """Changed relations: the other direction, another sign, constant or exponent."""
    left, sign, right = re.split(r"(>=|<=|>|<|=)", show, maxsplit=1)
    if sign != "=":
        yield f"{left} {'<' if '>' in sign else '>'} {right}"
    for _ in range(3):
        changes = list(re.finditer(r"(?<![A-Za-z0-9_^])[0-9]+|\^[0-9]+| [+-] ", show))
        if changes:
            m = generator.choice(changes)
            old = m[0]
            if old.strip() in "+-":
                new = " - " if "+" in old else " + "
            elif old.startswith("^"):
                new = f"^{int(old[1:]) + generator.choice([1, 2])}"
            else:
                new = f"({old}*{generator.choice([2, 3])}/{generator.choice([1, 5])})"
            yield show[: m.start()] + new + show[m.end() :]


@pytest.mark.slow
def test_changed_rows_are_never_proved(broken):
    """Sampled proved rows with a sign, constant or exponent changed, where a second reading finds them false."""
    generator = random.Random(11)
    papers = [load(folder) for folder in PAPERS]
    rows = [(row, loaded) for loaded in papers for row in loaded.rows if row.claims]
    rows = [(row, p) for row, p in rows if not any(h["for"] for claim in row.claims for h in claim["hypotheses"])]
    false = refuted = 0
    for row, loaded in generator.sample(rows, min(len(rows), 45)):
        for claim in row.claims[:1]:
            if decide_claim(row, loaded, claim).startswith("PROVED"):
                sampled = points(obligations.read(claim))
                for show in mutants(claim["show"], generator):
                    changed = {**claim, "show": show}
                    if broken(changed, sampled):
                        word = decide_claim(row, loaded, changed)
                        assert word in ("REFUTED", "UNDECIDED"), f"{row.id}: {show}"
                        false += 1
                        refuted += word == "REFUTED"
    assert false >= 40, "the sample says something"
    assert refuted >= 20


def decide_claim(row, loaded, claim):
    hints = {key: value for key, value in row.hints.items() if key in ("instances", "squares", "inhabitant")}
    return decide(replace(row, claims=(claim,), corrections=(), hints=hints), loaded, None).word


def test_numbered_items_without_a_row_are_listed(tmp_path):
    rows = '[[row]]\nid = "R"\nkind = "definition"\ncovers = ["(1)"]'
    assert document(paper(tmp_path, rows), [])["equations_without_a_row"] == ["Lemma 1", "(2)"]
    (tmp_path / "paper.toml").write_text(HEAD + 'silent = {"(2)" = "names the balls"}\n')
    assert document(load(tmp_path), [])["equations_without_a_row"] == ["Lemma 1"]
    (tmp_path / "rows.toml").write_text(rows.replace('"(1)"', '"(1)", "Lemma 1"'))
    assert document(load(tmp_path), [])["equations_without_a_row"] == []


@pytest.mark.parametrize("folder", PAPERS, ids=lambda folder: folder.name)
def test_every_numbered_item_of_the_papers_has_a_row(folder):
    loaded = load(folder)
    assert document(loaded, [])["equations_without_a_row"] == []
    assert folder.name != "liao24a" or loaded.about["equations"] == 90


def test_premises_without_names_are_counted():
    named = Checked({}, {}, Verdict("PROVED_UNDER_1", "premises used: A1"))
    unnamed = Checked({}, {}, Verdict("PROVED_UNDER_2", "the bound 1 holds after 0 steps, under 2 named premises"))
    plain = Checked({}, {}, Verdict("PROVED", "as it stands"))
    assert joined([plain]) == "PROVED"
    assert joined([named, named, plain]) == "PROVED_UNDER_1"
    assert joined([unnamed]) == "PROVED_UNDER_2"
    assert joined([named, unnamed]) == "PROVED_UNDER_3"

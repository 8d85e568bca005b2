"""The referee report on a paper: what it says, that nothing in a file is more than text, and that it compiles."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from proofcheck.audit import audit, load, summary
from proofcheck.report import audit as report
from proofcheck.report.compile import save
from proofcheck.report.drawing import layout, reduced
from proofcheck.report.maths import formula, mixed

NEEDS_LATEX = pytest.mark.skipif(shutil.which("latexmk") is None, reason="needs latexmk")
CASES = Path(__file__).parents[2] / "cases"

PAPER = r"""
title = "On 100% & more"
source = "Journal_1"
authors = "A. Author"
equations = 2
numbered = ["Assumption 1", "Lemma 1", "Theorem 2"]
constants = ["T2-K"]

[[statement]]
name = "Lemma 1"
uses = ["Assumption 1"]

[[statement]]
name = "Theorem 2"
uses = ["Lemma 1"]
"""
ROWS = r"""
[context.c]
spaces = ["X"]
scalars = { L = "positive" }
functions = { f = "X -> scalar" }
hypotheses = ["low: for x: X: f(x) >= 0"]

[[row]]
id = "A1"
page = 1
place = "Assumption 1"
printed = '$f\ge0$'
kind = "definition"
covers = ["Assumption 1"]

[[row]]
id = "L1"
page = 2
place = "Lemma 1, eq. (1)"
printed = '$\frac{f(x)}2\ge0$'
kind = "hilbert"
context = "c"
covers = ["Lemma 1", "(1)"]
uses = ["A1"]
vectors = { x = "X" }
show = ["f(x)/2 >= 0"]

[[row]]
id = "L1-step"
page = 2
place = "first display"
printed = '$a^2\ge2a$'
kind = "scalar"
scalars = { a = "real" }
show = ["a^2 >= 2*a"]
[[row.correction]]
kind = "constant"
words = '$2a-1$ for $2a$'
show = ["a^2 >= 2*a - 1"]
consequence = "repaired"
why = "The lemma needs no more."

[[row]]
id = "T2"
page = 3
place = "Theorem 2"
printed = '$a\ge b$'
kind = "scalar"
covers = ["Theorem 2"]
uses = ["L1", "L1-step"]
scalars = { a = "real", b = "real" }
show = ["a >= b"]

[[row]]
id = "T2-K"
page = 3
place = "the constant"
printed = '(not printed) $a^2\ge0$'
kind = "scalar"
scalars = { a = "real" }
show = ["a^2 >= 0"]
"""


@pytest.fixture
def document(tmp_path):
    """The data of an audit of the paper above, with some texts exchanged."""

    def make(*changes, only=()):
        texts = {"paper.toml": PAPER, "rows.toml": ROWS}
        for old, new in changes:
            assert any(old in text for text in texts.values())
            texts = {name: text.replace(old, new) for name, text in texts.items()}
        for name, text in texts.items():
            (tmp_path / name).write_text(text)
        paper = load(tmp_path)
        return summary.document(paper, audit(paper, only=only))

    return make


def section(source, name):
    """The part of the source between a heading and the next one."""
    after = source.split(rf"\section{{{name}}}", 1)[1]
    return re.split(r"\\section\{|\\end\{document\}", after)[0]


def test_the_data_is_json(document):
    found = document()
    assert json.loads(json.dumps(found)) == found
    assert found["complete"]
    assert [s["state"] for s in found["graph"]["statements"]] == ["given", "printed", "open"]


def test_what_it_says(document):
    source = report.render(document())
    assert r"On 100\% \& more" in source
    assert r"\frac{f(x)}{2}\ge 0" in source
    assert "No row covers: (2)." in source
    first = section(source, "The most consequential findings")
    assert first.index("T2") < first.index("L1-{}step"), "refuted without a correction comes first"
    assert "REFUTED" in first
    assert "The lemma needs no more." in first
    assert "T2-{}K" not in first
    constants = section(source, "Explicit constants")
    assert "T2-{}K" in constants
    assert "L1" not in constants
    rows = source.split(r"\label{sec:rows}")[1]
    assert r"\kernel{a\textasciicircum{}2 \textgreater{}=" in rows
    assert "Fails at" in rows
    assert r"\kernel{[goal] + 1/\allowbreak{}2 * [low\_1]} is \kernel{0}." in rows


def test_which_statements_stand(document):
    stand = section(report.render(document()), "Which statements stand")
    assert re.search(r"Lemma 1\}\\enspace\\word\{proved\}\{stands as printed", stand)
    assert re.search(r"Theorem 2\}\\enspace\\word\{open\}\{does not follow yet", stand)
    assert "(REFUTED)" in stand


def test_a_selection_has_no_graph(document):
    found = document(only=["L1"])
    assert found["graph"] is None
    source = report.render(found)
    assert "a selection of the rows only" in source
    assert "tikzpicture" not in source.split(r"\begin{document}")[1]


ATTACKS = [
    r"\input{/etc/passwd}",
    r"\write18{rm x}",
    r"\catcode`\%=12",
    r"\def\x{\x}\x",
    r"^^5cinput{x}",
    r"}\end{document}",
    r"{{{",
    r"\VAR{title}\BLOCK{if 1}",
    "%",
    "&#~^_",
    r"\\",
    r"\left(",
    r"\frac",
    r"x^a^b",
    r"\csname input\endcsname",
    r"\mathrm{\input{x}}",
    r"\text{\input{x}}",
    r"\text{",
    r"\begin{verbatim}",
    r"\sqrt[",
    "\u202e\ufdfd\x07",
    r"\hyperlink{x}{y}",
    "'''^2",
    "_" * 50,
    "{" * 200 + "}" * 200,
]


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("form", ["{}", "${}$", "so ${}", "$x$ {} $y$"])
def test_texts_can_only_print(attack, form):
    shown = str(mixed(form.format(attack)))
    commands = set(re.findall(r"\\([A-Za-z]+)", shown))
    assert not commands & {"input", "write", "catcode", "def", "end", "begin", "csname", "hyperlink", "VAR", "BLOCK"}
    plain = re.sub(r"\\.", "", shown)
    depth = 0
    for character in plain:
        depth += (character == "{") - (character == "}")
        assert depth >= 0
    assert depth == 0
    assert plain.count("$") % 2 == 0
    assert "%" not in plain
    assert "^^" not in plain


def test_mathematics_is_written_again():
    assert formula(r"\frac12") == r"$\frac{1}{2}$"
    assert formula(r"x_k^2'") == r"$x_{k}^{2}{}'$"
    assert formula(r"\left(a\right)^2") == r"$\left(a\right)^{2}$"
    assert formula(r"a\text{ if }b") == r"$a\text{ if }b$"
    assert formula(r"\unknown").startswith(r"\kernel{")
    assert mixed("50% of a_b") == r"50\% of a\_b"


@NEEDS_LATEX
def test_hostile_texts_compile(document, tmp_path):
    joined = " and ".join(f"{attack} ${attack}$" for attack in ATTACKS if attack.isprintable())
    quoted = json.dumps(joined)
    changes = [
        (r"""'$\frac{f(x)}2\ge0$'""", quoted),
        ('"Lemma 1, eq. (1)"', quoted),
        ('"The lemma needs no more."', quoted),
    ]
    changes += [('"On 100% & more"', quoted), ('"Journal_1"', quoted)]
    written = report.write(tmp_path / "out", document(*changes))
    assert [path.name for path in written] == ["report.tex", "report.pdf"]


@NEEDS_LATEX
def test_it_compiles_and_nothing_runs_off_the_page(document, tmp_path):
    source = report.render(
        document((r"""'$a\ge b$'""", "'$" + "+".join(rf"a_{{{i}}}x^{{{i}}}" for i in range(99)) + "$'"))
    )
    assert [path.name for path in save(tmp_path, source)] == ["report.tex", "report.pdf"]
    assert overfull(tmp_path) == []


def overfull(folder):
    """The complaints of LaTeX about lines that are more than 3 pt too wide."""
    command = ["pdflatex", "-interaction=nonstopmode", "-output-directory", str(folder), "report.tex"]
    subprocess.run(command, cwd=folder, capture_output=True, check=False)
    log = (folder / "report.log").read_text(errors="replace")
    return [width for width in re.findall(r"Overfull \\hbox \(([0-9.]+)pt", log) if float(width) > 3]


def test_the_command_writes_the_report(command, tmp_path):
    folder = tmp_path / "paper"
    folder.mkdir()
    (folder / "paper.toml").write_text(PAPER)
    (folder / "rows.toml").write_text(ROWS)
    out = tmp_path / "out"
    code, lines, _ = command("audit", folder, "--store", tmp_path / "store", "-o", out, "--no-pdf")
    assert code == 0
    assert lines[-2:] == [f"written: {out / 'audit.json'}", f"written: {out / 'report.tex'}"]
    assert json.loads((out / "audit.json").read_text())["title"] == "On 100% & more"


def test_the_command_refuses_a_circle_before_it_works(command, tmp_path):
    (tmp_path / "paper.toml").write_text(PAPER.replace('uses = ["Assumption 1"]', 'uses = ["Theorem 2"]'))
    (tmp_path / "rows.toml").write_text(ROWS)
    code, lines, err = command("audit", tmp_path, "--store", tmp_path / "store")
    assert (code, lines) == (22, [])
    assert err == [f"{tmp_path / 'paper.toml'}: statement Lemma 1: uses: goes around in a circle (Lemma 1, Theorem 2)"]


@pytest.mark.slow
@NEEDS_LATEX
def test_the_rows_of_the_shipped_paper_compile(tmp_path):
    """Every text of the paper's rows in a report; the verdicts do not matter here and are not asked for."""
    paper = load(CASES / "liao24a")
    undecided = [summary.Outcome(row, "UNDECIDED", ()) for row in paper.rows]
    found = summary.document(paper, undecided)
    for row, outcome in zip(found["rows"], undecided, strict=True):
        row["claims"] = [
            {"show": claim["show"], "claim": "", "word": "UNDECIDED", "reason": "", "stored": False, "evidence": None}
            for claim in outcome.row.claims
        ]
        row["note"] += " ".join(f"{c.words} {c.why}" for c in outcome.row.corrections)
    source = report.render(found)
    assert not re.search(r"\\kernel\{[^}]*\\textbackslash", source), "mathematics that is not understood"
    save(tmp_path, source)
    assert overfull(tmp_path) == []


def test_arrows_without_those_that_follow():
    assert reduced([("a", "b"), ("b", "c"), ("a", "c"), ("a", "d")]) == [("a", "b"), ("a", "d"), ("b", "c")]


def test_what_is_used_lies_below_and_nothing_overlaps():
    arrows = [("t", "a"), ("t", "b"), ("a", "x"), ("b", "x"), ("b", "y"), ("t", "z"), ("s", "z")]
    found = layout(arrows)
    for start, end in arrows:
        assert found.places[start][1] > found.places[end][1]
        assert found.paths[start, end][0] == found.places[start]
        assert found.paths[start, end][-1] == found.places[end]
    for one, (x, y) in found.places.items():
        for other, (v, w) in found.places.items():
            assert one == other or y != w or abs(x - v) >= 1.99


def test_layers_stay_small_for_many_names():
    arrows = [(f"n{i}", f"n{j}") for i in range(30) for j in range(i) if (i * j) % 7 == 1]
    assert len(layout(reduced(arrows)).places) <= 30

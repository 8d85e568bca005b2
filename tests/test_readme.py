"""The README's examples run, and what it says about commands is so."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


def test_python_example(tmp_path, monkeypatch, capsys):
    code, *_ = blocks("python")
    assert len([line for line in code.splitlines() if line.strip()]) <= 12
    monkeypatch.chdir(tmp_path)
    exec(compile(code, "README.md", "exec"), {})  # noqa: S102 - our own README
    out = capsys.readouterr().out
    assert out.startswith("PROVED 39/40 0.975 ")
    assert (tmp_path / "out" / "cert.json").exists()


def test_python_example_for_every_condition_number(capsys):
    _, code, _ = blocks("python")
    exec(compile(code, "README.md", "exec"), {})  # noqa: S102 - our own README
    assert capsys.readouterr().out.startswith("PROVED rate 1 - 1/2 q constant ")


def test_python_example_of_an_assumption(capsys):
    *_, code = blocks("python")
    with pytest.raises(AssertionError, match="A6"):
        exec(compile(code, "README.md", "exec"), {})  # noqa: S102 - our own README
    assert capsys.readouterr().out == "OBSERVED\n"


def test_case_example(tmp_path):
    from proofcheck import certify, load

    (text,) = blocks("toml")
    path = tmp_path / "case.toml"
    path.write_text(text)
    case = load(path)
    assert certify(case.problem, case.method, case.request).status == "PROVED"


def test_commands_exist():
    from proofcheck.cli import main

    named = set(re.findall(r"`proofcheck ([\w-]+)", README))
    assert named <= set(main.commands)
    assert set(main.commands) <= named


def test_exit_codes_are_the_kernels():
    from proofcheck.kernel import EXIT_CODES

    for word, code in EXIT_CODES.items():
        assert str(code) in README, word
    table = dict(re.findall(r"^\| ([A-Z_]+)(?:_n)? \| (\d+) \|", README, flags=re.MULTILINE))
    assert {"PROVED", "REFUTED", "UNDECIDED"} <= set(table)
    for word, code in table.items():
        assert EXIT_CODES[word] == int(code)


def test_files_named_in_the_readme_exist():
    for name in re.findall(r"\]\(([\w./-]+)\)", README):
        assert (ROOT / name).exists(), name
    for name in re.findall(r"cases/\w+\.toml", README):
        assert (ROOT / name).exists(), name

"""proofcheck init: a new repository with an example whose tests pass, written at once or not at all."""

import importlib.util
import json
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest

from proofcheck import certify, load, scaffold
from proofcheck.errors import OutputError

ROOT = Path(__file__).parents[1]
NAMES = ["cases/logistic_regression.toml", "tests/test_logistic_regression.py", ".github/workflows/proofcheck.yml"]


def held(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir())


def test_it_says_what_it_wrote_and_what_to_do(command, tmp_path):
    code, out, err = command("init", tmp_path / "my demo")
    assert (code, err) == (0, [])
    assert out[:4] == [*(f"written: {tmp_path / 'my demo' / name}" for name in NAMES), "next:"]
    assert out[4] == f"  cd '{tmp_path / 'my demo'}'"
    assert "  python -m pytest --proofcheck ." in out
    assert held(tmp_path / "my demo") == sorted(NAMES)


def test_here(command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, out, _ = command("init")
    assert code == 0
    assert out[0] == f"written: {NAMES[0]}"
    assert not any(line.startswith("  cd ") for line in out)


def test_what_is_missing_is_to_be_installed(command, tmp_path, monkeypatch):
    monkeypatch.setattr(scaffold.importlib.util, "find_spec", lambda name: None)
    assert "  python -m pip install pytest hypothesis" in command("init", tmp_path)[1]


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_overwritten(name, command, tmp_path):
    mine = tmp_path / name
    mine.parent.mkdir(parents=True)
    mine.symlink_to("nowhere") if name == NAMES[0] else mine.write_text("mine")
    code, out, err = command("init", tmp_path)
    assert (code, out) == (23, [])
    assert err == [f"{mine}: exists already; nothing was written"]
    assert held(tmp_path) == [name]


def test_a_file_in_the_way_of_a_folder(command, tmp_path):
    (tmp_path / "tests").write_text("mine")
    code, _, err = command("init", tmp_path)
    assert code == 23
    assert err == [f"{tmp_path / 'tests'}: cannot be created (File exists)"]
    assert held(tmp_path) == ["tests"]


def test_a_disk_that_fills_up_leaves_nothing(tmp_path, monkeypatch):
    write = scaffold.write_atomically

    def full(path, data):
        if path.suffix == ".yml":
            raise OutputError(f"{path}: cannot be written (No space left on device)")
        write(path, data)

    monkeypatch.setattr(scaffold, "write_atomically", full)
    with pytest.raises(OutputError, match="No space left"):
        scaffold.scaffold(tmp_path)
    assert held(tmp_path) == []


def test_the_example_passes_as_a_new_user_runs_it(tmp_path):
    """The test of the example, the case, and the pair that the next step makes."""
    (tmp_path / "pytest.ini").write_text("[pytest]\ntestpaths = tests\n")  # as many repositories have
    scaffold.scaffold(tmp_path)
    case = load(tmp_path / NAMES[0])
    result = certify(case.problem, case.method, case.request)
    assert result.status == case.expect
    result.save(tmp_path / "certificates/logistic_regression")
    found = any(entry.name == "proofcheck" for entry in metadata.entry_points(group="pytest11"))
    plugin = [] if found else ["-p", "proofcheck.pytest_plugin"]
    options = ["--proofcheck", "-q", "-rA", "-W", "error", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *plugin, *options, "."],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout
    for name in (f"{NAMES[0]}::certify", "certificates/logistic_regression/claim.json::check"):
        assert f") {name}" in done.stdout
    assert "SKIPPED" not in done.stdout


def test_a_wrong_constant_of_the_example_is_caught(tmp_path):
    """The property test can fail: 1/4 is more than the strong convexity that the regulariser gives."""
    scaffold.scaffold(tmp_path)
    case, test = (tmp_path / name for name in NAMES[:2])
    case.write_text(case.read_text().replace('mu = "1/9"', 'mu = "1/4"'))
    test.write_text(test.read_text().replace("MU / 2 * (w @ w)", "1 / 18 * (w @ w)").replace("MU * w", "1 / 9 * w"))
    spec = importlib.util.spec_from_file_location("example", test)
    example = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(example)
    with pytest.raises(AssertionError):
        example.test_the_model_is_in_the_class()


def test_the_workflow_runs_what_the_readme_says():
    text = scaffold.files()[NAMES[2]]
    assert "@SOURCE@" not in text
    assert "- run: python -m pytest --proofcheck .\n" in text
    assert f'PROOFCHECK: "{scaffold.source()}"' in text


def test_the_workflow_says_what_to_set_where_nothing_is():
    install = next(line for line in scaffold.files()[NAMES[2]].splitlines() if "- run: python -m pip" in line)
    shell = install.split("run: ")[1]
    done = subprocess.run(["/bin/sh", "-c", shell], env={"PATH": "", "PROOFCHECK": ""}, capture_output=True, text=True)
    assert done.returncode != 0
    assert done.stderr.strip().endswith("PROOFCHECK: set the variable PROOFCHECK of this repository")


@pytest.mark.parametrize(
    ("record", "source"),
    [
        (None, "proofcheck[testing]==7"),
        (
            {"url": "https://example.org/p.git", "vcs_info": {"vcs": "git", "commit_id": "a" * 40}},
            f"proofcheck[testing] @ git+https://example.org/p.git@{'a' * 40}",
        ),
        ({"url": "https://example.org/p.whl", "archive_info": {}}, "proofcheck[testing] @ https://example.org/p.whl"),
        ({"url": "file:///home/me/p", "dir_info": {}}, scaffold.UNKNOWN),
        ({"url": 'https://example.org/"\n  run: x'}, scaffold.UNKNOWN),
        (["url"], scaffold.UNKNOWN),
        ({}, scaffold.UNKNOWN),
    ],
)
def test_where_the_workflow_installs_from(record, source, monkeypatch):
    class Distribution:
        version = "7"

        def read_text(self, name):
            assert name == "direct_url.json"
            return None if record is None else json.dumps(record)

    monkeypatch.setattr(scaffold.metadata, "distribution", lambda name: Distribution())
    assert scaffold.source() == source


def test_the_wheel_has_the_templates():
    setup = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]
    patterns = setup["package-data"]["proofcheck"]
    shipped = {path for pattern in patterns for path in (ROOT / "proofcheck").glob(pattern)}
    templates = {path for path in (ROOT / "proofcheck/scaffold/templates").iterdir() if path.name != "__pycache__"}
    assert len(templates) == 4
    assert templates <= shipped

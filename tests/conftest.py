"""Shared fixtures: the command line in process, and the shipped cases."""

import contextlib
import importlib.util
import io
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def pytest_configure(config):
    """Workers take whole files in the order below, not those with the most tests first."""
    if hasattr(config.option, "loadscopereorder"):
        config.option.loadscopereorder = False


NEED_TORCH = ("import torch", "from proofcheck.empirical import")


def pytest_collection_modifyitems(items):
    """Files with slow tests first: one that begins last leaves the other workers idle.

    Examples in docstrings that use PyTorch skip where it is missing; their modules can be imported without.
    """
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)
    if importlib.util.find_spec("torch") is not None:
        return
    for item in items:
        examples = getattr(getattr(item, "dtest", None), "examples", ())
        if any(example.source.startswith(NEED_TORCH) for example in examples):
            item.add_marker(pytest.mark.skip(reason="needs PyTorch"))


@pytest.fixture
def command(capsys):
    """Run the command line in process; returns (exit code, stdout lines, stderr lines)."""
    from proofcheck.cli import run

    def call(*arguments):
        code = run([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return code, captured.out.splitlines(), captured.err.splitlines()

    return call


@pytest.fixture(scope="session")
def cases():
    """The folder with the shipped case files."""
    return ROOT / "cases"


@pytest.fixture
def main_case(cases):
    """The text of the case in the README."""
    return (cases / "nesterov_partial_strong_convexity.toml").read_text()


@pytest.fixture(scope="session")
def own():
    """The module third_party.py: classes and a method of somebody else."""
    path = Path(__file__).with_name("third_party.py")
    spec = importlib.util.spec_from_file_location("third_party", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def run_page():
    """Run the Python blocks of a document from top to bottom.

    Returns what it defines, and under "shown" pairs of what it printed and what its text blocks say. Where PyTorch is
    missing, blocks that import it are left out with what they print.
    """
    torch = importlib.util.find_spec("torch") is not None

    def run(name):
        names, shown, out, left_out = {"__name__": "page"}, [], "", False
        for language, text in re.findall(r"```(python|text)\n(.*?)```", (ROOT / name).read_text(), flags=re.DOTALL):
            if language == "python":
                assert not out, "what is printed is shown"
                left_out = not torch and re.search(r"^import torch$", text, flags=re.MULTILINE) is not None
                if left_out:
                    continue
                buffer = io.StringIO()
                with contextlib.redirect_stdout(buffer):
                    exec(compile(text, f"<{name}>", "exec"), names)  # noqa: S102 - our own page
                out = buffer.getvalue()
            elif not left_out:
                shown.append((out, text))
                out = ""
        assert not out, "what is printed is shown"
        return {**names, "shown": shown}

    return run

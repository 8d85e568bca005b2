"""Shared fixtures: the command line in process, and the shipped cases."""

import importlib.util
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


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

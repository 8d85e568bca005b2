"""The derivation reads no formula from the kernel, and SymPy is imported in this folder only."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import proofcheck.encode

FOLDER = Path(proofcheck.encode.__file__).parent
ALLOWED = {"__future__", "collections.abc", "dataclasses", "fractions", "typing", "sympy", "proofcheck.errors"}
ALLOWED.add("sympy.polys.matrices")


def imported(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level != 1:
            yield "." * node.level + (node.module or "")


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.py")), ids=lambda path: path.name)
def test_imports(path):
    assert set(imported(path)) <= ALLOWED


def test_it_works_with_an_empty_kernel():
    """With a kernel that holds nothing but exit codes, everything is still derived."""
    program = """
import sys, types
from collections import defaultdict
kernel = types.ModuleType("proofcheck.kernel")
kernel.EXIT_CODES = defaultdict(int)
kernel.__path__ = []
sys.modules["proofcheck.kernel"] = kernel
from proofcheck import encode
case = encode.lyapunov_conditions("partial_strong_convexity", "nesterov", "objective_gap", "objective_gap")
assert case.latex()
for name in encode.INEQUALITIES["partial_strong_convexity"]:
    assert encode.class_inequality("partial_strong_convexity", name).latex()
assert not [name for name in sys.modules if name.startswith("proofcheck.kernel.")]
"""
    root = FOLDER.parent.parent
    done = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_sympy_is_imported_here_only():
    package = FOLDER.parent
    others = [path for path in package.rglob("*.py") if FOLDER not in path.parents]
    assert others
    users = [path for path in others if any(name.split(".")[0] == "sympy" for name in imported(path))]
    assert users == []

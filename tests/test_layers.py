"""Arrows point one way, heavy packages are imported in one folder each, and the kernel needs nothing."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "proofcheck"
HOMES = {
    "cvxpy": "discover",
    "clarabel": "discover",
    "numpy": ("discover", "empirical", "testing"),
    "scipy": ("discover", "empirical", "testing"),
    "sympy": "encode",
    "jinja2": "report",
    "matplotlib": "report",
    "torch": "empirical",
    "sklearn": "empirical",
    "hypothesis": "testing",
    "PEPit": "testing",
    "pytest": "pytest_plugin.py",
    "click": "cli.py",
    "rich": "progress.py",
}
LAYERS = [
    "kernel",
    "errors",
    "numbers",
    "classes",
    "methods",
    "families",
    "documents",
    "case",
    "theorem_case",
    "kept",
    "discover",
    "result",
    "certifier",
    "estimates",
    "theorems",
    "brackets",
    "networks",
    "audit",
    "empirical",
    "testing",
    "report",
    "subjects",
    "decisions",
    "scaffold",
    "pytest_plugin",
    "cli",
]


def imports(path):
    """Top-level names of absolute imports, and the proofcheck modules imported."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            prefix = "" if node.level == 0 else "." * node.level
            yield prefix + (node.module or "")


def files():
    return sorted(PACKAGE.rglob("*.py"))


def home(path):
    return path.relative_to(PACKAGE).parts[0]


def test_kernel_imports_the_standard_library_only():
    for path in (PACKAGE / "kernel").rglob("*.py"):
        for name in imports(path):
            assert name.startswith(".") or name.partition(".")[0] in sys.stdlib_module_names, f"{path}: {name}"


def test_heavy_imports_have_their_homes():
    for path in files():
        for name in imports(path):
            top = name.partition(".")[0]
            if top in HOMES:
                homes = HOMES[top] if isinstance(HOMES[top], tuple) else (HOMES[top],)
                assert home(path) in homes, f"{path} imports {name}"
            elif not name.startswith((".", "proofcheck")):
                assert top in sys.stdlib_module_names or top == "__future__", f"{path} imports {name}"


def test_arrows_point_down():
    order = {name: number for number, name in enumerate(LAYERS)}
    for path in files():
        mine = home(path).removesuffix(".py")
        for name in imports(path):
            parts = name.split(".")
            if parts[0] == "proofcheck" and len(parts) > 1 and mine in order and parts[1] in order:
                assert order[parts[1]] <= order[mine], f"{path} imports {name}"


def test_encode_does_not_read_the_kernel():
    for path in (PACKAGE / "encode").rglob("*.py"):
        assert not any(name.startswith("proofcheck.kernel") for name in imports(path)), path


def test_import_is_light():
    code = "import sys, proofcheck; print(*sorted({m.partition('.')[0] for m in sys.modules}))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert not set(found.stdout.split()) & set(HOMES)


def test_every_public_name_loads():
    import proofcheck

    for name in proofcheck.__all__:
        assert getattr(proofcheck, name) is not None
    assert set(proofcheck.__all__) <= set(dir(proofcheck))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        proofcheck.nothing  # noqa: B018


@pytest.mark.parametrize(
    ("folder", "limit"),
    [
        ("classes", 100),
        ("methods", 100),
        ("rules", 100),
        ("instances", 100),
        ("statements", 100),
        ("parameter", 160),
        ("obligations", 190),
        ("networks", 190),
    ],
)
def test_kernel_files_are_small(folder, limit):
    for path in (PACKAGE / "kernel" / folder).glob("*.py"):
        assert len(path.read_text().splitlines()) <= limit, path


def test_kernel_core_is_readable_in_one_sitting():
    core = sum(len(path.read_text().splitlines()) for path in (PACKAGE / "kernel").glob("*.py"))
    assert core <= 800


def test_no_dangerous_calls():
    for path in files():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in ("eval", "exec", "sympify", "__import__"), path
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                assert node.func.attr not in ("eval", "exec", "sympify", "parse_expr", "lambdify"), path
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                assert "pickle" not in ast.dump(node), path


@pytest.mark.parametrize("package", ["testing", "empirical"])
def test_no_module_hides_what_it_exports(package):
    """A module of a package becomes its attribute when it is imported, and would hide an export of the same name."""
    import importlib

    pytest.importorskip({"empirical": "torch", "testing": "hypothesis"}[package])
    module = importlib.import_module(f"proofcheck.{package}")
    files = {path.stem for path in (PACKAGE / package).glob("*.py")}
    assert not files & set(module.__all__)
    exported = {name for names in module._HOMES.values() for name in names}
    assert exported == set(module.__all__)
    for home, names in module._HOMES.items():
        found = importlib.import_module(f"proofcheck.{package}.{home}")
        assert all(getattr(module, name) is getattr(found, name) for name in names)

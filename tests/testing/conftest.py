"""The functions with known sharp constants."""

import importlib.util
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def instances():
    path = Path(__file__).with_name("instances.py")
    spec = importlib.util.spec_from_file_location("testing_instances", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module

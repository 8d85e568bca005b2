"""Measure `assert_holds`: python benchmarks/assumptions.py [seeds of 100] [valid runs of 1000] [names ...].

For each assumption and each family of functions with known sharp constants, in floats and in exact numbers: how many
constants that are 5 % too optimistic were caught at default settings, median and largest seconds, and false alarms on
the valid functions. Everything is drawn by seed.
"""

import importlib.util
import statistics
import sys
import time
from pathlib import Path

from proofcheck.testing import AssumptionViolated, assert_holds

PATH = Path(__file__).parents[1] / "tests" / "testing" / "instances.py"
SIX = ("A1", "A2", "A3", "A4", "A5", "A6")


def instances():
    """The functions of the tests."""
    spec = importlib.util.spec_from_file_location("testing_instances", PATH)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def raised(name, f, region, seed, constants=None):
    """Whether an assumption is found to be violated, and the seconds that took."""
    start = time.perf_counter()
    try:
        assert_holds(name, f, region, seed=seed, constants=constants)
    except AssumptionViolated:
        return True, time.perf_counter() - start
    return False, time.perf_counter() - start


def row(draw, name, wrong, seeds, valid):
    """Counts and times of one assumption on one family."""
    caught, planted, false, times, quiet = 0, 0, 0, [], []
    for seed in range(max(seeds, valid)):
        f, region = draw(seed)
        if seed < valid:
            found, seconds = raised(name, f, region, seed)
            false += found
            quiet.append(seconds)
        if seed < seeds:
            for constants in wrong(f, region, name):
                found, seconds = raised(name, f, region, seed, constants)
                caught, planted = caught + found, planted + 1
                times.append(seconds)
    return caught, planted, false, times, quiet


def main(seeds, valid, names):
    """Print the table."""
    known = instances()
    print("numbers  family                    assumption          caught     seconds        false alarms   seconds")
    for exact in (False, True):
        families = known.families(exact)
        for name in names or list(dict.fromkeys(n for _, sharp in families.values() for n in sharp)):
            fitting = [(family, draw) for family, (draw, sharp) in families.items() if name in sharp]
            for family, draw in fitting:
                runs = -(-valid // len(fitting))
                caught, planted, false, times, quiet = row(draw, name, known.wrong, seeds, runs)
                print(
                    f"{'exact' if exact else 'float':8} {family:25} {name:18} {caught:4}/{planted:<4} "
                    f"{statistics.median(times):6.3f} {max(times):6.3f}   {false:3}/{runs:<5} "
                    f"{statistics.median(quiet):6.3f} {max(quiet):6.3f}",
                    flush=True,
                )


if __name__ == "__main__":
    numbers = [int(argument) for argument in sys.argv[1:] if argument.isdigit()]
    main(*(numbers + [100, 1000][len(numbers) :]), [argument for argument in sys.argv[1:] if not argument.isdigit()])

"""Measure what the search reaches beside the floors: python benchmarks/floors.py [rates|region|bounds|times|audits].

Every number printed as reached was PROVED by the kernel in this run. Times are medians of whole runs.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from fractions import Fraction
from pathlib import Path

from proofcheck import (
    GradientDescent,
    NesterovMomentum,
    PartialStrongConvexity,
    SmoothStronglyConvex,
    prove_bound,
    prove_rate,
)
from proofcheck.discover.refutation import lower_bound
from proofcheck.numbers import decimal

ROOT = Path(__file__).parents[1]


def region():
    """Largest tau (to 1e-4) with theta proved, classical momentum, beside the obstruction."""
    print("theta  kappa     floor   proved   obstruction  constant")
    for theta, kappa, floor in [(Fraction(1, 4), k, ".75") for k in (4, 9, 25, 100, 10**4, 10**6)] + [
        (Fraction(1, 2), k, ".55" if k == 100 else "-") for k in (4, 25, 100, 10**4, 10**6)
    ]:
        low, high, constant = Fraction(0), Fraction(1), None
        limit = None
        while high - low > Fraction(1, 10**4):
            tau = round((low + high) / 2 * 10**5) / Fraction(10**5)
            f = PartialStrongConvexity(mu=1, L1=kappa, L2=tau, G1=1)
            method = NesterovMomentum.classical(f)
            result = prove_rate(f, method, rate=1 - theta * f.q)
            if result.status == "PROVED":
                low, constant = tau, result.constant
            else:
                high = tau
            q, beta, z = float(f.q), float(method.beta), float(1 - theta * f.q) ** 0.5
            limit = 1 - (1 - z**2 / ((1 + beta) * z - beta)) / q**2
        print(
            f"{theta!s:<6} {kappa:<9} {floor:<7} {float(low):.4f}   {limit:.4f}       {decimal(constant, 3)}",
            flush=True,
        )


def rates():
    """Best rates without coupling, and gradient descent beside its closed form."""
    for name, floor in (("classical", "1.38"), ("paper", ".67")):
        f = PartialStrongConvexity(mu=1, L1=100, L2=1, G1=0)
        result = prove_rate(f, getattr(NesterovMomentum, name)(f, 1 if name == "classical" else "1/4"))
        theta = decimal((1 - result.rate) / f.q, 5, up=False)
        print(f"Nesterov {name}, kappa 100, G1 = 0: floor theta {floor}, proved {theta}, C {decimal(result.constant)}")
    for kappa in (4, 100, 10**3, 10**4):
        for tau in ("1/4", "9/10"):
            f = PartialStrongConvexity(mu=1, L1=kappa, L2=tau, G1=1)
            method = GradientDescent.classical(f)
            exact = (1 - method.eta * (f.mu - f.L2)) ** 2
            result = prove_rate(f, method)
            excess = float(result.rate - exact)
            print(f"gradient descent, kappa {kappa}, tau {tau}: proved - closed form = {excess:.1e} (floor 1e-6)")


def bounds():
    """N-step bounds beside closed forms and exact instances."""
    for kappa, step in ((2, 1), (10, 1), (10, "20/11"), (100, 1)):
        for steps in (1, 5, 20):
            f = SmoothStronglyConvex(mu=1, L1=kappa)
            eta = Fraction(step) / kappa
            exact = max((1 - eta) ** 2, (1 - kappa * eta) ** 2) ** steps
            result = prove_bound(f, GradientDescent(eta), steps, performance_metric="squared_distance")
            excess = float(result.bound / exact - 1)
            print(f"gradient descent, kappa {kappa}, eta {step}/L1, N {steps}: excess {excess:.1e} (floor 1e-6)")
    for kappa, tau, steps in ((25, "1/4", 6), (100, "1/2", 6), (25, "1/4", 8), (100, "1/2", 8)):
        f = PartialStrongConvexity(mu=1, L1=kappa, L2=tau, G1=1)
        result = prove_bound(f, NesterovMomentum.classical(f), steps)
        instance = lower_bound(result.claim)
        print(
            f"Nesterov, kappa {kappa}, tau {tau}, N {steps}: proved {decimal(result.bound, 6)}, "
            f"exact instance {decimal(instance.reached, 6, up=False)}"
        )


def times():
    """Whole command from case to verdict, the kernel's check, and the import."""

    def median(arguments, repeats=5):
        found = []
        for _ in range(repeats):
            start = time.perf_counter()
            subprocess.run(arguments, capture_output=True, check=False, cwd=ROOT)
            found.append(time.perf_counter() - start)
        return statistics.median(found)

    python = sys.executable
    empty = median([python, "-c", "pass"], 9)
    print(f"import proofcheck: {median([python, '-c', 'import proofcheck'], 9) - empty:.3f} s (floor 0.1)")
    for case in sorted((ROOT / "cases").glob("*.toml")):
        out = f"/tmp/proofcheck-floors/{case.stem}"
        whole = median([python, "-m", "proofcheck", "certify", str(case), "-o", out, "--no-pdf"], 3)
        files = [f"{out}/claim.json", f"{out}/cert.json"]
        check = median([python, "-S", "-m", "proofcheck.kernel", *files], 3)
        print(
            f"{case.stem}: case to verdict and report {whole:.2f} s (floor 5), kernel process {check:.2f} s (floor 0.5)"
        )


def audits():
    """Whole audits of the papers: every certificate searched, then only re-checked."""
    for paper in sorted((ROOT / "cases").glob("*/paper.toml")):
        with tempfile.TemporaryDirectory() as store:
            command = [sys.executable, "-m", "proofcheck", "audit", str(paper.parent), "--store", store, "--json"]
            seconds = []
            for _ in range(2):
                start = time.perf_counter()
                found = json.loads(subprocess.run(command, capture_output=True, check=True, cwd=ROOT).stdout)
                seconds.append(time.perf_counter() - start)
        first, second = seconds
        print(f"{paper.parent.name}, {len(found['rows'])} rows: {first:.0f} s (floor 300), again {second:.1f} s")


if __name__ == "__main__":
    for part in sys.argv[1:] or ["rates", "region", "bounds", "times"]:
        {"rates": rates, "region": region, "bounds": bounds, "times": times, "audits": audits}[part]()

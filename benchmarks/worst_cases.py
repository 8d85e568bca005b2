"""N-step worst cases beside peers, in one run: python benchmarks/worst_cases.py [--repeats R] [N ...].

For each method and N, medians of whole calls, model building included, the contenders taking turns:

- estimate: `worst_case_estimate`, floating point;
- bare: Clarabel alone on the sparse data of the program that `estimate` ended with;
- proved: `prove_bound`, with the exact certificate and the kernel's check;
- PEPit with Clarabel, floating point, where PEPit is installed (up to N = 20: at N = 50 it fails).

and how far each number is from the closed form, where there is one.
"""

import argparse
import statistics
import time
import warnings
from fractions import Fraction

from proofcheck import GradientDescent, NesterovMomentum, SmoothStronglyConvex, prove_bound, worst_case_estimate
from proofcheck.discover.steps import estimate
from proofcheck.documents import claim_document, parse, worst_case

MU, L1, ETA, BETA = 1, 10, Fraction(1, 10), Fraction(1, 2)
METHODS = {"gradient descent": GradientDescent(ETA), "Nesterov": NesterovMomentum(ETA, BETA)}
PEER_LIMIT = 20


def peer(method, steps, metric):
    """PEPit's model of the same question, built and solved."""
    from PEPit import PEP
    from PEPit.functions import SmoothStronglyConvexFunction

    problem = PEP()
    f = problem.declare_function(SmoothStronglyConvexFunction, mu=MU, L=L1)
    star = f.stationary_point()
    x = before = start = problem.set_initial_point()
    gap = metric == "objective_gap"
    problem.set_initial_condition((f(start) - f(star) if gap else (start - star) ** 2) <= 1)
    beta = float(BETA) if method == "Nesterov" else 0.0
    for _ in range(steps):
        y = x + beta * (x - before)
        x, before = y - float(ETA) * f.gradient(y), x
    problem.set_performance_metric(f(x) - f(star) if gap else (x - star) ** 2)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return problem.solve(wrapper="cvxpy", solver="CLARABEL", verbose=0)


def measure(name, steps, metric, repeats, with_peer):
    f, method = SmoothStronglyConvex(mu=MU, L1=L1), METHODS[name]
    claim = parse(claim_document(f, method, worst_case(metric, metric, steps, Fraction(1))))
    program = estimate(claim).program
    calls = {
        "estimate": lambda: worst_case_estimate(f, method, steps, performance_metric=metric).value,
        "bare": lambda: program.solve().bound,
        "proved": lambda: float(prove_bound(f, method, steps, performance_metric=metric).bound),
    }
    if with_peer and steps <= PEER_LIMIT:
        calls["PEPit"] = lambda: peer(name, steps, metric)
    seconds, values = {key: [] for key in calls}, {}
    for _ in range(repeats):
        for key, call in calls.items():
            begin = time.perf_counter()
            values[key] = call()
            seconds[key].append(time.perf_counter() - begin)
    medians = {key: statistics.median(found) for key, found in seconds.items()}
    shown = "  ".join(f"{key} {1e3 * median:8.2f} ms" for key, median in medians.items())
    ratios = f"estimate/bare {medians['estimate'] / medians['bare']:.1f}"
    if "PEPit" in medians:
        ratios += f"  PEPit/estimate {medians['PEPit'] / medians['estimate']:.0f}"
        ratios += f"  PEPit/proved {medians['PEPit'] / medians['proved']:.1f}"
    print(f"{name}, {metric}, N {steps}:  {shown}  {ratios}")
    truth = (1 - MU / L1) ** (2 * steps) if name == "gradient descent" else None
    if truth is not None:
        print("    relative to the closed form:", "  ".join(f"{key} {v / truth - 1:+.1e}" for key, v in values.items()))
    else:
        print("    values:", "  ".join(f"{key} {value:.9g}" for key, value in values.items()))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("steps", nargs="*", type=int, default=[5, 10, 20, 50])
    parser.add_argument("--repeats", type=int, default=7)
    options = parser.parse_args()
    try:
        import PEPit  # noqa: F401

        with_peer = True
    except ImportError:
        with_peer = False
        print("PEPit is not installed: measured without it")
    for name in METHODS:
        for metric in ("objective_gap", "squared_distance"):
            for steps in options.steps:
                measure(name, steps, metric, options.repeats if steps < 50 else 3, with_peer)


if __name__ == "__main__":
    main()

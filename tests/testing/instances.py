"""Functions whose sharp constants are known exactly, drawn by seed, for floats and in exact numbers.

Every one has the minimum 0 and x*(u) in the ball of x for each u in its ball, so that each assumption is attained or
approached in the region. Rotations of exact ones are products of Pythagorean rotations.
"""

from fractions import Fraction as Q

import numpy as np

from proofcheck.testing import Function, Region

TRIPLES = [(3, 4, 5), (5, 12, 13), (8, 15, 17), (7, 24, 25)]


def rotation(source, size, exact):
    """An orthogonal matrix; rational if exact, as rows."""
    if not exact:
        return np.linalg.qr(source.standard_normal((size, size)))[0]
    rows = [[Q(int(i == j)) for j in range(size)] for i in range(size)]
    for i in range(size - 1):
        a, b, c = TRIPLES[source.integers(len(TRIPLES))]
        j = int(source.integers(i + 1, size))
        p, q = Q(a, c), Q(b, c)
        rows[i], rows[j] = (
            [p * s - q * t for s, t in zip(rows[i], rows[j], strict=True)],
            [q * s + p * t for s, t in zip(rows[i], rows[j], strict=True)],
        )
    return rows


def times(matrix, vector):
    if isinstance(matrix, np.ndarray):
        return matrix @ vector
    return tuple(sum((a * b for a, b in zip(row, vector, strict=True) if a), Q(0)) for row in matrix)


def transposed(matrix):
    return matrix.T if isinstance(matrix, np.ndarray) else [list(column) for column in zip(*matrix, strict=True)]


def made(values, exact):
    return tuple(values) if exact else np.array([float(v) for v in values])


def centre(source, size, exact, spread=2):
    drawn = [Q(int(source.integers(-8 * spread, 8 * spread + 1)), 8) for _ in range(size)]
    return made(drawn, exact)


def spectrum(source, size, largest):
    """Squares of rationals from 1 to largest^2."""
    inner = sorted(Q(int(source.integers(4, 4 * largest + 1)), 4) for _ in range(size - 2))
    return [Q(1), *inner, Q(largest)] if size > 1 else [Q(1)]


def zipped(*vectors):
    return zip(*vectors, strict=True)


def quadratic(seed, exact, huber=False, kappa=3):
    """Of x alone: sum of lambda_i z_i^2/2 (or of Huber's function plus mu z_i^2/2) with z = Q (x - x*)."""
    source = np.random.default_rng([seed, 1])
    size = int(source.integers(2, 11 if not exact else 7))
    rows = rotation(source, size, exact)
    back = transposed(rows)
    roots = spectrum(source, size, kappa)
    mu, L1 = roots[0] ** 2, roots[-1] ** 2
    lams = made([r**2 for r in roots], exact)
    start = centre(source, size, exact)
    width = Q(1, 2) if exact else 0.5
    half = Q(1, 2) if exact else 0.5

    def value(x, u):
        z = times(rows, made(np.subtract(x, start), exact))
        if not huber:
            return half * sum(lam * a * a for lam, a in zipped(lams, z))
        return sum(
            half * lams[0] * a * a
            + (lam - lams[0]) * (half * a * a if abs(a) <= width else width * abs(a) - half * width**2)
            for lam, a in zipped(lams, z)
        )

    def gradient(x, u):
        z = times(rows, made(np.subtract(x, start), exact))
        if not huber:
            return times(back, made([lam * a for lam, a in zipped(lams, z)], exact))
        slopes = [lams[0] * a + (lam - lams[0]) * max(-width, min(width, a)) for lam, a in zipped(lams, z)]
        return times(back, made(slopes, exact))

    f = Function(
        name="Huber" if huber else "quadratic", dimensions=(size, 0), exact=exact, value=value, gradient_x=gradient,
        constants={"mu": mu if exact else float(mu), "L1": L1 if exact else float(L1), "f_star": 0},
        minimiser=lambda u: start,
    )  # fmt: skip
    return f, Region(x=tuple(start), x_radius=2)


def activation(kind, exact):
    """phi and phi' with |phi'| <= 1, attained."""
    if kind == "relu":
        return (lambda a: max(a, 0 * a)), (lambda a: (a > 0) * (a * 0 + 1))
    if kind == "abs":
        return abs, (lambda a: (a * 0 + 1) * (1 if a >= 0 else -1))
    if kind == "identity":
        return (lambda a: a), (lambda a: a * 0 + 1)
    return (lambda a: float(np.tanh(a))), (lambda a: float(1 - np.tanh(a) ** 2))


def additive(seed, exact, kind="relu", kappa=3, with_outer=True):
    """|A x + B phi(u - c) - b|^2/2 with A, B of known singular values; B = P S1 R, A = P S2 R'."""
    source = np.random.default_rng([seed, 2])
    size, inner = int(source.integers(2, 11 if not exact else 5)), int(source.integers(1, 11 if not exact else 5))
    left, right, other = (rotation(source, n, exact) for n in (size, size, inner))
    sa, sb = spectrum(source, size, kappa), [Q(1, 2) * r for r in spectrum(source, inner, 2)]
    order = source.permutation(size)
    diagonal = made([sa[i] for i in order], exact)
    A = _product(left, diagonal, right, size, size, exact)
    B = _product(left, made(sb[::-1], exact), other, size, inner, exact)
    At, Bt = transposed(A), transposed(B)
    phi, slope = activation(kind, exact)
    shift, target = centre(source, inner, exact, 1), centre(source, size, exact, 1)
    half = Q(1, 2) if exact else 0.5
    inverse = _inverse(left, diagonal, right, exact)

    def active(u):
        return made([phi(a) for a in np.subtract(u, shift)], exact)

    def h(x, u):
        return made(np.subtract(np.add(times(A, x), times(B, active(u))), target), exact)

    def gradient_u(x, u):
        pulled = times(Bt, h(x, u))
        return made([p * slope(a) for p, a in zipped(pulled, np.subtract(u, shift))], exact)

    top_b, count = max(sb[::-1][: min(size, inner)]), min(size, inner)
    aligned = max(
        (diagonal[i] * made(sb[::-1], exact)[i] for i in range(count)), key=abs,
    )  # fmt: skip
    constants = {"mu": sa[0] ** 2, "L1": sa[-1] ** 2, "L2": Q(1), "G1": top_b, "G2": aligned, "f_star": Q(0)}
    f = Function(
        name=f"additive {kind}", dimensions=(size, inner), exact=exact,
        constants={k: (v if exact else float(v)) for k, v in constants.items()},
        value=lambda x, u: half * sum(a * a for a in h(x, u)), gradient_x=lambda x, u: times(At, h(x, u)),
        gradient_u=gradient_u, inner=h if with_outer else None,
        outer=(lambda s: half * sum(a * a for a in s)) if with_outer else None,
        outer_gradient=(lambda s: s) if with_outer else None,
        minimiser=lambda u: times(inverse, made(np.subtract(target, times(B, active(u))), exact)),
    )  # fmt: skip
    u0 = made(np.add(shift, [Q(int(source.integers(-4, 5)), 16) for _ in range(inner)]), exact)
    x0 = f.minimiser(u0)
    return f, Region(x=tuple(x0), x_radius=8, u=tuple(u0), u_radius=2)


def _product(left, diagonal, right, rows, columns, exact):
    if exact:
        middle = [[left[i][k] * diagonal[k] for k in range(min(rows, columns))] for i in range(rows)]
        return [[sum((middle[i][k] * right[k][j] for k in range(len(middle[i]))), Q(0)) for j in range(columns)]
                for i in range(rows)]  # fmt: skip
    count = min(rows, columns)
    return left[:, :count] * diagonal[:count] @ right[:count]


def _inverse(left, diagonal, right, exact):
    inverted = made([1 / d for d in diagonal], exact)
    return _product(transposed(right), inverted, transposed(left), len(diagonal), len(diagonal), exact)


def valley(seed, exact):
    """mu |x - u|^2/2: every assumption with equality."""
    source = np.random.default_rng([seed, 3])
    size = int(source.integers(1, 5)) if exact else int(source.integers(2, 11))
    mu = Q(int(source.integers(1, 9)), 2)
    start = centre(source, size, exact)
    number = mu if exact else float(mu)

    def h(x, u):
        return made(np.subtract(x, u), exact)

    f = Function(
        name="valley", dimensions=(size, size), exact=exact,
        constants={k: (v if exact else float(v)) for k, v in
                   {"mu": mu, "L1": mu, "L2": mu, "G1": Q(1), "G2": mu, "f_star": Q(0)}.items()},
        value=lambda x, u: number / 2 * sum(a * a for a in h(x, u)),
        gradient_x=lambda x, u: made([number * a for a in h(x, u)], exact),
        gradient_u=lambda x, u: made([-number * a for a in h(x, u)], exact),
        inner=h, outer=lambda s: number / 2 * sum(a * a for a in s),
        outer_gradient=lambda s: made([number * a for a in s], exact), minimiser=lambda u: u,
    )  # fmt: skip
    return f, Region(x=tuple(start), x_radius=3, u=tuple(start), u_radius=1)


def staircase(seed, exact):
    """(r x + phi(u))^2/2 with scalar x and u; phi falls with slope -1 and climbs with slope 1 on shorter pieces."""
    source = np.random.default_rng([seed, 4])
    r = Q(int(source.integers(4, 13)), 4)
    start = Q(int(source.integers(-8, 9)), 4)
    number, half = (r, Q(1, 2)) if exact else (float(r), 0.5)
    offset = start if exact else float(start)

    def phi(a):
        whole = (a - offset) // 1
        part = (a - offset) - whole
        return -whole * half - (part if part <= 3 * half / 2 else 3 * half - part)

    def slope(a):
        return 1 if (a - offset) % 1 > 3 * half / 2 else -1

    def h(x, u):
        return made([number * x[0] + phi(u[0])], exact)

    f = Function(
        name="staircase", dimensions=(1, 1), exact=exact,
        constants={k: (v if exact else float(v)) for k, v in
                   {"mu": r**2, "L1": r**2, "L2": Q(1), "G1": Q(1), "G2": r, "f_star": Q(0)}.items()},
        value=lambda x, u: half * h(x, u)[0] ** 2, gradient_x=lambda x, u: made([number * h(x, u)[0]], exact),
        gradient_u=lambda x, u: made([slope(u[0]) * h(x, u)[0]], exact), inner=h,
        outer=lambda s: half * s[0] ** 2, outer_gradient=lambda s: s,
        minimiser=lambda u: made([-phi(u[0]) / number], exact),
    )  # fmt: skip
    u0 = made([Q(int(source.integers(-8, 9)), 4)], exact)
    return f, Region(x=tuple(f.minimiser(u0)), x_radius=3, u=tuple(u0), u_radius=2)


def coupled(seed, exact):
    """(w(u) x)^2/2 in each coordinate, w = a + relu(u): mu and L1 depend on u; h and g are not given."""
    source = np.random.default_rng([seed, 5])
    size = int(source.integers(2, 5 if exact else 7))
    least = Q(int(source.integers(2, 5)), 2)
    start = centre(source, size, exact, 1)
    a, half = (least, Q(1, 2)) if exact else (float(least), 0.5)

    def weights(u):
        return [a + max(v, 0 * v) for v in u]

    radius = Q(2)
    top = max([Q(s) if exact else Q(float(s)) for s in start]) + radius
    L1 = (least + max(top, Q(0))) ** 2
    reachable = min([Q(float(s)) if not exact else s for s in start]) - radius
    mu = (least + max(reachable, Q(0))) ** 2
    f = Function(
        name="coupled", dimensions=(size, size), exact=exact,
        constants={k: (v if exact else float(v)) for k, v in {"mu": mu, "L1": L1, "f_star": Q(0)}.items()},
        value=lambda x, u: half * sum((w * b) ** 2 for w, b in zipped(weights(u), x)),
        gradient_x=lambda x, u: made([w * w * b for w, b in zipped(weights(u), x)], exact),
    )  # fmt: skip
    return f, Region(x=(0,) * size, x_radius=2, u=tuple(start), u_radius=2)


def hidden(f, *names):
    """The same function without some of its callables."""
    import dataclasses

    return dataclasses.replace(f, **dict.fromkeys(names))


def families(exact):
    """Name -> (draw by seed, the assumptions that are sharp there)."""
    of_x = ("A1", "A2", "A6", "PL", "strong_convexity", "smoothness", "interpolation", "cocoercivity",
            "nonnegative_value")  # fmt: skip
    all_six = ("A1", "A2", "A3", "A4", "A5", "A6", "A3A4", "proviso", "PL", "Lemma 5", "Lemma 20")
    equal = (*all_six, "Lemma 8", "Lemma 9", "minimisers")
    found = {
        "quadratic": (lambda seed: quadratic(seed, exact), of_x),
        "quadratic, kappa 10^4": (lambda seed: quadratic(seed, exact, kappa=100), of_x),
        "Huber": (lambda seed: quadratic(seed, exact, huber=True),
                  tuple(n for n in of_x if n not in ("PL",))),
        "valley": (lambda seed: valley(seed, exact), equal),
        "staircase": (lambda seed: staircase(seed, exact), equal),
        "coupled": (lambda seed: coupled(seed, exact), ("A1", "A2", "A6")),
        "additive relu": (lambda seed: additive(seed, exact, "relu"), all_six),
        "additive abs": (lambda seed: additive(seed, exact, "abs"), all_six),
        "values alone": (lambda seed: (lambda f, r: (hidden(f, "gradient_x", "gradient_u", "inner", "outer"), r))(
            *additive(seed, exact, "relu")), ("A1", "A2", "A6", "A3A4")),
    }  # fmt: skip
    if not exact:
        found["additive tanh"] = (lambda seed: additive(seed, exact, "tanh"), all_six)
    return found


def wrong(f, region, name):
    """Constants 5 % too optimistic for an assumption: a list of changes, each of which must be noticed."""
    x, u = (tuple(map(Q, part)) if f.exact else np.array(part, float) for part in (region.x, region.u))
    share = Q(1, 20) if f.exact else 0.05
    if name in ("A6", "nonnegative_value"):
        away = list(x)
        away[0] = away[0] + (Q(region.x_radius) / 2 if f.exact else float(region.x_radius) / 2)
        start = f.value(made(away, f.exact), u) - f.constants["f_star"]
        changes = [{"f_star": f.constants["f_star"] + share * start}]
        if name == "A6":
            changes.append({"f_star": f.constants["f_star"] - share * start})
        return changes
    one = Q(1) if f.exact else 1.0
    solved = {"A1": "mu", "strong_convexity": "mu", "PL": "mu", "A2": "L1", "smoothness": "L1", "interpolation": "L1",
              "cocoercivity": "L1", "A3": "L2", "A5": "G2", "Lemma 8": "G2"}.get(name, "G1")  # fmt: skip
    factor = one + share if solved == "mu" else one - share
    return [{solved: f.constants[solved] * factor}]

"""The command line: searches, checks, tables and reports. The last line of a verdict is one word."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import click

from proofcheck.errors import InvalidInput, ProofcheckError
from proofcheck.kernel import EXIT_CODES, Refusal
from proofcheck.kernel.__main__ import load as load_bytes
from proofcheck.kernel.__main__ import main as kernel_main


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="proofcheck", message="proofcheck %(version)s")
def main() -> None:
    """Exact certificates for convergence theorems of first-order methods.

    Exit codes: 0 PROVED, 10 PROVED_UNDER_n, 11 REFUTED, 12 UNDECIDED, 13 OBSERVED, 20 REJECTED,
    21 DECLINED, 22 invalid input, 23 output cannot be written, 64 usage, 70 internal error,
    130 interrupted.
    """


@main.command()
@click.argument("case", type=click.Path(path_type=Path))
@click.option("-o", "--out", type=click.Path(path_type=Path), help="Folder for claim.json, cert.json and the report.")
@click.option("--pdf/--no-pdf", default=True, help="Compile report.pdf where latexmk is on PATH.")
def certify(case: Path, out: Path | None, pdf: bool) -> int:
    """Search a proof of the theorem in CASE and let the kernel decide."""
    from proofcheck import case as cases
    from proofcheck.certifier import certify as search
    from proofcheck.progress import progress_bar

    loaded = cases.load(case)
    _head(loaded)
    if out is not None:
        from proofcheck.files import make_directory

        make_directory(out)
    with progress_bar() as progress:
        result = search(loaded.problem, loaded.method, loaded.request, progress)
    _show(result, loaded)
    if out is not None:
        click.echo("making the report" + (" and its PDF" if pdf else ""), err=True)
    if out is not None:
        provenance: dict[str, Any] = {"title": loaded.title, "source": loaded.source, "known": loaded.known}
        result.save(out, provenance)
        _report(out, result, provenance, pdf)
        click.echo(_written(out))
    return _word(result, loaded)


@main.command()
@click.argument("case", type=click.Path(path_type=Path))
@click.option("-o", "--out", type=click.Path(path_type=Path), help="Folder for claim.json, cert.json and the report.")
@click.option("--best/--no-best", default=True, help="Look for the largest tau at the same rate too.")
@click.option("--pdf/--no-pdf", default=True, help="Compile report.pdf where latexmk is on PATH.")
def theorem(case: Path, out: Path | None, best: bool, pdf: bool) -> int:
    """Search one certificate for every condition number and let the kernel decide."""
    from proofcheck import theorem_case
    from proofcheck.progress import progress_bar
    from proofcheck.theorems import certify_theorem

    loaded = theorem_case.load(case)
    _head(loaded)
    if out is not None:
        from proofcheck.files import make_directory

        make_directory(out)
    with progress_bar() as progress:
        found = certify_theorem(
            loaded.problem, loaded.method, loaded.request,
            balls=loaded.balls, start=loaded.start, best=best, progress=progress,
        )  # fmt: skip
    _show_theorem(found)
    if out is not None:
        click.echo("making the report" + (" and its PDF" if pdf else ""), err=True)
        provenance: dict[str, Any] = {"title": loaded.title, "source": loaded.source, "known": loaded.known}
        found.save(out, provenance)
        _report(out, found.nicest, provenance, pdf)
        if found.best is not None:
            _report(out / "best", found.best, provenance, pdf)
        click.echo(_written(out) + (" and in its folder best" if found.best else ""))
    return _word(found.nicest, loaded)


def _word(result: Any, loaded: Any) -> int:
    """The last line and the exit code; before it a note where the case file expects another word."""
    from proofcheck.case import as_expected

    if loaded.expect and not as_expected(result.status, loaded.expect):
        click.echo(f"note:     the case file expects {loaded.expect}")
    click.echo(result.status)
    return int(result.exit_code)


def _report(folder: Path, result: Any, provenance: dict[str, Any], pdf: bool) -> None:
    """Write the report of a result into its folder, if it has a claim."""
    if result.claim is not None:
        from proofcheck.report import write

        notes = dict(sorted(result.notes.items()))
        write(folder, result.claim, result.certificate, {**provenance, "notes": notes}, pdf=pdf)


def _written(folder: Path) -> str:
    return f"written: {', '.join(sorted(p.name for p in folder.iterdir() if p.name in OUTPUTS))} in {folder}"


def _head(loaded: Any) -> None:
    click.echo(f"case: {loaded.title}")
    if loaded.source:
        click.echo(f"source: {loaded.source}")


def _show_theorem(found: Any) -> None:
    from proofcheck.symbols import claim_text, plain

    click.echo()
    if found.nicest.claim is not None:
        click.echo(found.nicest.explain())
    for title, result in (("nicest", found.nicest), ("best", found.best)):
        if result is None or result.claim is None:
            continue
        click.echo()
        click.echo(f"{title + ':':<9} {claim_text(result.claim)}")
        for key in ("tau", "balls"):
            value = result.claim["class"].get(key)
            if value is not None:
                shown = ", ".join(f"C_{k} = {plain(v)}" for k, v in value.items()) if key == "balls" else plain(value)
                click.echo(f"{key + ':':<9} {shown}")
        for name, text in result.notes.items():
            click.echo(f"OBSERVED  {name}: {text}")
        click.echo(f"kernel:   {result.status}: {result.reason}")


def _sign(number: Fraction, shown: str, rounded: str) -> str:
    """Return "=" where the decimal is exact."""
    return "=" if Fraction(shown) == number else rounded


SHOWN = ("title", "source", "known", "notes")
RUN = {"proofcheck-experiment/1": "experiment", "proofcheck-network-case/1": "network"}  # read with PyTorch only
OUTPUTS = (
    "claim.json", "cert.json", "data.f64", "weights.f64", "run.json", "report.tex", "report.pdf",
    "evidence.json", "run.png", "run.pdf",
)  # fmt: skip


def _show(result: Any, loaded: Any) -> None:
    from proofcheck.numbers import decimal, rational_sqrt
    from proofcheck.symbols import claim_text

    click.echo()
    if result.claim is not None:
        click.echo(result.explain())
        click.echo()
        click.echo(f"claim:    {claim_text(result.claim)}")
    for name, number in (("rate", result.rate), ("constant", result.constant), ("bound", result.bound)):
        if number is not None:
            click.echo(f"{name + ':':<9} {number} {_sign(number, decimal(number), '<=')} {decimal(number)}")
    q = rational_sqrt(1 / loaded.problem.kappa)
    if result.rate is not None and q:
        theta = (1 - result.rate) / q
        shown = decimal(theta, 6, up=False)
        click.echo(f"theta:    (1 - rate) sqrt(kappa) = {theta} {_sign(theta, shown, '>=')} {shown}")
    for name, text in result.notes.items():
        click.echo(f"OBSERVED  {name}: {text}")
    teller = "kernel" if result.certificate else "result"
    click.echo(f"{teller}:   {result.status}: {result.reason}")


@main.command()
@click.option("--method", default="nesterov", show_default=True, help="A method of the package.")
@click.option("--tuning", default="classical", show_default=True, help="One of its tunings.")
@click.option("--kappa", default="4,25,100,10000", show_default=True, help="Condition numbers, with commas.")
@click.option("--tau", default="0,1/8,1/4,2/5,1/2,5/8,3/4", show_default=True, help="Couplings, with commas.")
@click.option("-o", "--out", type=click.Path(path_type=Path), required=True, help="Folder; a second run goes on there.")
def brackets(method: str, tuning: str, kappa: str, tau: str, out: Path) -> int:
    """Best rates on the partial class over (KAPPA, TAU), proved and refuted: a table and a plot."""
    from proofcheck.brackets import COLUMNS, table
    from proofcheck.numbers import exact
    from proofcheck.progress import progress_bar

    kappas, taus = (
        [exact(x.strip(), key) for x in given.split(",")] for key, given in (("kappa", kappa), ("tau", tau))
    )
    with progress_bar() as progress:
        found = table(kappas, taus, method, tuning, out, progress=progress)
    for row in [COLUMNS[:6], *(entry.row()[:6] for entry in found)]:
        click.echo("  ".join(f"{entry:<13}" for entry in row).rstrip())
    from proofcheck.report.plots import plot_brackets

    for path in [out / "brackets.csv", *plot_brackets(found, f"{method}, {tuning} tuning", out)]:
        click.echo(f"written: {path}")
    return 0


@main.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--only", multiple=True, help="Only the rows whose id starts with this; may be repeated.")
@click.option("--json", "as_json", is_flag=True, help="Everything as JSON on standard output.")
@click.option("--store", type=click.Path(path_type=Path), help="Folder of certificates (default: FOLDER/certificates).")
@click.option("--fresh", is_flag=True, help="Do not look at stored certificates; search again.")
@click.option("-o", "--out", type=click.Path(path_type=Path), help="Folder for audit.json and the referee report.")
@click.option("--pdf/--no-pdf", default=True, help="Compile report.pdf where latexmk is on PATH.")
def audit(
    folder: Path, only: tuple[str, ...], as_json: bool, store: Path | None, fresh: bool, out: Path | None, pdf: bool
) -> int:
    """Check a paper line by line: every statement and step in FOLDER proved, refuted, or repaired.

    Exits with 0 when every row was decided as far as it can be; the verdicts are in the output.
    """
    import json

    from proofcheck.audit import audit as decide
    from proofcheck.audit import graph, load, summary
    from proofcheck.progress import progress_bar

    paper = load(folder)
    graph.statements(paper)  # complains before the work
    with progress_bar() as progress:
        found = decide(
            paper, store or folder / "certificates", only, fresh,
            lambda name, done, total: progress(f"{name} ({done} of {total})", done / max(total, 1)),
        )  # fmt: skip
    document = summary.document(paper, found)
    if as_json:
        click.echo(json.dumps(document, indent=1))
    else:
        click.echo(f"{paper.title}\n{paper.source}\n")
        click.echo("\n".join(summary.lines(found)))
        for line in summary.standing(document):
            click.echo(line)
        if not only and document["equations_without_a_row"]:
            click.echo(f"without a row: {', '.join(document['equations_without_a_row'])}")
    if out is not None:
        from proofcheck.files import make_directory, write_atomically
        from proofcheck.report import audit as referee

        click.echo("making the report" + (" and its PDF" if pdf else ""), err=True)
        make_directory(out)
        write_atomically(out / "audit.json", (json.dumps(document, indent=1) + "\n").encode())
        pairs = summary.write_pairs(found, out / "obligations")
        click.echo(f"written: {pairs} claims with their certificates in {out / 'obligations'}", err=as_json)
        for path in [out / "audit.json", *referee.write(out, document, pdf)]:
            click.echo(f"written: {path}", err=as_json)
    return 0


@main.command()
@click.argument("experiment")
@click.option("--trials", type=int, default=10, show_default=True, help="figure1: instances in each row.")
@click.option("--steps", type=int, default=100, show_default=True, help="figure1: iterations.")
@click.option("--seed", type=int, default=0, show_default=True, help="figure1: of the first trial; the next count up.")
@click.option("--kappa", type=float, default=16, show_default=True, help="figure1: condition number of A1, squared.")
@click.option("--c", type=float, default=0.5, show_default=True, help="figure1: the step size is c/L1.")
@click.option("--tuning", default="paper", show_default=True, help="figure1: of the momentum: paper or classical.")
@click.option("--activation", default="relu", show_default=True, help="figure1: relu, tanh, abs or identity.")
@click.option("--device", default="auto", show_default=True, help="auto, cpu or cuda.")
@click.option("-o", "--out", type=click.Path(path_type=Path), help="Folder for tables and plots; goes on there.")
@click.pass_context
def validate(context: click.Context, /, experiment: str, out: Path | None, device: str, **options: Any) -> int:
    """Run EXPERIMENT in floating point, beside what is proved; all of it is OBSERVED.

    EXPERIMENT is an experiment file (TOML, docs/networks.md), or figure1 for the paper's Figure 1 alone.
    Needs PyTorch (extra `torch`), and matplotlib (extra `plots`) for the pictures.
    """
    from proofcheck.empirical import require_torch

    if experiment != "figure1" and not experiment.endswith(".toml"):
        raise InvalidInput(f"EXPERIMENT={experiment!r} must be figure1 or an experiment file (*.toml)")
    require_torch()
    if experiment == "figure1":
        _figure1(out, {**options, "device": device})
    else:
        for name in options:
            if context.get_parameter_source(name) is not click.core.ParameterSource.DEFAULT:
                raise InvalidInput(f"--{name} belongs to figure1, not to an experiment file")
        _experiment(Path(experiment), out, device)
    click.echo("OBSERVED")
    return EXIT_CODES["OBSERVED"]


def _figure1(out: Path | None, options: dict[str, Any]) -> None:
    from proofcheck.empirical import figures
    from proofcheck.progress import progress_bar

    with progress_bar() as progress:
        panels = figures.figure1(**options, progress=progress)
    click.echo("Liao and Kyrillidis (ALT 2024), Figure 1: additive models, gradient descent and Nesterov's momentum")
    for line in figures.lines(panels):
        click.echo(line)
    if out is not None:
        from proofcheck.files import make_directory, write_atomically
        from proofcheck.report.plots import plot_figure1

        make_directory(out)
        write_atomically(out / "figure1.csv", figures.table(panels))
        for path in [out / "figure1.csv", *plot_figure1(panels, out)]:
            click.echo(f"written: {path}")


def _experiment(path: Path, out: Path | None, device: str) -> None:
    from proofcheck.empirical import experiment, tables, validation
    from proofcheck.progress import progress_bar

    loaded = experiment.load(path)
    click.echo(f"experiment: {loaded.title}")
    if loaded.source:
        click.echo(f"source: {loaded.source}")
    if out is not None:
        from proofcheck.files import make_directory

        make_directory(out)
    with progress_bar() as progress:
        records = validation.validate(loaded, device=device, folder=out, progress=progress)
    for line in tables.lines(records):
        click.echo(line)
    if out is not None:
        from proofcheck.files import write_atomically
        from proofcheck.report.validation import plot_validation

        for name, made in (("checks", "check_table"), ("rates", "rate_table"), ("curves", "curve_table")):
            write_atomically(out / f"{name}.csv", getattr(tables, made)(records))
            click.echo(f"written: {out / name}.csv")
        for picture in plot_validation(records, loaded.title, out):
            click.echo(f"written: {picture}")


@main.command("certify-network")
@click.argument("case", type=click.Path(path_type=Path))
@click.option(
    "-o", "--out", type=click.Path(path_type=Path), help="Folder for claim, certificate, data, weights, report."
)
@click.option("--width", help="Of the last hidden layer: a number, or auto for the smallest one that is certified.")
@click.option("--seed", type=int, help="Of the weights, in place of the one in CASE.")
@click.option("--scale", is_flag=True, help="Where no theorem fits: which scaling of targets or first layer would.")
@click.option("--steps", type=int, default=500, show_default=True, help="Of the run beside the proof; 0 for none.")
@click.option("--device", default="auto", show_default=True, help="Of the run: auto, cpu or cuda.")
@click.option("--pdf/--no-pdf", default=True, help="Compile report.pdf where latexmk is on PATH.")
def certify_network(case: Path, out: Path | None, width: str | None, seed: int | None, **options: Any) -> int:
    """Prove that momentum converges at the accelerated rate on the network in CASE, from its start.

    CASE is TOML (docs/networks.md) and names data and weights. Needs PyTorch (extra `torch`).
    """
    from proofcheck.empirical import require_torch

    require_torch()
    from proofcheck.empirical import network_case, network_runs
    from proofcheck.networks import certify_network as prove
    from proofcheck.progress import progress_bar
    from proofcheck.report import network as report_network

    if options["steps"] < 0:
        raise InvalidInput(f"--steps={options['steps']} must be >= 0")
    from proofcheck.empirical import device_of

    device_of(options["device"])  # complains before the work
    loaded = network_case.load(case).other(seed=seed)
    _head(loaded)
    if out is not None:
        from proofcheck.files import make_directory

        make_directory(out)
    with progress_bar() as progress:
        if width is not None:
            wanted_width = _smallest(loaded, progress) if width == "auto" else _width(width)
            loaded = loaded.other(width=wanted_width)
        arrays = loaded.arrays()
        result = prove(*arrays, scales=options["scale"], progress=progress)
        for _ in range(WIDER if width == "auto" and result.status != "PROVED" else 0):
            loaded = loaded.other(width=loaded.widths[-1] + max(1, loaded.widths[-1] // 100))
            arrays = loaded.arrays()
            result = prove(*arrays, progress=progress)
            if result.status == "PROVED":
                click.echo(f"width:    {loaded.widths[-1]}, where the exact bounds fit as well")
                break
        seen = None
        if options["steps"] and result.status == "PROVED":
            wanted = {"steps": options["steps"], "device": options["device"]}
            seen = network_runs.observe(result, arrays, **wanted, progress=progress)
    for line in _network_lines(result, seen):
        click.echo(line)
    if out is not None:
        click.echo("making the report" + (" and its PDF" if options["pdf"] else ""), err=True)
        shapes = [list(part.shape) for part in (*arrays[:2], *arrays[2])]
        provenance: dict[str, Any] = {"title": loaded.title, "source": loaded.source, "shapes": shapes}
        result.save(out, provenance)
        report_network.write(out, result, provenance, seen, pdf=options["pdf"])
        click.echo(_written(out))
    return _word(result, loaded)


WIDER = 10  # steps of one percent, where the exact bounds are a little larger than those in floating point


def _width(given: str) -> int:
    """The number."""
    if not given.isascii() or not given.isdigit() or len(given) > 6:
        raise InvalidInput(f"--width={given!r} must be auto or a number")
    return int(given)


def _smallest(loaded: Any, progress: Any) -> int:
    """The smallest width at which a theorem fits, by bisection from the number of samples on."""
    from proofcheck.errors import NotSupported
    from proofcheck.kernel.networks.claim import MAX_WIDTH
    from proofcheck.networks import smallest_width

    inputs, targets, weights = loaded.arrays()
    least, most = len(inputs), min(MAX_WIDTH, 2**24 // max(len(inputs), len(weights[-2])))
    found, tried = smallest_width(
        inputs, targets, lambda width: loaded.other(width=width).arrays()[2], least, most, progress
    )
    if found is None:
        raise NotSupported(f"--width=auto: no width up to {most} is certified; there off by {tried[most]:.3g}")
    click.echo(f"width:    {found}, the smallest of {len(tried)} that were tried (OBSERVED; not monotone in general)")
    return found


def _network_lines(result: Any, seen: Any) -> list[str]:
    """What the command says about a network."""
    from proofcheck.numbers import decimal

    lines = ["", result.explain(), ""] if result.claim is not None else [""]
    if result.rate is not None:
        lines.append(f"rate:     {result.rate} {_sign(result.rate, decimal(result.rate), '<=')} {decimal(result.rate)}")
        for key, name in (("kappa", "kappa"), ("tau", "tau"), ("theorem", "theorem")):
            value = result.numbers[key]
            lines.append(f"{name + ':':<9} {value if isinstance(value, str) else f'{value:.6g}'}")
    for which, factor in (result.numbers.get("scales") or {}).items():
        name = {"targets": "the targets", "first": "the first layer"}[which]
        lines.append(
            f"OBSERVED  {name} times {factor:.4g} would do" if factor else f"OBSERVED  no scale of {name} would do"
        )
    if seen is not None and not seen.f[0]:
        lines.append("OBSERVED  f(W(0)) = 0: the run stays at the start")
    elif seen is not None:
        held = "at every step" if seen.violation is None else f"until step {seen.violation}, where it is VIOLATED"
        lines += [
            f"OBSERVED  run of {seen.stopped} steps in float64: the bound holds {held};"
            f" f_k/f_0 = {seen.f[-1] / seen.f[0]:.3g}",
            f"OBSERVED  rate {seen.rate:.6g} per step; furthest from the start: {seen.x:.3g} R_x, {seen.u:.3g} R_u",
        ]
    return [*lines, f"{'kernel' if result.certificate else 'result'}:   {result.status}: {result.reason}"]


@main.command()
@click.argument("claim", type=click.Path(path_type=Path))
@click.argument("certificate", type=click.Path(path_type=Path))
def check(claim: Path, certificate: Path) -> int:
    """Let the kernel decide whether CERTIFICATE proves (or refutes) CLAIM."""
    return kernel_main([str(claim), str(certificate)])


@main.command()
@click.argument("claim", type=click.Path(path_type=Path))
def explain(claim: Path) -> int:
    """Say in words, from the kernel's meaning, what CLAIM claims and under which premises."""
    return kernel_main([str(claim)])


@main.command()
@click.argument("directory", type=click.Path(path_type=Path), default=Path())
def init(directory: Path) -> int:
    """Write an example into DIRECTORY: a case, a test and a CI snippet. Nothing is overwritten."""
    from proofcheck.scaffold import next_steps, scaffold

    for path in scaffold(directory):
        click.echo(f"written: {path}")
    click.echo("next:")
    for line in next_steps(directory):
        click.echo(f"  {line}")
    return 0


@main.command("list")
@click.argument("folder", type=click.Path(path_type=Path), default=Path("cases"))
def list_cases(folder: Path) -> int:
    """List the case files in FOLDER with their sources and known rates."""
    from proofcheck import case as cases
    from proofcheck import theorem_case

    if not folder.is_dir():
        raise InvalidInput(f"{folder}: not a folder")
    code = 0
    for path in [*sorted(folder.glob("*.toml")), *sorted(folder.glob("*/*.toml"))]:
        if path.parent != folder and (path.parent / "paper.toml").exists():  # the rows of an audit
            if path.name == "paper.toml":
                about = cases.read_document(path)
                click.echo(f"{path.parent}\n    audit of: {about.get('title')}\n    source: {about.get('source')}")
            continue
        try:
            document = cases.read_document(path)
            if document.get("format") in RUN:
                kind = RUN[document["format"]]
                click.echo(f"{path}\n    {kind}: {document.get('title')}\n    source: {document.get('source', '')}")
                continue
            theorem = document.get("format") == theorem_case.FORMAT
            found: Any = theorem_case.load(path) if theorem else cases.load(path)
        except ProofcheckError as error:
            click.echo(str(error), err=True)
            code = error.exit_code
            continue
        click.echo(f"{path}")
        for key in ("title", "source", "known"):
            click.echo(f"    {key}: {getattr(found, key)}")
    return code


@main.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--pdf/--no-pdf", default=True, help="Compile report.pdf where latexmk is on PATH.")
def report(folder: Path, pdf: bool) -> int:
    """Make the report in FOLDER again from its claim.json and cert.json; the kernel is asked again."""
    from proofcheck.documents import verdict
    from proofcheck.kernel.networks.claim import FORMAT as NETWORK
    from proofcheck.report import write

    claim = _document(folder / "claim.json")
    certificate = _document(folder / "cert.json") if (folder / "cert.json").exists() else None
    if claim.get("format") == NETWORK:
        return _network_report(folder, claim, certificate, pdf)
    provenance = _document(folder / "run.json") if (folder / "run.json").exists() else {}
    shown: dict[str, Any] = {key: provenance[key] for key in SHOWN if key in provenance}
    for path in write(folder, claim, certificate, shown, pdf=pdf):
        click.echo(f"written: {path}")
    if certificate is None:
        click.echo("UNDECIDED")
        return EXIT_CODES["UNDECIDED"]
    answer = verdict(claim, certificate)
    click.echo(answer.reason)
    click.echo(answer.word)
    return answer.exit_code


def _network_report(folder: Path, claim: dict[str, Any], certificate: dict[str, Any] | None, pdf: bool) -> int:
    """The same for a claim about a network, whose data and weights lie beside it."""
    from proofcheck.report import network

    answer, written = network.again(folder, claim, certificate, pdf)
    for path in written:
        click.echo(f"written: {path}")
    click.echo(answer.reason)
    click.echo(answer.word)
    return answer.exit_code


def _document(path: Path) -> dict[str, Any]:
    """A JSON object read with the kernel's strict reader."""
    from proofcheck.kernel.wire import read_json

    try:
        found = read_json(load_bytes(str(path)), str(path))
    except Refusal as refusal:
        error = InvalidInput(str(refusal))
        error.exit_code = EXIT_CODES[refusal.word]
        raise error from None
    if not isinstance(found, dict):
        raise InvalidInput(f"{path}: expected a JSON object")
    return found


@main.command()
@click.option("-o", "--out", type=click.Path(path_type=Path), default=Path("proofcheck-kernel.pyz"), show_default=True)
def kernel(out: Path) -> int:
    """Build the kernel alone as a zipapp that needs no third-party package."""
    from proofcheck.zipapp import build

    click.echo(f"written: {build(out)}")
    click.echo(f"use: python -I -S {out} claim.json cert.json")
    return 0


@main.command()
@click.option("--data", multiple=True, help="orthogonal, gaussian, digits, digits64; may be repeated (default: all).")
@click.option("--largest", type=int, default=2**17, show_default=True, help="The largest width that is computed.")
@click.option("-o", "--out", type=click.Path(path_type=Path), help="Folder for widths.csv, widths.png and widths.pdf.")
def widths(data: tuple[str, ...], largest: int, out: Path | None) -> int:
    """Compare the widths at which the paper's condition (5) and our theorem apply; all of it is OBSERVED.

    Needs PyTorch (extra `torch`), and matplotlib (extra `plots`) for the picture.
    """
    from proofcheck.empirical import require_torch
    from proofcheck.progress import progress_bar

    require_torch()
    from proofcheck.empirical import compare

    chosen = compare.examples(data)
    with progress_bar() as progress:
        rows = compare.widths(chosen, largest=largest, progress=progress)
    for line in compare.lines(rows):
        click.echo(line)
    if out is not None:
        from proofcheck.files import make_directory, write_atomically
        from proofcheck.report.width_plot import plot_widths

        make_directory(out)
        write_atomically(out / "widths.csv", compare.table(rows))
        for path in [out / "widths.csv", *plot_widths(rows, out)]:
            click.echo(f"written: {path}")
    click.echo("OBSERVED")
    return EXIT_CODES["OBSERVED"]


def run(arguments: list[str] | None = None) -> int:
    """Run the command line and return the documented exit code; never a traceback for bad input."""
    try:
        code = main.main(args=arguments, standalone_mode=False)
    except click.UsageError as error:
        click.echo(f"usage: {error.format_message()}", err=True)
        return EXIT_CODES["USAGE"]
    except click.exceptions.Exit as error:
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        return EXIT_CODES["INTERRUPTED"]
    except ProofcheckError as error:
        click.echo(str(error), err=True)
        return error.exit_code
    except (OSError, SystemExit):  # files are handled where they are opened, so this is standard output
        return EXIT_CODES["OUTPUT"]
    except Exception as error:  # noqa: BLE001 - a defect must not look like a verdict
        click.echo(f"internal error: {type(error).__name__}: {error}", err=True)
        return EXIT_CODES["INTERNAL"]
    return int(code or 0)


__all__ = ["main", "run"]

"""`ionweld eis fit | check | drt | arrhenius | simulate`: impedance from the command line."""

from contextlib import ExitStack, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from ionweld.cli.eis_checks import check_verb, drt_verb
from ionweld.cli.eis_files import prove, report_files, write_report
from ionweld.cli.eis_input import (
    Area,
    CircuitOption,
    Columns,
    Diameter,
    Files,
    Interfaces,
    OneCircuit,
    PelletDiameter,
    ReportFile,
    Sigma,
    StatedConditions,
    Temperature,
    Thickness,
    Window,
    Without,
    read_all,
)
from ionweld.cli.eis_joint import Alike, JointFlag, JointWish, Links, Over, fit_series, print_series
from ionweld.cli.numbers import named_numbers
from ionweld.cli.output import (
    JsonFlag,
    OutFolder,
    Seed,
    SimulatedFile,
    emit,
    emit_json,
    hand_over,
    progress,
    refuse_existing,
    say,
    started,
)

if TYPE_CHECKING:
    from ionweld.analyse.eis.compare import CircuitRanking
    from ionweld.analyse.eis.fit import CircuitFit
    from ionweld.analyse.eis.problem import Weighting
    from ionweld.analyse.eis.propose import Proposal
    from ionweld.measurement.impedance import ImpedanceSpectrum

app = typer.Typer(
    help="Impedance: fit circuits, check data, relaxation times, activation energies.", no_args_is_help=True
)
app.command("check")(check_verb)
app.command("drt")(drt_verb)

Weights = Annotated[
    Literal["modulus", "unit", "robust", "sigma"],
    typer.Option(
        "--weights",
        help="1/|Z| (modulus), equal (unit), 1/|Z| with stray points counted less (robust), the file's own sigma (sigma).",
    ),
]
Capacitance = Annotated[
    Literal["Hsu-Mansfeld", "Brug"], typer.Option("--capacitance", help="Formula of the effective capacitance.")
]
_MANY = 4
_PARAMETERS = "R0=100, R1=1e3, CPE1.Q=1e-6, CPE1.n=0.9"


@app.command("fit")
def fit_verb(
    files: Files,
    circuit: CircuitOption = None,
    joint: JointFlag = False,
    over: Over = None,
    link: Links = None,
    alike: Alike = False,
    temperature: Temperature = None,
    area: Area = None,
    diameter: Diameter = None,
    thickness: Thickness = None,
    interfaces: Interfaces = None,
    columns: Columns = None,
    window: Window = None,
    without: Without = None,
    weights: Weights = "modulus",
    sigma: Sigma = None,
    capacitance: Capacitance = "Hsu-Mansfeld",
    report: ReportFile = None,
    out: OutFolder = None,
    as_json: JsonFlag = False,
) -> None:
    """Fit circuits to spectra without start values; without a circuit, circuits are proposed with their odds."""
    prove(report, files)
    wish = JointWish(over, link, alike)
    wish.check(joint, circuit)
    spectra = read_all(
        files, StatedConditions(temperature, area, diameter, thickness, interfaces, columns, window, without, sigma)
    )
    weights = _own_or(weights, sigma)
    chosen = _by_circuit(spectra, circuit, weights) if circuit else _by_themselves(spectra, weights)
    series = fit_series(chosen.best if len(circuit or ()) == 1 else chosen.first, wish) if joint else None
    fits, rows = (series["fits"], series["rows"]) if series else (chosen.best, [None] * len(chosen.best))
    if report:
        from ionweld.report.eis import render_fits

        page = render_fits(fits, capacitance, chosen.comparisons, series["changes"] if series else (), chosen.proposals)
        write_report(report, page)
    files_written = report_files(report) + (_batch(out, fits, rows, capacitance) if out else [])
    if as_json:
        documents = [
            _document(chosen, place, fit, row, capacitance)
            for place, (fit, row) in enumerate(zip(fits, rows, strict=True))
        ]
        first = {"proposed": documents[0]["proposed"]} if chosen.proposals else {}
        emit_json(
            {"spectra": documents} | first | ({"joint": series["json"]} if series else {}) | {"files": files_written}
        )
        return
    _print(chosen, fits, rows, capacitance)
    if series:
        print_series(series)
    emit("CPE is Z = 1/(Q (j omega)^n) throughout; intervals are 95 %.")


def _own_or(weights: "Weighting", sigma: str | None) -> "Weighting":
    """Return the weights that were asked for; a sigma that is given is one of them."""
    from ionweld.errors import Fault, InputError

    if sigma and weights in ("unit", "robust"):
        seen = f"{weights} weights do not go with a sigma"
        raise InputError(Fault("--sigma", seen, "Give one of --weights and --sigma"))
    return "sigma" if sigma else weights


def _batch(
    out: Path, fits: list["CircuitFit"], rows: list[Any], capacitance: Literal["Hsu-Mansfeld", "Brug"]
) -> list[str]:
    """Write one summary of all fits, and for each its points, its figure at print size, and files for ZView, RelaxIS and impedance.py."""
    from ionweld.cli.eis_files import write_folder
    from ionweld.errors import InputError
    from ionweld.report.eis_files import fit_csv, fit_figure, relaxis_text, summary_csv, zplot_text
    from ionweld.report.impedance_py import impedance_py_text

    spectra = [fit.spectrum for fit in fits]
    contents = {
        "fit.csv": fit_csv, "fit.svg": fit_figure, "fit.png": fit_figure, "z": zplot_text, "relaxis.txt": relaxis_text
    }  # fmt: skip
    try:
        [impedance_py_text(fit) for fit in fits]
        contents |= {"impedance_py.json": impedance_py_text}
    except InputError as refusal:
        say(f"no files for impedance.py: {refusal}")
    return write_folder(out, spectra, fits, contents, {"summary.csv": summary_csv(fits, rows, capacitance)})


@dataclass(frozen=True, slots=True)
class _Chosen:
    """Fits of each spectrum: the best one, that of the first circuit, all of them with their comparison or their odds."""

    best: list["CircuitFit"]
    first: list["CircuitFit"]
    rivals: list[list["CircuitFit"]]
    comparisons: list["CircuitRanking | None"]
    proposals: list[tuple["Proposal", ...]]


def _by_circuit(spectra: list["ImpedanceSpectrum"], circuits: list[str], weights: "Weighting") -> _Chosen:
    """Return the fits of the circuits that a person gave."""
    from ionweld.analyse.eis.compare import compare

    tables = [_fit_all(spectra, text, weights) for text in circuits]
    rivals = [list(row) for row in zip(*tables, strict=True)]
    comparisons = [compare(row) if len(row) > 1 else None for row in rivals]
    return _Chosen([_best(row) for row in rivals], tables[0], rivals, comparisons, [])


def _by_themselves(spectra: list["ImpedanceSpectrum"], weights: "Weighting") -> _Chosen:
    """Return the fits of the circuits that each spectrum proposes."""
    from ionweld.analyse.eis.propose import propose
    from ionweld.numerics.threads import one_thread

    with one_thread(), progress("proposing circuits", len(spectra)) if len(spectra) >= _MANY else nullcontext() as bar:
        proposals = []
        for spectrum in spectra:
            proposals.append(propose(spectrum, weights))
            if bar:
                bar.advance()
    best = [found[0].fit for found in proposals]
    return _Chosen(best, best, [[one.fit for one in found] for found in proposals], [None] * len(best), proposals)


def _document(
    chosen: _Chosen, place: int, fit: "CircuitFit", row: Any, capacitance: Literal["Hsu-Mansfeld", "Brug"]
) -> dict[str, Any]:
    from ionweld.report.eis_documents import fit_json

    document = fit_json(fit, capacitance, row)
    if chosen.proposals:
        document["proposed"] = [{"circuit": one.circuit, "odds": one.odds} for one in chosen.proposals[place]]
    elif chosen.comparisons[place]:
        document["comparison"] = chosen.comparisons[place]
        document["rivals"] = [fit_json(rival, capacitance) for rival in chosen.rivals[place]]
    return document


def _print(
    chosen: _Chosen, fits: list["CircuitFit"], rows: list[Any], capacitance: Literal["Hsu-Mansfeld", "Brug"]
) -> None:
    from ionweld.cli.eis_output import comparison_table, fit_table, proposal_table

    for place, (fit, row) in enumerate(zip(fits, rows, strict=True)):
        if chosen.proposals:
            proposal_table(chosen.proposals[place])
        fit_table(fit, capacitance, row)
        if comparison := chosen.comparisons[place]:
            comparison_table(comparison)


def _fit_all(spectra: list["ImpedanceSpectrum"], text: str, weights: "Weighting") -> list["CircuitFit"]:
    from ionweld.analyse.eis.batch import fit_batch
    from ionweld.numerics.threads import one_thread
    from ionweld.spec.circuit import circuit as compiled

    made = compiled(text)
    if len(spectra) < _MANY:
        return fit_batch(spectra, made, weights)
    with one_thread(), progress(f"fitting {text}", len(spectra)) as bar:
        return fit_batch(spectra, made, weights, bar.advance)


def _best(rivals: list["CircuitFit"]) -> "CircuitFit":
    from ionweld.analyse.eis.compare import aicc

    return min(rivals, key=aicc)


@app.command("arrhenius")
def arrhenius_verb(
    files: Files,
    circuit: OneCircuit,
    thickness: Thickness = None,
    area: Area = None,
    diameter: Diameter = None,
    pellet_diameter: PelletDiameter = None,
    interfaces: Interfaces = None,
    columns: Columns = None,
    window: Window = None,
    without: Without = None,
    temperature: Temperature = None,
    joint: Annotated[bool, typer.Option("--joint", help="Take the joint fit's values as the headline.")] = False,
    convention: Annotated[
        Literal["sigma T", "sigma"], typer.Option("--convention", help="What is plotted: ln(sigma T) or ln(sigma).")
    ] = "sigma T",
    weights: Weights = "modulus",
    report: ReportFile = None,
    as_json: JsonFlag = False,
) -> None:
    """Conductivities and activation energies of a temperature series."""
    from ionweld.api.arrhenius import arrhenius
    from ionweld.api.measurements import Spectrum
    from ionweld.cli.eis_output import series_table

    prove(report, files)
    spectra = read_all(
        files, StatedConditions(temperature, area, diameter, thickness, interfaces, columns, window, without)
    )
    asked = {"convention": convention, "pellet_diameter": pellet_diameter, "weights": weights, "joint": joint}
    with ExitStack() as bars:
        bar = started(bars) if len(spectra) >= _MANY else None
        found = arrhenius([Spectrum.of(one) for one in spectra], circuit, **asked, progress=bar)
    if report:
        found.report(report)
        say(f"report: {report}")
    if as_json:
        emit_json(found.to_dict() | {"files": report_files(report)})
    else:
        series_table(found.series, found.geometry)


@app.command("simulate")
def simulate_verb(
    circuit: OneCircuit,
    parameters: Annotated[str, typer.Option("--parameters", help=f'"{_PARAMETERS}", SI units.')],
    out: SimulatedFile,
    noise: Annotated[str, typer.Option("--noise", help="Standard deviation as a fraction of |Z|.")] = "0",
    seed: Seed = 0,
    high: Annotated[str, typer.Option("--high", help="Highest frequency.")] = "1 MHz",
    low: Annotated[str, typer.Option("--low", help="Lowest frequency.")] = "0.1 Hz",
    points: Annotated[int, typer.Option("--points", min=2, help="How many frequencies.")] = 60,
    as_json: JsonFlag = False,
) -> None:
    """Write the spectrum of a known circuit with noise as csv."""
    from ionweld.simulate.spectra import as_csv, frequencies, simulate_spectrum
    from ionweld.spec.circuit import circuit as compiled
    from ionweld.units import to_si

    refuse_existing(out)
    made = compiled(circuit)
    numbers = named_numbers(parameters, dict(zip(made.names, made.units, strict=True)), "--parameters", _PARAMETERS)
    sweep = frequencies(to_si(high, "Hz", "--high"), to_si(low, "Hz", "--low"), points)
    share = to_si(noise, "1", "--noise")
    spectrum = simulate_spectrum(made, numbers, sweep, noise=share, seed=seed)
    about = {"circuit": made.text, "parameters": numbers, "noise": share, "seed": seed, "points": points}
    said = f"{points} points, noise {100 * share:g} % of |Z|"
    hand_over(out, as_csv(spectrum), spectrum.provenance, about, said, as_json)

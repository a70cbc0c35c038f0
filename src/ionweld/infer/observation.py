"""What was measured of one cell: its cycling test, and spectra with the moment at which each was taken."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from ionweld.analyse.cycling import counted_half_cycles
from ionweld.analyse.cycling.joined import join_parts
from ionweld.errors import Fault, InputError
from ionweld.infer.agreement import MOSTLY_NOISE, disagreeing
from ionweld.infer.clocks import moment_by_clocks
from ionweld.infer.departures import departures
from ionweld.infer.features import FEWEST
from ionweld.infer.holds import with_holds
from ionweld.infer.moments import HOW, GivenFile, SpectrumMoment
from ionweld.infer.protocol import CellKind, Direction, MeasuredProtocol, first_voltages, kind_of, measured_protocol
from ionweld.infer.sampling import Sampling, sampling_of, thinned
from ionweld.measurement.cycling import CyclingTest
from ionweld.measurement.impedance import ImpedanceSpectrum
from ionweld.read import open_file
from ionweld.read.eis.taken import TAKEN
from ionweld.spec.cell import CellSpec
from ionweld.spec.derived import derive

Spectra = Sequence[tuple[SpectrumMoment | None, ImpedanceSpectrum]]  # without a moment: the clocks of the files say it
UNTOLD = "is a spectrum, and does not say when it was taken"
NOISY_AT = 4  # half cycles: where most of these are mostly noise there is nothing to be seen
NEAR_K = 3.0  # a sweep that was taken so near to the asked temperature is meant


@dataclass(frozen=True, slots=True)
class Observation:
    """The evidence. test: thinned to what is looked at; whole: as read; protocol and sampling: of the cycler."""

    kind: CellKind
    test: CyclingTest
    whole: CyclingTest
    protocol: MeasuredProtocol
    sampling: Sampling
    spectra: tuple[tuple[SpectrumMoment, ImpedanceSpectrum], ...]
    warnings: tuple[str, ...] = ()


def observe(
    cell: CellSpec,
    tests: Sequence[CyclingTest],
    spectra: Spectra,
    first: Direction | None = None,
) -> Observation:
    """Return what was measured of a cell. first: which half cycle opens a cycle.

    Raises InputError with every fault: no cycling test, two spectra of one moment or one of none, files of another kind of
    cell.
    """
    spectra, by_clocks, untold = _told(spectra, tests)
    faults = untold if tests else [_no_test(), *untold]
    moments = [moment.name for moment, _ in spectra]
    faults += [
        Fault(name, "two spectra are given for this moment", "Give one of them")
        for name in dict.fromkeys(moments)
        if moments.count(name) > 1
    ]
    if faults:
        raise InputError(faults)
    whole, parts, said = join_parts(list(tests)) if len(tests) > 1 else (tests[0], (), ())
    kind: CellKind = "symmetric" if cell.cathode is None else "full"
    whole = replace(whole, context=_context(cell))
    halves = counted_half_cycles(whole)
    where = whole.provenance.source
    _refuse_other_kind(kind, halves, where)
    _refuse_noise(kind, halves, where)
    halves = with_holds(whole, halves) if kind == "full" else halves
    protocol = measured_protocol(halves, kind, first, where)
    sampling = sampling_of(whole, protocol.half_cycle_s)
    protocol = replace(protocol, every_s=sampling.every_s)
    _refuse_late(spectra, sum(stage.cycles for stage in protocol.stages))
    apart = disagreeing(halves, spectra, parts) if kind == "symmetric" else []
    otherwise = departures(halves, kind)
    warnings = (
        *said,
        *by_clocks,
        *apart,
        *otherwise,
        *(whole.ingest.warnings if whole.ingest else ()),
        *_lines(spectra),
    )
    return Observation(kind, thinned(whole, sampling.every_s), whole, protocol, sampling, tuple(spectra), warnings)


def _told(
    spectra: Spectra, tests: Sequence[CyclingTest]
) -> tuple[list[tuple[SpectrumMoment, ImpedanceSpectrum]], list[str], list[Fault]]:
    """Return the spectra with their moments, what is to be said of those that clocks gave, and what is to be asked."""
    told, said, asked = [], [], []
    for moment, spectrum in spectra:
        by_clocks = moment_by_clocks(spectrum, tests) if moment is None else (moment, "")
        if by_clocks is None:
            asked.append(Fault(spectrum.where, UNTOLD, HOW))
        else:
            told.append((by_clocks[0], spectrum))
            said += [by_clocks[1]] if by_clocks[1] else []
    return told, said, asked


def _no_test() -> Fault:
    mend = "Give a cycling file: its currents drive the virtual cells. A spectrum needs its moment, as in after=FILE"
    return Fault("files", "no cycling test is among them", mend)


def _context(cell: CellSpec) -> Any:
    from ionweld.simulate.run import context

    return context(cell, derive(cell))


def _refuse_other_kind(kind: CellKind, halves: pl.DataFrame, where: str) -> None:
    """Refuse a test whose voltage does not turn with the current in a symmetric cell, or does in a full one."""
    if halves.height < FEWEST:
        seen = f"has {halves.height} half cycles under current"
        raise InputError(Fault(where, seen, f"A diagnosis needs {FEWEST} at least: give the whole test"))
    volts = first_voltages(halves)
    if volts is None or (shown := kind_of(volts)) == kind:
        return
    seen = f"charges run at {volts[0]:.3g} V and discharges at {volts[1]:.3g} V, as in a {shown} cell"
    mend = "Give the file of this cell, or describe the positive electrode in the cell's file"
    raise InputError(Fault(where, f"{seen}; the cell that is described is {kind}", mend))


def _refuse_noise(kind: CellKind, halves: pl.DataFrame, where: str) -> None:
    """Refuse a symmetric cell whose voltage is mostly noise from its first half cycles on: there is no cell to be seen."""
    noise, volts = (
        float(np.median(halves[name].head(NOISY_AT).cast(pl.Float64))) for name in ("noise_V", "overpotential_V")
    )
    if kind == "symmetric" and noise > MOSTLY_NOISE * volts:
        seen = f"has {1e3 * noise:.3g} mV of noise over {1e3 * volts:.3g} mV of polarisation in its first half cycles"
        mend = "No cause can be told of it: either it is not connected well, or it was shorted when its test began"
        raise InputError(Fault(where, seen, mend))


def _refuse_late(spectra: Sequence[tuple[SpectrumMoment, ImpedanceSpectrum]], cycles: int) -> None:
    late = [moment.name for moment, _ in spectra if moment.cycle is not None and moment.cycle > cycles]
    if late:
        raise InputError(
            [Fault(name, f"the test has {cycles} cycles", "Check the cycle, or write after=") for name in late]
        )


def _lines(spectra: Iterable[tuple[SpectrumMoment, ImpedanceSpectrum]]) -> list[str]:
    return [f"{moment.name}: {line}" for moment, one in spectra for line in one.ingest_lines]


def read_files(given: Sequence[GivenFile], cell: CellSpec) -> tuple[list[CyclingTest], Spectra]:
    """Return the tests and the spectra of files of a cell. Raises InputError with the faults of all of them."""
    tests: list[CyclingTest] = []
    spectra: list[tuple[SpectrumMoment | None, ImpedanceSpectrum]] = []
    faults, area_m2 = _twice(given), derive(cell).electrode_area_m2
    for one in given:
        try:
            found = open_file(one.path, area_m2=area_m2)
            tests += _tests(one, found)
            spectra += _spectra(one, found, cell.temperature.value)
        except InputError as error:
            faults += [replace(fault, where=fault.where or str(one.path)) for fault in error.faults]
    if faults:
        raise InputError(list(dict.fromkeys(faults)))
    return tests, spectra


def _twice(given: Sequence[GivenFile]) -> list[Fault]:
    paths = [one.path.resolve() for one in given]
    twice = dict.fromkeys(path for path in paths if paths.count(path) > 1)
    return [Fault(str(path), "is given twice", "Give each file once") for path in twice]


def _tests(one: GivenFile, found: Sequence[Any]) -> list[CyclingTest]:
    kinds = {held.technique.name: held for held in found}
    if one.moment is not None:
        if "eis" not in kinds:
            seen = f"is {found[0].technique.kind}, no spectrum"
            raise InputError(Fault(str(one.path), seen, "A moment belongs to a spectrum: give this file without one"))
        return []
    if "cycling" in kinds:
        return list(kinds["cycling"].measurements)
    if "eis" in kinds:
        return []
    seen = f"is {found[0].technique.kind}"
    raise InputError(Fault(str(one.path), seen, "A diagnosis takes cycling files, and spectra with their moment"))


def _spectra(one: GivenFile, found: Sequence[Any], usual_K: float) -> Spectra:
    kinds = {held.technique.name: held for held in found}
    if "eis" not in kinds or (one.moment is None and "cycling" in kinds):
        return []
    sweeps = kinds["eis"].measurements
    asked = (one.moment and one.moment.temperature_K) or usual_K
    near = [sweep for sweep in sweeps if sweep.temperature_K is not None and abs(sweep.temperature_K - asked) <= NEAR_K]
    chosen = near if len(sweeps) > 1 else list(sweeps)
    if len(chosen) != 1:
        seen = f"holds {len(sweeps)} sweeps, {len(chosen)} of them at {asked - 273.15:.4g} degC"
        raise InputError(Fault(str(one.path), seen, "Give a file with the one sweep of this moment"))
    _refuse_other_temperature(one, chosen[0], asked)
    if one.moment is None and TAKEN not in chosen[0].provenance.details:
        raise InputError(Fault(str(one.path), UNTOLD, HOW))
    return [(one.moment, chosen[0])]


def _refuse_other_temperature(one: GivenFile, sweep: ImpedanceSpectrum, asked: float) -> None:
    if sweep.temperature_K is None or abs(sweep.temperature_K - asked) <= NEAR_K:
        return
    says, name = f"{sweep.temperature_K - 273.15:.4g}degC", one.moment.name.partition("@")[0] if one.moment else "after"
    seen = f"says that it was taken at {says}, and {asked - 273.15:.4g} degC is meant"
    raise InputError(Fault(str(one.path), seen, f"Write {name}@{says}={one.path.name}, or mend the cell's temperature"))

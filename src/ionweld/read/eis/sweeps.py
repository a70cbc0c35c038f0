"""One table of rows -> one Spectrum per sweep, with what was dropped and what a person should look at."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ionweld.errors import AreaUnknownError, Fault, FileFormatError
from ionweld.measurement.impedance import SIGMA, ImpedanceSpectrum
from ionweld.measurement.provenance import IngestReport
from ionweld.read.eis.conditions import Conditions
from ionweld.read.eis.table import HOW_TO_MEND, Floats, Table
from ionweld.read.eis.taken import TAKEN, taken_at
from ionweld.read.text import RawFile, provenance_of
from ionweld.wording import many

FEWEST_POINTS = 3
_TEMPERATURE_DRIFT_K = 2.0
_OVERLOAD_OHM = 1e20  # instruments write 9.9e37 and the like where nothing was measured
_IMPLAUSIBLE_HZ = 1e12  # no impedance instrument goes there; a lost decimal mark does


def spectra_of(source: RawFile, table: Table, conditions: Conditions) -> list[ImpedanceSpectrum]:
    """Return the sweeps of a table in the file's order. Raises FileFormatError when not one of them can be used.

    Raises AreaUnknownError where the impedance is per area and nobody says the cell's.
    """
    table = _of_the_cell(source, table, conditions.geometry.area_m2)
    usable, dropped = _usable_rows(table)
    rows = np.flatnonzero(usable)
    sweeps = _split(table, rows)
    kept = [sweep for sweep in sweeps if sweep.size >= FEWEST_POINTS]
    if not kept:
        reasons = "; ".join((*table.report.dropped, *dropped)) or "it ends too early"
        seen = f"has no sweep of at least {FEWEST_POINTS} points ({rows.size} usable rows; {reasons})"
        raise FileFormatError(Fault(str(source.path), seen, HOW_TO_MEND))
    short = sum(sweep.size for sweep in sweeps) - sum(sweep.size for sweep in kept)
    if short:
        dropped.append(f"{many(short, 'row')} in sweeps of fewer than {FEWEST_POINTS} points")
    report = replace(
        table.report,
        dropped=(*table.report.dropped, *dropped),
        warnings=(*table.report.warnings, *conditions.warnings, *_incomplete(table)),
    )
    return [_spectrum(source, table, report, conditions, sweep, n, len(kept)) for n, sweep in enumerate(kept, start=1)]


def _of_the_cell(source: RawFile, table: Table, area_m2: float | None) -> Table:
    """Return the table with its impedance in ohm. Raises AreaUnknownError."""
    if not table.per_area:
        return table
    names, are = " and ".join(map(repr, table.per_area)), "is" if len(table.per_area) == 1 else "are"
    if area_m2 is None:
        mend = (
            'Give it with --area "0.785 cm^2"; area = "0.785 cm^2" in ionweld-eis.toml beside the file says it for good'
        )
        raise AreaUnknownError(Fault(str(source.path), f"has {names} per area, and the cell's area is not known", mend))
    said = f"{names} {are} per area: divided by the area that was given, {1e4 * area_m2:.6g} cm2"
    report = replace(table.report, warnings=(*table.report.warnings, said))
    extra = {name: values / area_m2 if name == SIGMA else values for name, values in table.extra.items()}
    return replace(table, report=report, impedance_ohm=table.impedance_ohm / area_m2, extra=extra, per_area=())


def _usable_rows(table: Table) -> tuple[NDArray[np.bool_], list[str]]:
    f, Z = table.frequency_Hz, table.impedance_ohm
    unread = ~(np.isfinite(f) & np.isfinite(Z.real) & np.isfinite(Z.imag))
    not_positive = ~unread & (f <= 0)
    zero = ~unread & ~not_positive & (Z == 0)
    overload = ~unread & ~not_positive & (np.abs(Z) > _OVERLOAD_OHM)
    counted = {
        "without a finite number for frequency or impedance": unread,
        "with a frequency of 0 Hz or below (sentinels, or rests between sweeps)": not_positive,
        "with an impedance of exactly zero": zero,
        "with an overload's mark for an impedance (such as 9.9e37)": overload,
    }
    dropped = [f"{many(int(rows.sum()), 'row')} {reason}" for reason, rows in counted.items() if rows.any()]
    return ~(unread | not_positive | zero | overload), dropped


def _incomplete(table: Table) -> tuple[str, ...]:
    if table.declared_rows is None or table.declared_rows == table.frequency_Hz.size:
        return ()
    return (f"the file says it has {table.declared_rows} points, but {table.frequency_Hz.size} rows were found",)


def _split(table: Table, rows: NDArray[np.intp]) -> list[NDArray[np.intp]]:
    """A sweep ends where a column that counts sweeps changes, or where the frequency starts anew."""
    cuts = set(_restarts(np.log10(table.frequency_Hz[rows])))
    for mark in table.marks:
        number = np.nan_to_num(mark[rows])
        changes = np.flatnonzero(number[1:] != number[:-1]) + 1
        if (changes.size + 1) * FEWEST_POINTS <= rows.size:  # otherwise the column counts something else
            cuts.update(changes.tolist())
    return np.split(rows, sorted(cuts))


def _restarts(log_f: Floats) -> list[int]:
    """Return where new sweeps start: a jump back over more than half of the sweep, or a turn that is kept up."""
    steps = np.diff(log_f)
    if not steps.size:
        return []
    usual = float(np.median(np.abs(steps)))
    cuts, start, direction = [], 0, 0.0
    for index, step in enumerate(steps.tolist(), start=1):
        direction = direction or float(np.sign(step))
        if step * direction >= 0:
            continue
        span = abs(log_f[index - 1] - log_f[start])
        jump = abs(step) > max(0.5 * span, 3 * usual)
        ahead = steps[index - 1 : index - 1 + FEWEST_POINTS]
        turn = ahead.size == FEWEST_POINTS and span > 3 * usual and bool(np.all(ahead * direction < 0))
        if jump or turn:
            start = index - 1 if index > 1 and steps[index - 2] == 0 else index  # the point of return, measured twice
            cuts.append(start)
            direction = 0.0
    return cuts


def _spectrum(
    source: RawFile, table: Table, report: IngestReport, conditions: Conditions, rows: NDArray[np.intp], n: int, of: int
) -> ImpedanceSpectrum:
    f, Z = table.frequency_Hz[rows], table.impedance_ohm[rows]
    temperature, origin, remarks = _temperature(table, conditions, rows)
    taken = taken_at(table.preamble) if of == 1 else None
    details = {"sweep": f"{n} of {of}"} if of > 1 else {TAKEN: taken.isoformat()} if taken else None
    return ImpedanceSpectrum(
        frequency_Hz=f,
        impedance_ohm=Z,
        provenance=provenance_of(report, details),
        temperature_K=temperature,
        temperature_from=origin,
        geometry=conditions.geometry,
        label=f"{source.path.stem} #{n}" if of > 1 else source.path.stem,
        ingest=replace(report, warnings=(*report.warnings, *remarks, *_remarks(f, Z))),
        extra={name: values[rows] for name, values in table.extra.items()},
    )


def _temperature(
    table: Table, conditions: Conditions, rows: NDArray[np.intp]
) -> tuple[float | None, str | None, list[str]]:
    """A temperature that was given comes first, then the file's own column, then the one found in header or name."""
    column = None if table.temperature_K is None else table.temperature_K[rows]
    if conditions.given or column is None or not np.isfinite(column).all() or column.min() <= 0:
        return conditions.temperature_K, conditions.temperature_from, []
    drift = float(np.ptp(column))
    remarks = [f"the temperature drifted by {drift:.1f} K during the sweep"] if drift > _TEMPERATURE_DRIFT_K else []
    return round(float(column.mean()), 6), "file column", remarks


def _remarks(f: Floats, Z: NDArray[np.complex128]) -> list[str]:
    """What a person should look at: the sign of Z'', negative resistances, repeated and disordered rows."""
    remarks = []
    inductive, negative = int((Z.imag > 0).sum()), int((Z.real < 0).sum())
    if inductive > 0.5 * f.size:
        remarks.append(
            f"Im Z > 0 in {inductive} of {f.size} points: check whether Z'' was stored with the other sign; "
            "it was read as the header says"
        )
    if negative:
        remarks.append(f"Re Z < 0 in {negative} of {f.size} points")
    if f.max() > _IMPLAUSIBLE_HZ:
        remarks.append(f"frequencies reach {f.max():.3g} Hz: check the unit and the decimal mark")
    repeated = f.size - np.unique(f).size
    identical = f.size - len(set(zip(f.tolist(), Z.tolist(), strict=True)))
    if repeated:
        remarks.append(
            f"{many(repeated, 'frequency occurs', 'frequencies occur')} more than once ({many(identical, 'row is an exact duplicate', 'rows are exact duplicates')})"
        )
    steps = np.sign(np.diff(f))
    against = int(min((steps > 0).sum(), (steps < 0).sum()))
    if against:
        remarks.append(f"the frequencies are not in order: {against} of {steps.size} steps go the other way")
    return remarks

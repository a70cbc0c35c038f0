"""Anything an instrument wrote, read as measurements: files, folders and archives, told by content and not by name."""

import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from ionweld.api.measurements import Cycling, Measurement, Spectrum
from ionweld.api.quantities import Place, path_of, positive, several
from ionweld.errors import AreaUnknownError, Fault, FileFormatError, InputError
from ionweld.measurement import impedance as impedance_

if TYPE_CHECKING:
    from ionweld.read.find import FoundFile


class Measurements(list[Measurement]):
    """What was read, in the order of the names. left_out: each file that gave nothing, and why."""

    left_out: tuple[str, ...] = ()


def read(path: Place | Sequence[Place], *, technique: str | None = None, area: Any = None) -> Measurements:
    """Return every measurement in files, folders and zip archives, told by content and not by name.

    Parameters
    ----------
    path : path or list of paths
        What to read; folders to the bottom.
    technique : str, optional
        Take the files for this: cycling, eis, xrd, ftir, xps, sem, eds.
    area : str, optional
        Of the cell ("0.2827 cm^2"): a table of currents, capacities or impedances per area needs it.

    Returns
    -------
    Measurements
        A list; `left_out` says which files gave nothing. What looks like data and cannot be read is a Python warning too.

    Raises
    ------
    InputError
        When there is no file, or not one of them can be read.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> import ionweld as iw
    >>> with TemporaryDirectory() as stick:
    ...     rows = ["frequency_Hz,Z_real_ohm,Z_imag_ohm", "1e5,10,-1", "1e4,20,-9", "1e3,90,-40", "1e2,109,-9", "10,110,-1"]
    ...     _ = Path(stick, "cell.csv").write_text(chr(10).join(rows))
    ...     [one.technique for one in iw.read(stick)]
    ['eis']
    """
    from ionweld.read.find import find_files

    area_m2 = positive(area, "m^2", "area")
    found = find_files([path_of(place, "path") for place in several(path)])
    read_here, refusals = Measurements(), [str(fault) for one in found.refused for fault in one.faults]
    passed_over: list[str] = []
    errors: list[InputError] = []
    with TemporaryDirectory() as desk:
        for file in found.files:
            try:
                read_here += _of_file(file, Path(desk), technique, area_m2)
            except InputError as error:
                errors.append(error)
                said = str(error) if file.shown in str(error) else f"{file.shown}: {error}"
                (passed_over if _is_no_data(file, error, Path(desk)) else refusals).append(said)
    if not read_here:
        needs_area = all(isinstance(error, AreaUnknownError) for error in errors) and errors
        raise (AreaUnknownError if needs_area else FileFormatError)([fault for one in errors for fault in one.faults])
    for refusal in refusals:
        warnings.warn(f"left out: {refusal}", stacklevel=2)
    read_here.left_out = (*refusals, *passed_over)
    return read_here


def read_one(path: Place, *, technique: str | None = None, area: Any = None) -> Measurement:
    """Return the one measurement of a file.

    Parameters
    ----------
    path : path
        The file, or a folder or zip archive with one measurement.
    technique : str, optional
        Take the file for this: cycling, eis, xrd, ftir, xps, sem, eds.
    area : str, optional
        Of the cell ("0.2827 cm^2"): a table of currents, capacities or impedances per area needs it.

    Returns
    -------
    Measurement
        A `Spectrum` for impedance, a `Cycling` for a cycling test; arrays in SI units, with where they come from.

    Raises
    ------
    InputError
        When there is no measurement, or several.

    Examples
    --------
    >>> import ionweld as iw
    >>> iw.read_one("no_such_file.mpt")
    Traceback (most recent call last):
    ionweld.errors.InputError: no_such_file.mpt: does not exist. Check the path
    """
    found = read(path, technique=technique, area=area)
    if len(found) != 1:
        raise _not_one(path, len(found))
    return found[0]


def measured(thing: Any, technique: str, where: str, reader: Callable[[Path], Any], area: Any = None) -> Any:
    """Return the data of one measurement of a technique, read from its file where a path is given.

    reader: of the technique; folders and archives are looked through for their one measurement. area: of the cell, for what
    is read there. Raises InputError.
    """
    if not isinstance(thing, Measurement):
        place = path_of(thing, where)
        if place.is_file() and place.suffix.lower() != ".zip":
            return reader(place)
        thing = read_one(place, technique=technique, area=area)
    if thing.technique != technique:
        raise InputError(Fault(where, f"is {thing.technique}, not {technique}", f"Give a measurement of {technique}"))
    return thing.data


def sweep_of(thing: Any, where: str) -> impedance_.ImpedanceSpectrum:
    """Return one sweep, read from its file where a path is given. Raises InputError, also for a file of several."""
    return measured(thing, "eis", where, _only_sweep)


def _only_sweep(path: Path) -> impedance_.ImpedanceSpectrum:
    from ionweld.read.eis import read_spectra

    found = read_spectra(path)
    if len(found) != 1:
        raise _not_one(path, len(found))
    return found[0]


def _not_one(path: Place, many: int) -> InputError:
    return InputError(Fault(str(path), f"holds {many} measurements, not one", "Take the list that iw.read gives"))


def _of_file(file: "FoundFile", desk: Path, technique: str | None, area_m2: float | None) -> Iterator[Measurement]:
    from ionweld.read import open_file
    from ionweld.read.find import on_disk

    with on_disk(file, desk) as path:
        for held in open_file(path, technique=technique, area_m2=area_m2):
            for data in held.measurements:
                yield _typed(held.technique.name, data)


def _typed(technique: str, data: Any) -> Measurement:
    if technique == "eis":
        return Spectrum.of(data)
    return Cycling(technique, data) if technique == "cycling" else Measurement(technique, data)


def _is_no_data(file: "FoundFile", error: InputError, desk: Path) -> bool:
    """Say whether a file that gave nothing is no measurement at all, as a note beside the data is."""
    from ionweld.read import why_left_out
    from ionweld.read.find import on_disk

    with on_disk(file, desk) as path:
        return why_left_out(path, file.shown, error).answer != "not read"

"""One file per instrument format -> measurement."""

from pathlib import Path

from ionweld.errors import FileFormatError
from ionweld.measurement.cycling import Cycling
from ionweld.measurement.impedance import Spectrum


def open_measurement(path: Path, description: Path | None = None) -> list[Cycling] | list[Spectrum]:
    """Return what a file holds, cycling test or impedance sweeps, told by its content and not by its extension.

    description: a TOML file that says how an unknown csv of a cycling test is to be read.

    Raises FileFormatError with what each family of readers saw when none of them understands it.
    """
    from ionweld.read.cycling import read_cycling_file

    if description is not None:
        return [read_cycling_file(path, description=description)]
    try:
        return [read_cycling_file(path)]
    except FileFormatError as no_cycling:
        from ionweld.read.eis import read_spectra

        try:
            return read_spectra(path)
        except FileFormatError as no_spectra:
            raise FileFormatError(tuple(dict.fromkeys(no_cycling.faults + no_spectra.faults))) from None

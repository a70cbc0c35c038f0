"""Measurements of the files that jobs ask for, kept in each worker as long as their file is the same."""

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from ionweld.errors import Fault, InputError

if TYPE_CHECKING:
    from ionweld.api.measurements import Measurement, Spectrum

_KEPT_FILES = 12


def measurements(place: str, area: str | None = None) -> "tuple[Measurement, ...]":
    """Return what a file holds. area: of the cell, as a person says it. Raises InputError."""
    return _read(place, area, stamp(Path(place)))


def stamp(path: Path) -> tuple[int, ...]:
    """Return what changes whenever a file does, or the description beside it."""
    files = (path, path.with_name(f"{path.name}.toml"))
    return tuple(number for one in files if one.exists() for number in (one.stat().st_size, one.stat().st_mtime_ns))


@lru_cache(_KEPT_FILES)
def _read(place: str, area: str | None, _stamp: tuple[int, ...]) -> "tuple[Measurement, ...]":
    import ionweld as iw

    return tuple(iw.read(place, area=area))


def measurement(place: str, technique: str, at: int, area: str | None = None) -> "Measurement":
    """Return the measurement of a file with this number, or its first of the technique. Raises InputError."""
    found = measurements(place, area)
    if 0 <= at < len(found) and found[at].technique == technique:
        return found[at]
    mine = [one for one in found if one.technique == technique]
    if not mine:
        seen = f"holds {found[0].technique}, not {technique}"
        raise InputError(Fault(Path(place).name, seen, "Choose another file in Drop"))
    return mine[0]


def spectra(place: str) -> "list[tuple[int, Spectrum]]":
    """Return the impedance sweeps of a file with their numbers in it. Raises InputError when there is none."""
    from ionweld.api.measurements import Spectrum

    measurement(place, "eis", -1)
    return [(at, one) for at, one in enumerate(measurements(place)) if isinstance(one, Spectrum)]

"""Formats that are no table with names: each file is written here from a known spectrum, after its public description."""

import json
from pathlib import Path

import numpy as np
import pytest
from eisread.generators import spectrum

from ionweld.errors import FileFormatError
from ionweld.measurement.impedance import ImpedanceSpectrum
from ionweld.read import open_file
from ionweld.read.eis import read_spectra
from ionweld.read.eis.sequence import runs_as_frequency

F, Z = spectrum()


def read(folder: Path, data: bytes | str) -> list[ImpedanceSpectrum]:
    path = folder / "cell.bin"
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return read_spectra(path)


def is_true(found: ImpedanceSpectrum, scale: float = 1.0) -> None:
    np.testing.assert_allclose(found.frequency_Hz, F, rtol=1e-9)
    np.testing.assert_allclose(found.impedance_ohm, scale * Z, rtol=1e-9)


def counted(end: str = "\n", count: int = F.size, comments: str = "cell 3\nat 80 degC\n\n") -> str:
    rows = [f"{f!r} {z.real!r} {z.imag!r}" for f, z in zip(F.tolist(), Z.tolist(), strict=True)]
    return comments + end.join([str(count), *rows, ""])


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_counted_list(tmp_path: Path, end: str) -> None:
    (found,) = read(tmp_path, counted(end))
    is_true(found)
    assert any("known by its place" in line for line in found.ingest_lines)


def test_a_counted_list_that_was_cut_off_says_so_and_a_wrong_count_is_none(tmp_path: Path) -> None:
    (found,) = read(tmp_path, counted(count=40))
    assert any("40 points, but 31 rows" in line for line in found.ingest_lines)
    with pytest.raises(FileFormatError):
        read(tmp_path, counted(count=20))  # more rows than it says


def test_numbers_that_do_not_run_as_frequencies_are_no_impedance(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    molecule = "\n".join(["12", *(f"{x} {y} {z}" for x, y, z in rng.normal(size=(12, 3))), ""])
    with pytest.raises(FileFormatError):
        read(tmp_path, molecule)
    assert not runs_as_frequency(np.linspace(0.1, 100.0, 200).tolist())  # a time
    assert not runs_as_frequency([1.0, 10.0, 5.0, 50.0])
    assert runs_as_frequency(F.tolist())
    assert runs_as_frequency(F[::-1].tolist())


def dfr(version: str = "Version8.0", lines: int = 9) -> str:
    rows = []
    for f, z in zip(F.tolist(), Z.tolist(), strict=True):
        rows += [repr(f), repr(z.real), repr(-z.imag), "0.05", "1e-6", "12.5", "0", "0", "0"][:lines]
    return "\n".join([version, str(F.size), "0", *rows, ""])


def test_autolab_dfr(tmp_path: Path) -> None:
    (found,) = read(tmp_path, dfr())
    is_true(found)
    assert found.ingest is not None
    assert len(found.ingest.columns_unmapped) == 6  # kept, under no invented name


def test_another_version_of_dfr_is_refused_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(FileFormatError, match=r"version9\.1.*only version8\.0 is known.*Export it as text"):
        read(tmp_path, dfr("version9.1"))
    with pytest.raises(FileFormatError, match="not one whole point"):
        read(tmp_path, "version8.0\n31\n0\nabc\n1\n")


def ivium(sweeps: dict[str, float], decimal: str = ".", voltammogram: bool = False) -> bytes:
    text = "\x00\x1c\x00IviumFile\r\n"
    if voltammogram:
        rows = "".join(f" {t / 10:.5E} {1e-3 * t:.5E} {0.1 * (t + 1):.5E}\r\n" for t in range(200))
        text += f"Title=cv\r\nMethod=CV\r\nprimary_data\r\n3\r\n200\r\n{rows}"
    for title, scale in sweeps.items():
        rows = "".join(
            f" {scale * z.real:.14E} {scale * z.imag:.14E}  {f:.14E}\r\n" for f, z in zip(F, Z, strict=True)
        ).replace(".", decimal)
        text += f"\x00Title={title}\r\nMethod=x\r\n\x1eprimary_data\r\n3\r\n{F.size}\r\n{rows}\x00\x00"
    return text.encode("latin-1")


@pytest.mark.parametrize("decimal", [".", ","])
def test_ivium(tmp_path: Path, decimal: str) -> None:
    (found,) = read(tmp_path, ivium({"cell": 1.0}, decimal))
    is_true(found)
    first, second = read(tmp_path, ivium({"a": 1.0, "b": 2.0}, decimal))
    is_true(first)
    is_true(second, 2.0)


def test_ivium_tables_of_other_techniques_are_left_out_and_said(tmp_path: Path) -> None:
    (found,) = read(tmp_path, ivium({"cell": 1.0}, voltammogram=True))
    is_true(found)
    assert any("1 of 2 tables" in line for line in found.ingest_lines)
    with pytest.raises(FileFormatError, match=r"runs as an impedance.*IviumSoft"):
        read(tmp_path, ivium({}, voltammogram=True))


def palmsens(capital: bool = True, kilo: bool = False, scales: tuple[float, ...] = (1.0,), sign: str = "-") -> bytes:
    """A session as two writers of different versions have it: other cases of keys, other units, a voltammogram before."""

    def array(quantity: str, symbol: str, kind: str, values: np.ndarray) -> dict:
        unit = {"Type": f"PalmSens.Units.{kind}", "S": symbol, "Q": quantity, "A": "x"}
        return {"Description": kind, "Unit": unit, "DataValues": [{"V": float(v), "S": 0} for v in values]}

    def eis(scale: float) -> list[dict]:
        ohm = 1e-3 if kilo else 1.0
        prefix = "Kilo" if kilo else ""
        turned = -1.0 if sign else 1.0
        return [
            array("Time", "s", "Time", np.arange(F.size)),
            array("Frequency", "Hz", "Hertz", F),
            array("Z'", "Ω", f"{prefix}ZRe", scale * ohm * Z.real),
            array(f"{sign}Z''", "Ω", f"{prefix}ZIm", turned * scale * ohm * Z.imag),
            array("-Phase", "°", "Phase", -np.degrees(np.angle(Z))),
        ]

    voltammogram = [array("Potential", "V", "Volt", F), array("Current", "A", "MicroAmpere", F)]
    sets = [voltammogram, *(eis(scale) for scale in scales)]
    document = {
        "Type": "PalmSens.DataFiles.SessionFile",
        "Measurements": [
            {"Title": f"m{n}", "DataSet": {"Type": "X", "Values": values}} for n, values in enumerate(sets)
        ],
    }
    text = json.dumps(document, ensure_ascii=False)
    for key in ("Measurements", "Title", "DataSet", "Values", "DataValues", "Unit", "Type", "V", "S", "Q"):
        text = text if capital else text.replace(f'"{key}":', f'"{key.lower()}":')
    return f"\ufeff{text}\ufeff".encode("utf-16-le")


@pytest.mark.parametrize("capital", [True, False])
@pytest.mark.parametrize("kilo", [True, False])
@pytest.mark.parametrize("sign", ["-", ""])
def test_palmsens(tmp_path: Path, capital: bool, kilo: bool, sign: str) -> None:
    (found,) = read(tmp_path, palmsens(capital, kilo, sign=sign))
    is_true(found)


def test_a_session_of_several_sweeps_and_one_of_none(tmp_path: Path) -> None:
    first, second = read(tmp_path, palmsens(scales=(1.0, 3.0)))
    is_true(first)
    is_true(second, 3.0)
    with pytest.raises(FileFormatError, match="1 measurements, none with frequency"):
        read(tmp_path, palmsens(scales=()))


def test_a_session_that_was_cut_off_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileFormatError, match="no whole PalmSens session"):
        read(tmp_path, palmsens()[:3000])


@pytest.mark.parametrize(
    "data", [counted(), dfr(), ivium({"a": 1.0}), palmsens()], ids=["i2b", "dfr", "idf", "pssession"]
)
def test_each_finds_its_way_without_being_named(tmp_path: Path, data: bytes | str) -> None:
    path = tmp_path / "unknown"
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    (contents,) = open_file(path)
    assert contents.technique.name == "eis"
    is_true(contents.measurements[0])

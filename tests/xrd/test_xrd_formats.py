"""Formats of diffractometers, each written here with known angles, counts and wavelengths after its public description."""

import io
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest

from ionweld.errors import FileFormatError
from ionweld.measurement.pattern import Diffractogram
from ionweld.read import open_file
from ionweld.read.find import find_files
from ionweld.read.xrd import read_diffractogram

ANGLES = np.round(10.0 + 0.02 * np.arange(200), 4)
COUNTS = np.random.default_rng(3).poisson(500.0, 200).astype(float)
K1, K2 = 1.540593, 1.544414


def saved(folder: Path, data: bytes | str, name: str = "scan.dat") -> Path:
    path = folder / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


def is_true(scan: Diffractogram, wavelength: bool = True) -> None:
    np.testing.assert_allclose(scan.two_theta_deg, ANGLES, atol=1e-6)
    np.testing.assert_array_equal(scan.counts, COUNTS)
    if wavelength:
        assert scan.radiation is not None
        assert (scan.radiation.kalpha1, scan.radiation.kalpha2, scan.radiation.kalpha2_ratio) == (K1, K2, 0.5)


def ras(
    axis: str = "TwoThetaTheta", unit: str = "counts", scans: int = 1, factor: float = 1.0, end: str = "\r\n"
) -> bytes:
    lines = ["*RAS_DATA_START"]
    for _ in range(scans):
        lines += ["*RAS_HEADER_START", '*HW_XG_TARGET_NAME "Cu"', f'*HW_XG_WAVE_LENGTH_ALPHA1 "{K1}"']
        lines += [f'*HW_XG_WAVE_LENGTH_ALPHA2 "{K2}"', f'*MEAS_SCAN_AXIS_X "{axis}"', f'*MEAS_SCAN_UNIT_Y "{unit}"']
        lines += ["*RAS_HEADER_END", "*RAS_INT_START"]
        lines += [f"{a:.4f} {c / factor:.4f} {factor:.4f}" for a, c in zip(ANGLES, COUNTS, strict=True)]
        lines += ["*RAS_INT_END"]
    return (end.join([*lines, "*RAS_DATA_END"]) + end).encode("cp932")


def brml(rows: list[str] | None = None, routes: int = 1, namespace: str = "") -> bytes:
    rows = rows or [f"0.2,1,{a:.4f},{a / 2 + 0.3:.4f},{c:.0f}" for a, c in zip(ANGLES, COUNTS, strict=True)]
    data = "".join(f"<Datum>{row}</Datum>" for row in rows)
    waves = f'<WaveLengthAlpha1 Value="{K1}"/><WaveLengthAlpha2 Value="{K2}"/><WaveLengthRatio Value="0.5"/>'
    route = "<DataRoutes>" + f"<DataRoute>{data}</DataRoute>" * routes + "</DataRoutes>"
    text = f'<?xml version="1.0"?><RawData{namespace}>{waves}{route}</RawData>'
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("experimentCollection.xml", "<a/>")
        archive.writestr("Experiment0/DataContainer.xml", "<a/>")
        archive.writestr("Experiment0/RawData0.xml", text)
    return packed.getvalue()


def raw(ranges: int = 1, further: int = 0, head: bytes = b"RAW1.01\x00") -> bytes:
    data = bytearray(712)
    data[:8] = head
    struct.pack_into("<2I", data, 8, 1, ranges)
    struct.pack_into("<2d", data, 624, K1, K2)
    struct.pack_into("<d", data, 648, 0.5)
    for _ in range(ranges):
        header = bytearray(304)
        struct.pack_into("<2I", header, 0, 304, ANGLES.size)
        struct.pack_into("<2d", header, 8, ANGLES[0] / 2, ANGLES[0])
        struct.pack_into("<d", header, 176, 0.02)
        struct.pack_into("<I", header, 256, further)
        data += header + b"\xff" * further + COUNTS.astype("<f4").tobytes()
    return bytes(data)


def raw4(kind: str = "Locked Coupled", ranges: int = 1, further: int = 0, size: int = 8) -> bytes:
    """Return a file of version 4: named texts, the tube, and ranges whose steps hold a second number behind the counts."""
    data = bytearray(b"RAW4.00\x00".ljust(61, b"\x01"))
    data += struct.pack("<2I4x24s", 10, 42, b"USER") + b"somebody".ljust(6)[:6]
    tube = bytearray(136)
    struct.pack_into("<2I", tube, 0, 30, 136)
    struct.pack_into("<4d", tube, 72, (2 * K1 + K2) / 3, K1, K2, 1.39222)
    struct.pack_into("<d4s", tube, 104, 0.5, b"Cu")
    data += tube
    steps = np.zeros((200, size // 4), "<f4")
    steps[:, 0], steps[:, 1:] = COUNTS, 7.0
    for _ in range(ranges):
        header = bytearray(160)
        struct.pack_into("<24s", header, 32, kind.encode())
        struct.pack_into("<2dI", header, 72, ANGLES[0], 0.02, 200)
        struct.pack_into("<2I", header, 136, size, further)
        data += header + b"\x05" * further + steps.tobytes()
    return bytes(data)


def brml_with_absorber(corrected: bool) -> bytes:
    factors = np.where(COUNTS > 520, 8.3, 1.0)
    shown = COUNTS * factors if corrected else COUNTS
    rows = zip(factors, ANGLES, shown, strict=True)
    return brml([f"1,{f:g},{a:.4f},{a / 2 + 0.3:.4f},-0.12937,0,2.63482,{c:.10g}" for f, a, c in rows])


@pytest.mark.parametrize(
    ("corrected", "said"), [(True, "are corrected for it in the file"), (False, "were not corrected")]
)
def test_more_axes_and_an_absorber_in_a_brml(tmp_path: Path, corrected: bool, said: str) -> None:
    scan = read_diffractogram(saved(tmp_path, brml_with_absorber(corrected)))
    np.testing.assert_allclose(scan.two_theta_deg, ANGLES, atol=1e-6)
    np.testing.assert_allclose(scan.counts, COUNTS * np.where(COUNTS > 520, 8.3, 1.0) if corrected else COUNTS)
    assert scan.ingest is not None
    assert [said in line for line in scan.ingest.warnings] == [True]


def fxye(kind: str = "FXYE", binning: str = "CONST", points: int = 200) -> str:
    rows = [f"  {100 * a:.2f} {c:.1f} {np.sqrt(c):.2f}" for a, c in zip(ANGLES, COUNTS, strict=True)]
    return "\n".join(["a standard", f"BANK 1 {points} {points} {binning} 1000.00 2.00 0 0 {kind}", *rows, ""])


def fields(kind: str) -> str:
    """GSAS data in fixed fields: counts with the number of detectors before them, or with their errors behind."""
    points = [f"{c:8.1f}{np.sqrt(c):8.2f}" if kind == "ESD" else f" 1{c:6.0f}" for c in COUNTS]
    per_row = 5 if kind == "ESD" else 10
    rows = ["".join(points[at : at + per_row]) for at in range(0, len(points), per_row)]
    return "\n".join(["a standard", f"BANK 1 200 {len(rows)} CONST 1000.00 2.00 0 0 {kind}", *rows, ""])


def in_rows(*header: str, between: str = " ", end: str = "", each: int = 8) -> str:
    """Counts alone, several in a row, below a header."""
    numbers = [f"{c:.0f}" for c in COUNTS]
    rows = [between.join(numbers[at : at + each]) + end for at in range(0, 200, each)]
    return "\n".join([*header, *rows, ""])


def uxd(above: str = "_COUNTS", drive: str = "COUPLED", again: bool = False) -> str:
    waves = [f"_WL1={K1}", f"_WL2 = {K2}", "_WLRATIO=0.5"]
    header = [f"_DRIVE='{drive}'", "_STEPSIZE=0.020000", "_START=10.000000", *waves, "; Data for range 1", above]
    if above.startswith("_2THETA"):
        rows = [f"{a:.4f}\t{c:.0f}" for a, c in zip(ANGLES, COUNTS, strict=True)]
        return "\n".join([*header, *rows, ""])
    return in_rows(*header) + (in_rows("_START=50.0", "_COUNTS") if again else "")


UDF = in_rows(
    "SampleIdent,x,/", f"LabdaAlpha1, {K1},/", f"LabdaAlpha2, {K2},/", "RatioAlpha21, 0.5,/",
    "DataAngleRange, 10.0000, 13.98,/", "ScanStepSize, 0.020,/", "RawScan", between=", ", end=",",
)  # fmt: skip
RIGAKU = in_rows(
    "*TYPE = Raw", f"*WAVE_LENGTH1 = {K1}", f"*WAVE_LENGTH2 = {K2}", "*WAVE_RATIO = 0.5", "*START = 10.0", "*STOP = 13.98",
    "*STEP = 0.02", "*COUNT = 200", between=",",
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "wavelength"),
    [
        (fields("STD"), False), (fields("ESD"), False), (uxd(), True), (uxd("_2THETACOUNTS"), True), (uxd(again=True), True),
        (UDF, True), (RIGAKU, True), (in_rows("10.0 0.02 13.98"), False), (in_rows("10.0 .02 13.98 pellet 7", each=10), False),
    ],
)  # fmt: skip
def test_counts_by_steps(tmp_path: Path, text: str, wavelength: bool) -> None:
    path = saved(tmp_path, text)
    is_true(read_diffractogram(path), wavelength)
    (contents,) = open_file(path)
    assert contents.technique.name == "xrd"


@pytest.mark.parametrize(
    "header",
    [
        "Wavelength (nm): 0.15405930", "# wavelength = 1.5405930e-10 m", "wavelength: 154.05930 pm",
        "lambda (A) 1.5405930", "K-Alpha1 wavelength,1.5405930",
    ],
)  # fmt: skip
def test_a_wavelength_has_the_unit_that_its_header_says(tmp_path: Path, header: str) -> None:
    rows = "".join(f"{a},{c}\n" for a, c in zip(ANGLES, COUNTS, strict=True))
    radiation = read_diffractogram(saved(tmp_path, f"{header}\n2theta,counts\n{rows}")).radiation
    assert radiation is not None
    assert radiation.kalpha1 == pytest.approx(1.540593)


@pytest.mark.parametrize("names", ["2theta,25C,60C", "2theta,I,2theta,I", "Angle,before,after,later"])
def test_a_further_scan_beside_the_first_is_said(tmp_path: Path, names: str) -> None:
    many = names.count(",")
    rows = "".join(f"{a}" + f",{c}" * many + "\n" for a, c in zip(ANGLES, COUNTS, strict=True))
    scan = read_diffractogram(saved(tmp_path, f"{names}\n{rows}"))
    assert scan.ingest is not None
    assert any("further columns were not read" in said for said in scan.ingest.warnings)


@pytest.mark.parametrize(
    "names", ["2theta,counts,esd", "No.,2theta,I", "2theta,Icalc,Iobs,diff", "q,2theta,I", "2theta,I,bkg"]
)
def test_what_usually_stands_beside_counts_is_no_further_scan(tmp_path: Path, names: str) -> None:
    places = {"q": 0.1, "No.": 1.0}
    rows = "".join(
        ",".join(str(a if name == "2theta" else places.get(name, c)) for name in names.split(",")) + "\n"
        for a, c in zip(ANGLES, COUNTS, strict=True)
    )
    scan = read_diffractogram(saved(tmp_path, f"{names}\n{rows}"))
    assert scan.ingest is not None
    assert scan.ingest.warnings == ()


@pytest.mark.parametrize(
    "data",
    [
        ras(), ras(end="\n"), ras("2-Theta/Theta"), ras(factor=2.0), brml(), brml(namespace=' xmlns="urn:b"'), raw(),
        raw(further=40), raw4(), raw4(further=72), raw4("Detector Scan", size=12),
    ],
)  # fmt: skip
def test_each_layout_gives_the_scan_it_was_written_from(tmp_path: Path, data: bytes) -> None:
    path = saved(tmp_path, data)
    is_true(read_diffractogram(path))
    (contents,) = open_file(path)
    assert contents.technique.name == "xrd"
    assert [one.path for one in find_files([path]).files] == [path]  # a zip of its own stays closed


def test_gsas(tmp_path: Path) -> None:
    is_true(read_diffractogram(saved(tmp_path, fxye())), wavelength=False)
    short = read_diffractogram(saved(tmp_path, fxye(points=300)))
    assert short.ingest is not None
    assert "says 300 points, 200 were found" in short.ingest.warnings[0]


def test_columns_with_errors_and_comments(tmp_path: Path) -> None:
    rows = "".join(f"{a} {c} {np.sqrt(c):.3f}\n" for a, c in zip(ANGLES, COUNTS, strict=True))
    scan = read_diffractogram(saved(tmp_path, "/* exported\nby a program */\n" + rows, "a.xye"))
    is_true(scan, wavelength=False)
    assert scan.ingest is not None
    assert scan.ingest.columns_unmapped == ("column 3",)


def test_of_several_scans_the_first_is_read_and_said(tmp_path: Path) -> None:
    for data in (ras(scans=2), brml(routes=2), raw(ranges=2), raw4(ranges=2)):
        scan = read_diffractogram(saved(tmp_path, data))
        is_true(scan)
        assert scan.ingest is not None
        assert "the first is read" in scan.ingest.warnings[0]


def test_rates_are_no_counts(tmp_path: Path) -> None:
    assert read_diffractogram(saved(tmp_path, ras())).counts_are == "counts"
    assert read_diffractogram(saved(tmp_path, ras(unit="cps"))).counts_are == "intensity"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (ras("Omega"), "scanned over 'Omega'"),
        (ras().partition(b"*RAS_INT_START")[0], "cut off before its rows"),
        (brml([f"0.2,1,{a},{c}" for a, c in zip(ANGLES, COUNTS, strict=True)]), "4 fields"),
        (brml([f"0.2,1,{a},{c},{c}" for a, c in zip(ANGLES, COUNTS, strict=True)]), "no 2 theta with its theta"),
        (brml(["0.2,1,10,5,4"]), "an image, perhaps"),
        (brml([f"1,1,{a},{a / 2},-0.1,0,{c + 0.4}" for a, c in zip(ANGLES, COUNTS, strict=True)]), "are no counts"),
        (brml()[:-200], "broken zip"),
        (raw(head=b"RAW2\x00\x00\x00\x00"), "version 2; only versions 3 and 4"),
        (raw4("Rocking Curve"), "scan of the kind 'Rocking Curve'"),
        (raw4()[:300], "ends within its headers"),
        (raw4()[:-50], "do not go with its size"),
        (raw()[:650], "ends within its headers"),
        (raw()[:-50], "do not go with its size"),
        (fxye("ALT"), "type ALT"),
        (uxd(drive="THETA"), "scanned over 'THETA'"),
        (in_rows("10.0 0.02 20.00"), "in steps of 0.02, but has 200 counts"),
        (in_rows("_DRIVE='COUPLED'", "_COUNTS"), "without a start and a step"),
        ("2theta (rad),I\n" + "".join(f"{a / 60},{c}\n" for a, c in zip(ANGLES, COUNTS, strict=True)), "in radians"),
        ("2theta,sqrt(I)\n" + "".join(f"{a},{c}\n" for a, c in zip(ANGLES, COUNTS, strict=True)), "Export the counts"),
        ("2theta,log10(I)\n" + "".join(f"{a},{c}\n" for a, c in zip(ANGLES, COUNTS, strict=True)), "Export the counts"),
        (fxye(binning="SLOG"), "SLOG bins: no angles"),
    ],
)
def test_what_is_not_known_is_refused_by_its_name(tmp_path: Path, data: bytes | str, said: str) -> None:
    with pytest.raises(FileFormatError, match=said):
        read_diffractogram(saved(tmp_path, data))

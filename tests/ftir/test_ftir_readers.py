"""Infrared readers: columns of many dialects, JCAMP-DX plain and packed, OMNIC through its extra, faults, mutations."""

import builtins
import random
import re
import struct
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from ionweld.errors import FileFormatError, InputError, MissingExtraError
from ionweld.read import open_file
from ionweld.read.ftir import read_infrared

X = np.arange(400.0, 500.0)
Y = 0.1 + 0.05 * np.sin(X / 7.0)


def write(folder: Path, content: str | bytes, name: str = "spectrum.dat") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def rows(x, y, delimiter: str = ",", mark: str = ".") -> str:
    return "".join(f"{a:.3f}{delimiter}{b:.8f}\n".replace(".", mark) for a, b in zip(x, y, strict=True))


@pytest.mark.parametrize(
    "content",
    [
        "cm-1,Absorbance\n" + rows(X, Y),
        "wavenumber;Absorbance (a.u.)\n" + rows(X, Y, ";", ","),
        "Title sample\n\nWavenumber\tA\n" + rows(X[::-1], Y[::-1], "\t"),
        "cm-1,%T\n" + rows(X, 100.0 * 10.0**-Y),
        "cm-1\tTransmittance\r\n" + rows(X, 10.0**-Y, "\t").replace("\n", "\r\n"),
    ],
)
def test_columns(tmp_path, content):
    spectrum = read_infrared(write(tmp_path, content))
    assert spectrum.wavenumber_cm1 == pytest.approx(X)
    assert spectrum.absorbance == pytest.approx(Y, abs=1e-6)


def test_what_the_file_does_not_say_is_asked(tmp_path):
    path = write(tmp_path, rows(X, Y))
    with pytest.raises(FileFormatError, match="--as absorbance"):
        read_infrared(path)
    assert read_infrared(path, "absorbance").absorbance == pytest.approx(Y, abs=1e-6)


def test_points_without_light_are_left_out_and_counted(tmp_path):
    light = 10.0**-Y
    light[10:13] = [0.0, -0.01, 1e-9]
    spectrum = read_infrared(write(tmp_path, "cm-1,transmittance\n" + rows(X, light)))
    assert len(spectrum.absorbance) == len(X) - 3
    assert spectrum.ingest is not None
    assert spectrum.ingest.dropped == ("3 points with no light",)


HEAD = """##TITLE=Li2OHCl pellet
##JCAMP-DX=4.24 $$ a comment
##DATA TYPE=INFRARED SPECTRUM
##XUNITS=1/CM
##YUNITS=ABSORBANCE
##XFACTOR=1.0
##YFACTOR=0.001
##FIRSTX={first}
##LASTX={last}
##NPOINTS={points}
"""


def jcamp(lines: list[str], points: int, first: float = 400.0, last: float | None = None) -> str:
    end = first + points - 1 if last is None else last
    return (
        HEAD.format(first=first, last=end, points=points) + "##XYDATA=(X++(Y..Y))\n" + "\n".join(lines) + "\n##END=\n"
    )


def pack(values: list[int]) -> list[str]:
    """Write ordinates as DIF and DUP, ten a line, the last one repeated at the head of the next line as a check."""
    lines = []
    for start in range(0, len(values) - 1, 10):
        part = values[start : start + 11]
        text, previous_step, repeats = f"{400 + start}" + sqz(part[0]), None, 1
        for one, two in pairwise(part):
            step = two - one
            if step == previous_step:
                repeats += 1
                continue
            text += dup(repeats) + dif(step)
            previous_step, repeats = step, 1
        lines.append(text + dup(repeats))
    return [*lines, f"{400 + len(values) - 1}{sqz(values[-1])}"]


def sqz(value: int) -> str:
    digits = str(abs(value))
    return ("abcdefghi" if value < 0 else "@ABCDEFGHI")[int(digits[0]) - (value < 0)] + digits[1:]


def dif(step: int) -> str:
    digits = str(abs(step))
    return ("jklmnopqr" if step < 0 else "%JKLMNOPQR")[int(digits[0]) - (step < 0)] + digits[1:]


def dup(times: int) -> str:
    return "" if times == 1 else "STUVWXYZs"[int(str(times)[0]) - 1] + str(times)[1:]


def test_jcamp_plain_and_packed_agree(tmp_path):
    values = [int(v) for v in np.round(1000 * Y)]
    plain = [f"{400 + i} " + " ".join(map(str, values[i : i + 8])) for i in range(0, 100, 8)]
    one = read_infrared(write(tmp_path, jcamp(plain, 100), "a.jdx"))
    two = read_infrared(write(tmp_path, jcamp(pack(values), 100), "b.dx"))
    assert one.absorbance == pytest.approx(np.array(values) / 1000.0)
    assert np.array_equal(one.absorbance, two.absorbance)
    assert one.wavenumber_cm1 == pytest.approx(X)
    assert one.label == "Li2OHCl pellet"


def test_jcamp_squeezed_and_repeated_ordinates(tmp_path):
    """@ABCCBA@abc stands for 0 1 2 3 3 2 1 0 -1 -2 -3; E5T for 55 55; A0J2U for 10 22 34 46."""
    lines = ["400@ABCCBA@abc"] * 4 + ["444E5TA0J2U", "449D6@@@@"]
    wanted = [0, 1, 2, 3, 3, 2, 1, 0, -1, -2, -3] * 4 + [55, 55, 10, 22, 34, 46, 0, 0, 0, 0]
    found = read_infrared(write(tmp_path, jcamp(lines, len(wanted))))
    assert found.absorbance == pytest.approx(np.array(wanted) / 1000.0)


@pytest.mark.parametrize(("check", "points", "reads"), [("@", 100, True), ("F9", 100, True), ("@", 101, False)])
def test_a_last_check_that_says_nothing_costs_no_spectrum(tmp_path, check, points, reads):
    values = [int(v) for v in np.round(1000 * Y)]
    *lines, last = pack(values)
    text = jcamp([*lines, last.replace(sqz(values[-1]), check)], points)
    if reads:
        assert read_infrared(write(tmp_path, text)).absorbance == pytest.approx(np.array(values) / 1000.0)
    else:
        with pytest.raises(FileFormatError, match="check of ordinates fails after point 100"):
            read_infrared(write(tmp_path, text))


def test_jcamp_points(tmp_path):
    text = HEAD.format(first=400, last=499, points=100).replace("0.001", "1") + "##XYPOINTS=(XY..XY)\n"
    text += "".join(f"{a:.2f}, {b:.6f}; " for a, b in zip(X, Y, strict=True)) + "\n##END=\n"
    assert read_infrared(write(tmp_path, text)).absorbance == pytest.approx(Y, abs=1e-6)


OUTER = "##TITLE=several\n##JCAMP-DX=4.24\n##DATA TYPE=LINK\n##BLOCKS=2\n"
OTHER = "##TITLE=mass\n##DATA TYPE=MASS SPECTRUM\n##XUNITS=m/z\n##YUNITS=COUNTS\n##FIRSTX=10\n##LASTX=61\n##NPOINTS=2\n"


@pytest.mark.parametrize("kind", ["##PEAK TABLE=(XY..XY)", "##XYPOINTS=(XY..XY)", "##XYDATA=(X++(Y..Y))"])
def test_jcamp_of_several_blocks_reads_the_infrared_one(tmp_path, kind):
    inner = jcamp([f"{400 + i} {i % 7}" for i in range(100)], 100)
    text = f"{OUTER}{OTHER}{kind}\n10 1\n61 5\n##END=\n{inner}##END=\n"
    spectrum = read_infrared(write(tmp_path, text))
    assert spectrum.absorbance == pytest.approx(np.arange(100) % 7 / 1000.0)
    assert (spectrum.label, spectrum.wavenumber_cm1[-1]) == ("Li2OHCl pellet", 499.0)
    more = [] if "PEAK" in kind else ["the file has 1 more sets of data; the first infrared spectrum is read"]
    assert list(spectrum.ingest.warnings) == more


def test_jcamp_of_two_infrared_blocks_says_that_it_reads_the_first(tmp_path):
    first, second = (jcamp([f"{400 + i} {rise * i}" for i in range(100)], 100) for rise in (1, 2))
    spectrum = read_infrared(write(tmp_path, f"{OUTER}{first}{second}##END=\n"))
    assert spectrum.absorbance[-1] == pytest.approx(0.099)
    assert spectrum.ingest.warnings == ("the file has 1 more sets of data; the first infrared spectrum is read",)


def test_jcamp_over_micrometres(tmp_path):
    text = jcamp([f"{2.5 + 0.1 * i:.1f} {i}" for i in range(100)], 100, 2.5, 12.4)
    spectrum = read_infrared(write(tmp_path, text.replace("XUNITS=1/CM", "XUNITS=MICROMETERS")))
    assert spectrum.wavenumber_cm1[[0, -1]] == pytest.approx([1e4 / 12.4, 4000.0])
    assert spectrum.absorbance[[0, -1]] == pytest.approx([0.099, 0.0])


def spa(values: np.ndarray, kind: int = 0x11, first: float = 4000.0, last: float = 400.0) -> bytes:
    """Return an OMNIC file as the format is described: a table of keys that name where header and numbers stand."""
    start = bytearray(b"Spectral Data File".ljust(304, b"\0"))
    header = bytearray(256)
    struct.pack_into("<I", header, 4, len(values))
    header[8], header[12] = 1, kind
    struct.pack_into("<ff", header, 16, first, last)
    at = 304 + 48
    data = np.asarray(values, "<f4").tobytes()
    keys = struct.pack("<BBII", 2, 0, at, 256).ljust(16, b"\0") + struct.pack("<BBII", 3, 0, at + 256, len(data)).ljust(
        16, b"\0"
    )
    return bytes(start) + keys + bytes(16) + bytes(header) + data + bytes(300)


def test_omnic(tmp_path):
    pytest.importorskip("spectrochempy_omnic", reason="install the extra [omnic] to read .spa")
    spectrum = read_infrared(write(tmp_path, spa(Y), "a.spa"))
    assert spectrum.wavenumber_cm1[[0, -1]] == pytest.approx([400.0, 4000.0])
    assert spectrum.absorbance == pytest.approx(Y[::-1], abs=1e-6)
    percent = read_infrared(write(tmp_path, spa(100.0 * 10.0**-Y, 0x10), "b.spa"))
    assert percent.recorded_as == "transmittance"
    assert percent.absorbance == pytest.approx(Y[::-1], abs=1e-6)


def opus_parameters(**values: int | float | str) -> bytes:
    """Return a block of parameters: name, type (0 whole, 1 real, 2 text), length in words of two bytes, value."""
    out = b""
    for name, value in values.items():
        if isinstance(value, str):
            coded, kind = value.encode("latin-1").ljust(2 * (len(value) // 2 + 1), b"\0"), 2
        else:
            kind = int(isinstance(value, float))
            coded = struct.pack("<d" if kind else "<i", value)
        out += name.encode() + b"\0" + struct.pack("<hh", kind, len(coded) // 2) + coded
    return out + b"END\0" + bytes(4)


def opus(values: np.ndarray, kind: int = 4, unit: str = "WN") -> bytes:
    """Return an OPUS file as the format is described: a head, a directory, a spectrum (4 absorbance, 5 transmittance)."""
    data = np.asarray(values, "<f4").tobytes()
    status = opus_parameters(
        DPF=1, NPT=len(values), FXV=4000.0, LXV=400.0, CSF=1.0, MXY=float(np.float32(values.max())),
        MNY=float(np.float32(values.min())), DAT="01/02/2026", TIM="10:11:12.000 (GMT+0)", DXU=unit,
    )  # fmt: skip
    status += bytes(-len(status) % 4)
    code, start = 15 + (kind << 10), 24 + 3 * 12
    rows = [(13 << 10, 9, 24), (code, len(data) // 4, start), (code + 16, len(status) // 4, start + len(data))]
    head = b"\n\n\xfe\xfe" + struct.pack("<d3i", 920622.0, 24, 3, 3)
    return head + b"".join(struct.pack("<3i", *row) for row in rows) + data + status


def test_opus(tmp_path):
    pytest.importorskip("brukeropus", reason="install the extra [opus] to read OPUS files")
    spectrum = read_infrared(write(tmp_path, opus(Y), "a.0"))
    assert spectrum.wavenumber_cm1[[0, -1]] == pytest.approx([400.0, 4000.0])
    assert spectrum.absorbance == pytest.approx(Y[::-1], abs=1e-6)
    clear = read_infrared(write(tmp_path, opus(10.0**-Y, 5), "b.0"))
    assert clear.recorded_as == "transmittance"
    assert clear.absorbance == pytest.approx(Y[::-1], abs=1e-6)
    for content, said in (
        (opus(Y, 1), "neither absorbance nor transmittance"),
        (opus(Y, unit="MI"), "over MI"),
        (opus(Y)[:-200], "OPUS"),
        (
            opus(Y).replace(b"NPT\0\0\0\2\0" + struct.pack("<i", len(Y)), b"NPT\0\0\0\2\0" + b"\xff\xff\xff\x7f"),
            "promises",
        ),
    ):
        with pytest.raises(FileFormatError, match=said):
            read_infrared(write(tmp_path, content, "c.0"))


def test_damaged_opus_files_are_read_or_refused(tmp_path):
    pytest.importorskip("brukeropus", reason="install the extra [opus] to read OPUS files")
    draw, whole = np.random.default_rng(3), opus(Y)
    for _ in range(60):
        damaged = bytearray(whole)
        for at in draw.integers(0, len(whole), 3) if draw.random() < 0.5 else draw.integers(0, 60, 1):
            damaged[at] = draw.integers(256)
        read_or_refusal(write(tmp_path, bytes(damaged), "d.0"))


@pytest.mark.parametrize(("package", "content"), [("spectrochempy_omnic", spa), ("brukeropus", opus)])
def test_without_its_package_a_file_names_the_extra(tmp_path, monkeypatch, package, content):
    real = builtins.__import__

    def without(name, *arguments, **named):
        if name.startswith(package):
            raise ImportError(name)
        return real(name, *arguments, **named)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MissingExtraError, match=r"ionweld\[o"):
        read_infrared(write(tmp_path, content(Y), "a.spa"))


GOOD = jcamp([f"{400 + i} {i % 7}" for i in range(100)], 100)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "empty"),
        ("just words\n", "no rows of two numbers"),
        ("cm-1,absorbance\n" + rows(X[:20], Y[:20]), "needs 50"),
        ("cm-1,absorbance\n" + rows(X, Y) * 2, "several spectra"),
        ("cm-1,absorbance\n" + rows(X, 1e4 * Y), "no spectrum"),
        ("THz,absorbance\n" + rows(X / 33.0, Y), "'THz' for the wavenumber"),
        ("x,absorbance\n" + rows(X / 500.0, Y), "no spectrum"),
        (GOOD.replace("NPOINTS=100", "NPOINTS=150"), "promises 150"),
        (GOOD.replace("YFACTOR=0.001", "YFACTOR=tiny"), "no number"),
        (GOOD.replace("X++(Y..Y)", "R++(A..A)"), "not known"),
        (GOOD.replace("XUNITS=1/CM", "XUNITS=NANOMETERS"), "abscissa"),
        (GOOD.replace("INFRARED", "RAMAN").replace("ABSORBANCE", "COUNTS"), "no infrared spectrum but RAMAN SPECTRUM"),
        (GOOD.replace("INFRARED", "NMR"), "no infrared spectrum but NMR"),
        (GOOD.replace("=ABSORBANCE", "=(micromol/mol)-1m-1 (base 10)"), "its ordinate is .*micromol.*--as absorbance"),
        (GOOD.replace("XYDATA", "NTUPLES"), "neither XYDATA nor XYPOINTS"),
        (GOOD.replace("ABSORBANCE", "KUBELKA-MUNK"), "--as absorbance"),
        (GOOD.replace("499 1", "499 S99999999999"), "repeats an ordinate"),
        (GOOD.replace("499 1", "499 @JJ\n500 F"), "check of ordinates"),
    ],
)
def test_faults_are_named(tmp_path, content, said):
    with pytest.raises(FileFormatError, match=said):
        read_infrared(write(tmp_path, content))


def read_or_refusal(path: Path):
    try:
        return read_infrared(path, "absorbance")
    except InputError as error:
        return str(error)


@pytest.mark.parametrize("kind", ["csv", "jcamp", "packed", "spa"])
def test_mutations_are_read_right_or_refused(tmp_path, kind):
    if kind == "spa":
        pytest.importorskip("spectrochempy_omnic", reason="install the extra [omnic] to read .spa")
    packed = jcamp(pack([int(v) for v in np.round(1000 * Y)]), 100)
    texts = {"csv": "cm-1,absorbance\n" + rows(X, Y), "jcamp": GOOD, "packed": packed}
    original = spa(Y) if kind == "spa" else texts[kind].encode()
    rng = random.Random(kind)
    for number in range(250):
        broken = bytearray(original)
        for _ in range(rng.randint(1, 5)):
            at = rng.randrange(max(1, len(broken)))
            action = rng.randrange(4)
            if action == 0:
                broken[at : at + 2] = bytes(rng.randrange(256) for _ in range(2))
            elif action == 1:
                del broken[at : at + rng.randint(1, 200)]
            elif action == 2:
                broken[at:at] = rng.choice([b"nan", b"s999", b"%", b"\x00", b"-", b"##", b"1e400", b"="])
            else:
                broken[at:at] = broken[at : at + rng.randint(1, 300)]
        path = write(tmp_path, bytes(broken), f"{number % 3}.bin")
        found = read_or_refusal(path)
        if isinstance(found, str):
            assert str(path) in found
            continue
        assert np.all(np.isfinite(found.absorbance))
        assert np.all(np.diff(found.wavenumber_cm1) > 0)


@pytest.mark.parametrize(("names", "said"), [("cm-1,A before,A after", True), ("Wavenumber,Absorbance,error", False)])
def test_a_further_spectrum_beside_the_first_is_said(tmp_path, names, said):
    path = tmp_path / "pair.csv"
    path.write_text(names + "\n" + "".join(f"{x:.2f},{y:.5f},{y:.5f}\n" for x, y in zip(X, Y, strict=True)))
    spectrum = read_infrared(path, "absorbance")
    assert any("further columns were not read: 'A after'" in one for one in spectrum.ingest.warnings) == said


@pytest.mark.parametrize(
    ("names", "ordinate"),
    [
        ("波数,吸光度", "absorbance"), ("波数(cm-1),透过率(%)", "transmittance"), ("파수,흡광도", "absorbance"),
        ("Волновое число,Пропускание", "transmittance"), ("cm-1,Optical density", "absorbance"), ("cm-1,log(1/R)", "absorbance"),
        ("cm-1,ATR units", "absorbance"),
    ],
)  # fmt: skip
def test_an_ordinate_is_known_in_the_words_of_its_language(tmp_path, names, ordinate):
    light = 10.0**-Y * (100.0 if "%" in names else 1.0)
    path = tmp_path / "one.csv"
    path.write_text(f"{names}\n" + rows(X, Y if ordinate == "absorbance" else light), encoding="utf-8")
    spectrum = read_infrared(path)
    assert spectrum.recorded_as == ordinate
    assert spectrum.absorbance == pytest.approx(Y, abs=1e-4)


@pytest.mark.parametrize(
    "names",
    ["cm-1,Kubelka-Munk", "Raman shift (cm-1),Intensity", "cm-1,d2A", "cm-1,Single beam", "cm-1,mAbs", "Frequency (THz),A", "meV,A"],
)  # fmt: skip
def test_what_is_no_spectrum_of_absorbance_is_refused_whatever_is_said(tmp_path, names):
    path = tmp_path / "other.csv"
    path.write_text(f"{names}\n" + rows(X, Y))
    with pytest.raises(
        FileFormatError,
        match=re.escape(next(name for name in names.split(",") if name not in ("cm-1", "A", "Intensity"))),
    ):
        read_infrared(path, "absorbance")


SETTINGS = {
    "a converter's labels": "##TITLE=No Description\n##XUNITS=1/CM\n##YUNITS=%T\n",
    "labels and tabs": "TITLE\tsalt\nORIGIN\tJASCO\nRESOLUTION\t4\nXUNITS\t1/CM\nYUNITS\t%T\nXYDATA\n",
    "remarks": "# x-axis label: Wavenumber (cm-1)\n# y-axis label: Transmittance\n",
}


@pytest.mark.parametrize("head", SETTINGS.values(), ids=SETTINGS)
def test_settings_above_the_numbers_name_the_axes(tmp_path, head):
    path = tmp_path / "spectrum.txt"
    path.write_text(head + rows(X, 100.0 * 10.0**-Y, "\t"))
    (contents,) = open_file(path)
    (spectrum,) = contents.measurements
    assert contents.technique.name == "ftir"
    assert spectrum.recorded_as == "transmittance"
    assert spectrum.absorbance == pytest.approx(Y, abs=1e-4)


def test_a_wavelength_that_a_setting_names_is_no_wavenumber(tmp_path):
    path = tmp_path / "spectrum.txt"
    path.write_text("##XUNITS=NANOMETERS\n##YUNITS=ABSORBANCE\n" + rows(1e7 / X, Y))
    assert read_infrared(path).wavenumber_cm1 == pytest.approx(X, rel=1e-6)
    path.write_text("XUNITS\tNANOMETERS\nYUNITS\tABSORBANCE\nXYDATA\n" + rows(X / 5.0, Y, "\t"))
    with pytest.raises(FileFormatError, match="no infrared light"):
        open_file(path)

"""Files of microscopes: what is refused by its name, and what is said of a file with several pages."""

import struct

import numpy as np
import pytest
from PIL import Image, TiffImagePlugin

from ionweld.errors import FileFormatError
from ionweld.read import open_file
from ionweld.read.sem import read_micrograph


class Tags:
    """Writes the tree of a Digital Micrograph file of version 3 or 4, in either order of bytes, as its description says."""

    def __init__(self, version: int, little: bool) -> None:
        self.version, self.order = version, "<" if little else ">"
        self.long = ">i" if version == 3 else ">q"

    def tag(self, kind: int, name: str, content: bytes) -> bytes:
        size = b"" if self.version == 3 else struct.pack(">q", len(content))
        return struct.pack(">BH", kind, len(name)) + name.encode("latin-1") + size + content

    def branch(self, *tags: bytes) -> bytes:
        return b"\x01\x00" + struct.pack(self.long, len(tags)) + b"".join(tags)

    def data(self, types: list[int], content: bytes) -> bytes:
        return b"%%%%" + b"".join(struct.pack(self.long, number) for number in (len(types), *types)) + content

    def number(self, name: str, kind: int, code: str, value: float) -> bytes:
        return self.tag(21, name, self.data([kind], struct.pack(self.order + code, value)))

    def text(self, name: str, text: str) -> bytes:
        coded = text.encode("utf-16-le" if self.order == "<" else "utf-16-be")
        return self.tag(21, name, self.data([20, 4, len(text)], coded))

    def image(self, grey: np.ndarray, unit: str, scale: float, down: float | None = None, form: str = "Image") -> bytes:
        pixels = grey.astype(self.order + "u2").tobytes()
        axis, other = (
            self.tag(20, "", self.branch(self.number("Scale", 6, "f", step), self.text("Units", unit)))
            for step in (scale, scale if down is None else down)
        )
        sides = self.branch(*(self.number("", 5, "I", side) for side in grey.shape[::-1]))
        data = self.branch(
            self.tag(20, "Calibrations", self.branch(self.tag(20, "Dimension", self.branch(axis, other)))),
            self.tag(21, "Data", self.data([20, 4, grey.size], pixels)),
            self.number("DataType", 5, "I", 10),
            self.tag(20, "Dimensions", sides),
            self.tag(21, "Origin", self.data([15, 0, 2, 0, 6, 0, 6], struct.pack(self.order + "ff", 1.0, 2.0))),
        )
        meta = self.tag(20, "Meta Data", self.branch(self.text("Format", form)))
        return self.branch(self.tag(20, "ImageData", data), self.tag(20, "ImageTags", self.branch(meta)))

    def file(self, *images: bytes) -> bytes:
        root = self.branch(self.tag(20, "ImageList", self.branch(*(self.tag(20, "", image) for image in images))))
        head = struct.pack(">i", self.version) + struct.pack(self.long, len(root))
        return head + struct.pack(">i", self.order == "<") + root + b"\x00" * 8


GREY = np.arange(12 * 17, dtype=np.uint16).reshape(12, 17) * 100


@pytest.mark.parametrize("version", [3, 4])
@pytest.mark.parametrize("little", [True, False])
@pytest.mark.parametrize(("unit", "scale", "length"), [("nm", 1.25, 1.25e-9), ("µm", 0.5, 5e-7), ("1/nm", 2.0, None)])
def test_a_digital_micrograph_file_has_its_picture_and_scale(tmp_path, version, little, unit, scale, length):
    tags = Tags(version, little)
    thumbnail = tags.image(GREY[:8, :8], "", 1.0)
    (tmp_path / "picture").write_bytes(tags.file(thumbnail, tags.image(GREY, unit, scale)))
    (picture,) = open_file(tmp_path / "picture")[0].measurements
    assert np.array_equal(picture.grey, GREY)
    assert (picture.scale.metres_per_pixel if picture.scale else None) == (pytest.approx(length) if length else None)


def test_a_spectrum_image_is_no_picture_whose_pixels_are_wavelengths(tmp_path):
    tags = Tags(4, True)
    (tmp_path / "cl.dm4").write_bytes(tags.file(tags.image(GREY, "nm", 0.0934, 0.0206, "Spectrum image")))
    with pytest.raises(FileFormatError, match="holds a spectrum image, no picture"):
        read_micrograph(tmp_path / "cl.dm4")


@pytest.mark.parametrize(("down", "said"), [(1.25, False), (1.255, False), (2.5, True)])
def test_pixels_that_are_not_square_are_said(tmp_path, down, said):
    tags = Tags(3, False)
    (tmp_path / "x.dm3").write_bytes(tags.file(tags.image(GREY, "nm", 1.25, down)))
    picture = read_micrograph(tmp_path / "x.dm3")
    assert picture.scale.metres_per_pixel == pytest.approx(1.25e-9)
    assert any("two scales disagree" in line for line in picture.ingest.warnings) == said


def test_a_picture_of_few_pixels_is_no_text(tmp_path):
    tags = Tags(3, True)
    (tmp_path / "x.dm3").write_bytes(tags.file(tags.image(GREY[:9, :10], "nm", 1.25)))
    assert np.array_equal(read_micrograph(tmp_path / "x.dm3").grey, GREY[:9, :10])


def read_or_refusal(path) -> str:
    """Return what is said of a file that is refused, or nothing where finite grey levels came back."""
    try:
        assert np.all(np.isfinite(read_micrograph(path).grey))
    except FileFormatError as refusal:
        return str(refusal)
    return ""


def test_damaged_digital_micrograph_files_are_refused_by_name(tmp_path):
    tags, draw = Tags(4, True), np.random.default_rng(1)
    whole = tags.file(tags.image(GREY, "nm", 1.0))
    refused = 0
    for _ in range(150):
        damaged = bytearray(whole[: draw.integers(17, len(whole))] if draw.random() < 0.5 else whole)
        damaged[draw.integers(16, len(damaged))] ^= 1 << int(draw.integers(8))
        (tmp_path / "picture.dm4").write_bytes(damaged)
        said = read_or_refusal(tmp_path / "picture.dm4")
        assert not said or "Digital Micrograph" in said or "shape" in said
        refused += bool(said)
    assert refused > 30


def sis_tif(path, block):
    """Write a tif whose tag of Olympus holds a block; places in the block count from the start of the file."""
    for at in (0, 0):
        info = TiffImagePlugin.ImageFileDirectory_v2()
        info[33560] = block(at)
        info.tagtype[33560] = 1
        Image.fromarray(np.full((20, 30), 50, np.uint8)).save(path, tiffinfo=info)
        at = path.read_bytes().index(b"SIS0")
        raw = path.read_bytes()
        path.write_bytes(raw[:at] + block(at) + raw[at + len(block(at)) :])


@pytest.mark.parametrize(("exponent", "side", "length"), [(-9, 12.5, 12.5e-9), (-6, 0.25, 2.5e-7), (0, -1.0, None)])
def test_the_scale_of_an_olympus_file(tmp_path, exponent, side, length):
    def block(at: int) -> bytes:
        head = struct.pack("<4s6xhhhhh6x32sh", b"SIS0", 1, 2, 3, 4, 120, b"name", 1)
        entry = struct.pack("<hhI", 1, 1, at + len(head) + 8)
        return head + entry + struct.pack("<10xhdd", exponent, side, side) + b"\x00" * 40

    sis_tif(tmp_path / "picture.tif", block)
    scale = read_micrograph(tmp_path / "picture.tif").scale
    assert (scale.metres_per_pixel if scale else None) == (pytest.approx(length) if length else None)
    sis_tif(tmp_path / "broken.tif", lambda at: b"SIS0" + b"\xff" * 80)
    assert read_micrograph(tmp_path / "broken.tif").scale is None


def test_of_several_pages_the_first_is_read_and_said(tmp_path):
    pages = [Image.fromarray(np.full((20, 30), level, np.uint8)) for level in (10, 200, 90)]
    pages[0].save(tmp_path / "stack.tif", save_all=True, append_images=pages[1:])
    picture = read_micrograph(tmp_path / "stack.tif")
    assert picture.grey.mean() == 10.0
    assert "further pages" in picture.ingest.warnings[0]
    pages[0].save(tmp_path / "one.tif")
    assert not any("pages" in line for line in read_micrograph(tmp_path / "one.tif").ingest.warnings)


def tagged_tif(path, columns, tags):
    """Write a picture of so many columns whose tif has these tags, text or a number each."""
    info = TiffImagePlugin.ImageFileDirectory_v2()
    for tag, value in tags.items():
        info[tag] = value
        info.tagtype[tag] = 2 if isinstance(value, str) else 12
    Image.fromarray(np.full((20, columns), 50, np.uint8)).save(path, tiffinfo=info)


ZEISS, FEI = 34118, 34682
LIVE = "AP_PIXEL_SIZE\r\nPixel Size = 5.825 nm\r\n"  # of the live frame, twice as wide as the picture that was stored


@pytest.mark.parametrize(
    ("tags", "length", "conflicts"),
    [
        ({ZEISS: LIVE + "AP_WIDTH\r\nWidth = 5.965 \xb5m\r\n"}, 5.965e-6 / 512, 1),
        ({ZEISS: LIVE + "AP_HOLDER_WIDTH\r\nHolder Width =  2.000 mm\r\n"}, 5.825e-9, 0),
        ({ZEISS: LIVE + "Width = 5.965 \xb5m\r\nImage Pixel Size = 11.65 nm\r\n"}, 11.65e-9, 1),
        ({ZEISS: "Width = 2.9824 \xb5m\r\n" + LIVE}, 5.825e-9, 0),
        ({FEI: "[EBeam]\r\nHFW=0.000256\r\nVFW=0.000128\r\n"}, 0.5e-6, 0),
        ({FEI: "[EBeam]\r\nHFW=0.9\r\n[Scan]\r\nPixelWidth=3.3724e-006\r\n"}, 3.3724e-6, 0),
        ({65003: "nm", 65009: 2.5}, 2.5e-9, 0),
        ({65003: "1/nm", 65009: 2.5}, None, 1),
    ],
)
def test_the_scale_is_that_of_the_picture_not_of_the_live_frame(tmp_path, tags, length, conflicts):
    tagged_tif(tmp_path / "picture.tif", 512, tags)
    picture = read_micrograph(tmp_path / "picture.tif")
    assert (picture.scale.metres_per_pixel if picture.scale else None) == (pytest.approx(length) if length else None)
    assert len(picture.ingest.warnings) == conflicts


@pytest.mark.parametrize("name", ["saved_with_DM.tif", "Q_K.tif", "sample_Xx_La.tif"])
def test_a_picture_whose_name_says_no_element_is_no_element_map(tmp_path, name):
    tagged_tif(tmp_path / name, 64, {65003: "nm", 65009: 2.5})
    assert [one.technique.name for one in open_file(tmp_path / name)] == ["sem"]

"""Files of microscopes: what is refused by its name, and what is said of a file with several pages."""

import numpy as np
import pytest
from PIL import Image

from ionweld.errors import FileFormatError
from ionweld.read import open_file
from ionweld.read.sem import read_micrograph


def test_a_digital_micrograph_file_is_refused_by_its_name(tmp_path):
    for head in (
        b"\x00\x00\x00\x03\x00\x01\x00\x00\x00\x00\x00\x01",
        b"\x00\x00\x00\x04" + b"\x00" * 8 + b"\x00\x00\x00\x01",
    ):
        path = tmp_path / "picture"
        path.write_bytes(head + b"\x00" * 200)
        with pytest.raises(FileFormatError, match=r"Digital Micrograph.*Save it.*TIFF"):
            read_micrograph(path)
        with pytest.raises(FileFormatError, match="Digital Micrograph"):
            open_file(path)


def test_of_several_pages_the_first_is_read_and_said(tmp_path):
    pages = [Image.fromarray(np.full((20, 30), level, np.uint8)) for level in (10, 200, 90)]
    pages[0].save(tmp_path / "stack.tif", save_all=True, append_images=pages[1:])
    picture = read_micrograph(tmp_path / "stack.tif")
    assert picture.grey.mean() == 10.0
    assert "further pages" in picture.ingest.warnings[0]
    pages[0].save(tmp_path / "one.tif")
    assert not any("pages" in line for line in read_micrograph(tmp_path / "one.tif").ingest.warnings)

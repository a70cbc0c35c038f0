"""A figure as PNG against matplotlib's own, pixel by pixel, whether it is cut tightly or arranges itself."""

from io import BytesIO

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from ionweld.report.figure import png, print_figure


def _drawn(figure: Figure) -> Figure:
    axes = figure.subplots()
    axes.plot([0.0, 1.0, 3.0], [2.0, 5.0, 1.0], color="#D55E00")
    axes.set(xlabel="time / h", title="a line")
    return figure


@pytest.mark.parametrize("figure", [Figure(figsize=(3.01, 2.0)), print_figure(88.0, 50.0)], ids=["cut", "arranged"])
def test_it_has_the_pixels_and_the_resolution_of_matplotlib(figure: Figure) -> None:
    ours, theirs = png(_drawn(figure)), BytesIO()
    cut = figure.get_tightbbox().padded(0.1) if figure.get_figwidth() == 3.01 else None
    figure.savefig(theirs, format="png", dpi=300, bbox_inches=cut)
    with Image.open(BytesIO(ours)) as seen, Image.open(theirs) as known:
        assert np.array_equal(np.asarray(seen), np.asarray(known.convert("RGB")))
        assert seen.info["dpi"] == pytest.approx((300.0, 300.0), abs=0.01)
        assert seen.mode == "RGB"

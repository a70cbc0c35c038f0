"""Figures: one style, with colours that colour-blind readers can tell apart (Okabe and Ito), as SVG and PNG."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO, StringIO
from struct import pack
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary
from zlib import compress, crc32

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.transforms import Bbox
    from numpy.typing import NDArray

OKABE_ITO = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#F0E442")
MM_PER_INCH = 25.4
_PAD_IN = 0.1  # around what is cut tightly
_PRINT_DPI = 300
_QUICK = 3  # level of compression
COLUMN_MM, PAGE_MM = 88.0, 180.0  # widths of a journal's column and page
BARE, WELDED, LAYER, PAPER = OKABE_ITO[1], OKABE_ITO[0], OKABE_ITO[2], OKABE_ITO[6]
OF_CELLS = (
    BARE,
    WELDED,
    LAYER,
    *OKABE_ITO[3:6],
)  # the colours of kinds of cells that are set side by side, in their order


@contextmanager
def house_style() -> Iterator[None]:
    """Draw everything inside this context in the house's style."""
    import matplotlib as mpl
    from cycler import cycler

    style: dict[Any, Any] = {
        "axes.prop_cycle": cycler(color=OKABE_ITO),
        "axes.spines.right": False,
        "axes.spines.top": False,
        "axes.titlesize": 10,
        "axes.titlelocation": "left",
        "font.size": 9,
        "legend.edgecolor": "none",  # a white ground without a line: what runs behind a legend stays readable
        "legend.borderpad": 0.1,
        "legend.fancybox": False,
        "legend.framealpha": 0.8,
        "legend.fontsize": 8,
    }
    with mpl.rc_context(style):
        yield


def print_figure(width_mm: float, height_mm: float) -> "Figure":
    """Return an empty figure of exactly this size, for print: what is drawn is arranged to fit into it."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width_mm / MM_PER_INCH, height_mm / MM_PER_INCH), layout="constrained")


def shown_axes() -> "Axes":
    """Return empty axes, in the house's style, of a figure that a notebook shows by itself."""
    import matplotlib.pyplot as plt

    plt.draw_if_interactive()  # loads the notebook's backend, which says "show figures": leaving a style would undo that
    with house_style():
        return plt.subplots(layout="constrained")[1]


_KEY_IN, _LETTER_IN = 0.55, 0.053  # of a legend: the key of a line with its gaps, and a letter of its text


def legend_above(axes: "Axes") -> None:
    """Say above the axes what their lines are, below their title: where no line runs, whatever the numbers are.

    A figure of several panels has to arrange itself (``layout="constrained"``).
    """
    title, (_, labels) = axes.get_title(loc="left") or axes.get_title(), axes.get_legend_handles_labels()
    width = axes.get_figure(root=True).get_figwidth() * axes.get_position().width  # pyright: ignore[reportOptionalMemberAccess]
    columns = max(1, int(width / (_KEY_IN + _LETTER_IN * max(map(len, labels), default=1))))
    if title:  # the legend says it; whoever tells the figure in words still finds it
        axes.set_title(title, loc="left").set_visible(False)
    axes.legend(
        loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=columns, borderaxespad=0.3, alignment="left",
        title=title or None, title_fontsize=10,
    )  # fmt: skip


_CUTS: "WeakKeyDictionary[Figure, Bbox | None]" = WeakKeyDictionary()


def _cut(figure: "Figure") -> "Bbox | None":
    """Return how a figure is cut: tightly, as it was measured once; one that arranges itself keeps its size."""
    if figure not in _CUTS:
        _CUTS[figure] = _measured(figure)
    return _CUTS[figure]


def _measured(figure: "Figure") -> "Bbox | None":
    arranging = figure.get_layout_engine()
    if arranging is None:
        return figure.get_tightbbox().padded(_PAD_IN)
    arranging.execute(figure)
    figure.set_layout_engine(None)  # it stays as it is arranged: saving would draw it once more to arrange it
    return None


@contextmanager
def _without_glyph_warnings() -> Iterator[None]:
    """A name in letters that the font lacks is drawn as boxes: nothing that a person could mend."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph", category=UserWarning)
        yield


def svg(figure: "Figure") -> str:
    """Return a figure as SVG text to put into a page. Its text stays text: to be found, copied, read aloud, edited."""
    import matplotlib as mpl

    buffer = StringIO()
    with _without_glyph_warnings(), mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "ionweld"}):
        figure.savefig(buffer, format="svg", bbox_inches=_cut(figure), metadata={"Date": None})
    text = buffer.getvalue()
    return text[text.index("<svg") :]


def png(figure: "Figure") -> bytes:
    """Return a figure as PNG, 300 dots per inch."""
    import numpy as np

    buffer, cut = BytesIO(), _cut(figure)
    with _without_glyph_warnings():
        figure.savefig(buffer, format="rgba", dpi=_PRINT_DPI, bbox_inches=cut)
    height = int((cut.height if cut is not None else figure.get_figheight()) * _PRINT_DPI)
    return _png_of(np.frombuffer(buffer.getbuffer(), np.uint8).reshape(height, -1, 4))


def _png_of(pixels: "NDArray[np.uint8]") -> bytes:
    """Return pixels, shape (rows, columns, 4), as PNG without their opacity (W3C, PNG, third edition, sections 5 and 11).

    Rows are packed as they are: plain grounds and thin lines pack as well without the filters that image libraries try on
    each row, in a third of the time.
    """
    import numpy as np

    height, width, _ = pixels.shape
    rows = np.zeros((height, 1 + 3 * width), np.uint8)  # each row begins with its filter: 0, none
    for colour in range(3):
        rows[:, 1 + colour :: 3] = pixels[:, :, colour]
    dots = round(_PRINT_DPI * 1e3 / MM_PER_INCH)  # per metre
    chunks = (
        (b"IHDR", pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
        (b"pHYs", pack(">IIB", dots, dots, 1)),
        (b"IDAT", compress(rows.data, _QUICK)),
        (b"IEND", b""),
    )
    sealed = (pack(">I", len(body)) + kind + body + pack(">I", crc32(kind + body)) for kind, body in chunks)
    return b"\x89PNG\r\n\x1a\n" + b"".join(sealed)

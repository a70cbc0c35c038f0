"""Figures as inline SVG, in one style with colours that colour-blind readers can tell apart (Okabe and Ito)."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure

OKABE_ITO = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#F0E442")


@contextmanager
def house_style() -> Iterator[None]:
    """Draw everything inside this context in the house's style."""
    import matplotlib as mpl
    from cycler import cycler

    style: dict[Any, Any] = {
        "axes.prop_cycle": cycler(color=OKABE_ITO),
        "axes.spines.right": False,
        "axes.spines.top": False,
        "font.size": 10,
        "legend.frameon": False,
        "svg.fonttype": "path",
        "svg.hashsalt": "ionweld",
    }
    with mpl.rc_context(style):
        yield


def svg(figure: "Figure") -> str:
    """Return a figure as SVG text to put into a page."""
    buffer = StringIO()
    figure.savefig(buffer, format="svg", bbox_inches="tight", metadata={"Date": None})
    text = buffer.getvalue()
    return text[text.index("<svg") :]

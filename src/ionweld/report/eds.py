"""Element maps across a layer: counts of each line by position."""

from matplotlib.axes import Axes

from ionweld.analyse.eds.profile import EdsResult
from ionweld.report.figure import OKABE_ITO


def draw_lines(axes: Axes, result: EdsResult) -> None:
    """Draw the net counts of all lines across the layer, each with its error of counting; the layer is shaded."""
    um = None if result.position_m is None else 1e6 * result.position_m
    x = result.position_px if um is None else um
    step = float(x[1] - x[0]) if x.size > 1 else 1.0
    for colour, one in zip(OKABE_ITO * 3, result.profiles, strict=False):
        axes.fill_between(x, one.counts - one.stderr, one.counts + one.stderr, color=colour, alpha=0.3, linewidth=0)
        axes.plot(x, one.counts, color=colour, linewidth=0.9, label=one.line)
    axes.axvspan(*(edge * step for edge in result.layer_px), color="0.88", zorder=0)
    axes.set(xlabel="position across the layer / um" if um is not None else "position / px", ylabel="net counts")
    axes.legend()

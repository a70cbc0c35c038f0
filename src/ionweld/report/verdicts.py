"""Figures of what several instruments say together: odds of each solvent, and which phases could be a layer."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from ionweld.report.figure import OKABE_ITO, PAPER
from ionweld.verdict.compatibility import Verdict
from ionweld.verdict.interface import InterfaceVerdict


def draw_odds(axes: Axes, samples: Sequence[Verdict]) -> None:
    """Draw for each sample the odds of compatible against incompatible, of all instruments and of each alone."""
    names = list(dict.fromkeys(name for one in samples for name in one.by_instrument))
    for colour, name in zip(OKABE_ITO[1:] * 2, names, strict=False):
        points = [(place, one.by_instrument[name]) for place, one in enumerate(samples) if name in one.by_instrument]
        axes.plot(
            [odds for _, odds in points], [place for place, _ in points], "o", color=colour, label=f"{name} alone"
        )
    axes.plot([one.odds for one in samples], range(len(samples)), "D", color=OKABE_ITO[0], label="all together")
    axes.axvline(1.0, color=PAPER, lw=0.8, ls="--")
    axes.set(xscale="log", xlabel="odds, compatible : incompatible", ylabel="sample", ylim=(-0.5, len(samples) - 0.5))
    axes.set_yticks(range(len(samples)), [one.name for one in samples])
    axes.invert_yaxis()
    axes.legend()


def draw_candidates(axes: Axes, verdict: InterfaceVerdict) -> None:
    """Draw the conductivity that each phase can have, and the one that the layer must have, with its interval (S/cm)."""
    ends = np.array([(one.low_S_per_m, one.high_S_per_m) for one in verdict.candidates]).reshape(-1, 2) / 100.0
    for place, (one, (low, high)) in enumerate(zip(verdict.candidates, ends, strict=True)):
        axes.plot([low, high], [place, place], lw=5, color=OKABE_ITO[2 if one.seen else 5], solid_capstyle="butt")
    sigma = verdict.conductivity_S_per_m
    if sigma is not None and sigma.low is not None and sigma.high is not None:
        axes.axvspan(sigma.low / 100.0, sigma.high / 100.0, color=OKABE_ITO[1], alpha=0.3, label="the layer, 95 %")
        axes.axvline(sigma.value / 100.0, color=OKABE_ITO[1], lw=1.0)
    for colour, label in ((OKABE_ITO[2], "can have, seen by XPS"), (OKABE_ITO[5], "can have, not seen")):
        axes.plot([], [], lw=5, color=colour, label=label)
    axes.set(xscale="log", xlabel="conductivity / S cm$^{-1}$", ylabel="phase")
    axes.set_yticks(range(len(verdict.candidates)), [one.phase for one in verdict.candidates])
    axes.legend()

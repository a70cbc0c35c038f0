"""What a pattern fit returns."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PhaseResult:
    """One phase that was looked for. None = not known, or not to be had from this pattern.

    present: whether the pattern shows it. cell: a, b, c (angstrom), angles (deg). fraction: share of the crystalline
    mass; upper_limit_95: the share that an absent phase stays below; trace and trace_stderr: what the pattern says of
    an absent phase all the same, which may be negative. support: share of its expected strength that
    stands in lines which are there.
    """

    phase: str
    present: bool
    lattice: str
    cell_angstrom: tuple[float, float, float]
    cell_stderr: tuple[float, float, float] | None
    cell_angles_deg: tuple[float, float, float]
    fraction: float | None
    fraction_stderr: float | None
    upper_limit_95: float | None
    trace: float | None
    trace_stderr: float | None
    support: float
    significance: float
    status: str
    source: str


@dataclass(frozen=True, slots=True)
class PatternQuality:
    """How far the fit can be trusted. verdict: "good", "usable", "poor" or "no confident match".

    rwp: weighted profile residual. goodness: sqrt(reduced chi2). misfit: by how much formal errors were enlarged.
    unexplained: share of the net intensity that no phase explains; unexplained_lines_deg: where lines stand that belong to no
    phase; unlisted: their share of the net intensity.
    """

    verdict: str
    rwp: float
    goodness: float
    misfit: float
    unexplained: float
    unexplained_lines_deg: tuple[float, ...]
    unlisted: float
    converged: bool


@dataclass(frozen=True, slots=True)
class XrdResult:
    """A fitted pattern. cubic_odds: odds of a cubic against an orthorhombic cell of the phase that may be either.

    hump_deg: where the broad hump of the film over the sample stands, None where none is seen. model, background: shape
    of the pattern, for a figure.
    """

    phases: tuple[PhaseResult, ...]
    quality: PatternQuality
    cubic_odds: float | None
    displacement_deg: float
    displacement_stderr_deg: float
    hump_deg: float | None
    hump_stderr_deg: float | None
    warnings: tuple[str, ...]
    model: Floats
    background: Floats
    two_theta_deg: Floats

    @property
    def said(self) -> str:
        """What was found, in one line."""
        seen = ", ".join(one.phase for one in self.phases if one.present) or "no phase"
        return f"{self.quality.verdict} fit (Rwp {100 * self.quality.rwp:.1f} %); seen: {seen}"

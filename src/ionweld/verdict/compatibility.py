"""Is a solvent compatible with an electrolyte? One verdict from XRD, FTIR, impedance of a pristine and a treated portion.

Two hypotheses, and the converted share x of the electrolyte, which all instruments see, as the hidden number:

    compatible:    x ~ half-normal (scale: what handling alone turns over); cell, band and conductivity as they were
    incompatible:  x ~ uniform on 0 to 1; cell, band and conductivity may have moved

    odds = prior odds * C(L) / U(L) * (moved terms), C(L) = integral p(x | compatible) L(x) dx, U(L) the same with uniform x

    L(x) = N(share seen by XRD; x, its error) * N(share seen by FTIR; x k / (1 - x + x k), its error)

with k, the band area of the products relative to that of the electrolyte, per group, averaged over its assumed range.
XRD also shows what turned into phases that nobody listed, a share z of the whole: M(z) = N(share of the intensity in lines
of no known phase; z q / (1 - z + z q), its error), q the strength of its lines relative to the electrolyte's. What is
incompatible forms such phases with the chance u, half the time beside those that are listed; handling, which turns the
electrolyte into what is listed, brings some in with the small chance v, so that B(M) = (1 - v) M(0) + v C(M):

    C(L) B(M) / [(1 - u) U(L) B(M) + u (C(L) + U(L)) U(M) / 2]   in the place of   C(L) / U(L)

Each instrument alone gives odds too: the one that speaks loudest is the deciding one, and two that contradict each other
leave the verdict undecided. What the portions held before soaking is subtracted. Solvent residues do not count: they say that
the sample is not dry. The numbers assumed are in spec/library/compatibility.toml.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ionweld.verdict.assumed import assumed, assumed_range
from ionweld.verdict.soaked import Number, SolventEvidence

Floats = NDArray[np.float64]

_LOG_ODDS_CAP = 300.0
_SCATTERS = 9  # values of a scatter over which is averaged


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict on one treated portion.

    odds: compatible against incompatible. by_instrument: the odds of each instrument alone. converted: the share of
    the electrolyte that turned over, most probable value with its 95 % interval under "incompatible".
    """

    name: str
    verdict: str
    odds: float
    deciding: str | None
    next: str
    by_instrument: dict[str, float]
    converted: tuple[float, float, float] | None
    residues: tuple[str, ...]
    notes: tuple[str, ...]


def judge(pristine: SolventEvidence, treated: SolventEvidence) -> Verdict:
    """Return the verdict on a treated portion against the pristine one."""
    x = _grid()
    parts = _parts(pristine, treated, x)
    if not parts:
        return Verdict(
            treated.name, "undecided", assumed()["prior_odds"], None,
            "measure XRD and FTIR of the pristine and of the treated sample", {}, None, treated.residues, treated.notes,
        )  # fmt: skip
    alone = {name: _log_odds(x, [part]) for name, part in parts.items()}
    listed = [_log_odds(x, [replace(part, unlisted=None)]) for part in parts.values()]  # what all of them would see
    together = _log_odds(x, list(parts.values())) + float(np.log(assumed()["prior_odds"]))
    threshold = float(np.log(assumed()["decided_odds"]))
    clash = min(listed) < -threshold and max(listed) > threshold
    verdict = "undecided" if clash or abs(together) < threshold else ("compatible" if together > 0 else "incompatible")
    doubts = _doubts(pristine, treated) if verdict == "compatible" else []
    verdict = "undecided" if doubts else verdict
    deciding = max(alone, key=lambda name: alone[name] * np.sign(together)) if verdict != "undecided" else None
    notes = (*treated.notes, *(["the instruments contradict each other"] if clash else []), *doubts)
    return Verdict(
        name=treated.name,
        verdict=verdict,
        odds=float(np.exp(np.clip(together, -_LOG_ODDS_CAP, _LOG_ODDS_CAP))),
        deciding=deciding,
        next=_UNKNOWN_NEXT if doubts else _next(verdict, parts, treated, clash),
        by_instrument={name: float(np.exp(np.clip(v, -_LOG_ODDS_CAP, _LOG_ODDS_CAP))) for name, v in alone.items()},
        converted=_converted(x, list(parts.values())),
        residues=treated.residues,
        notes=notes,
    )


_UNKNOWN_NEXT = (
    "name what forms: give its structure (.cif) to xrd fit, or measure the portion again where a fit is poor"
)
_SAME_LINE_deg = 0.3


def _doubts(pristine: SolventEvidence, treated: SolventEvidence) -> list[str]:
    """Return what forbids to call a solvent compatible, however well the known phases are where they were."""
    new = [
        angle
        for angle in treated.unknown_lines_deg
        if all(abs(angle - before) > _SAME_LINE_deg for before in pristine.unknown_lines_deg)
    ]
    said = [f"not called compatible: the fit of {name} is too poor to count" for name in treated.unclear]
    if new:
        angles = ", ".join(f"{angle:.2f}" for angle in new)
        said.append(f"not called compatible: lines of an unknown phase at {angles} deg, which the pristine has not")
    return said


@dataclass(frozen=True, slots=True)
class _Part:
    """What one instrument says: log L(x) on the grid, the log odds of what has moved, its error on x, and log M(z)."""

    log_likelihood: Floats
    moved: float
    error: float | None
    unlisted: Floats | None = None


def _grid() -> Floats:
    """Return converted shares: fine near zero, where the hypotheses differ."""
    return np.concatenate([np.linspace(0.0, 0.1, 401)[:-1], np.linspace(0.1, 1.0, 901)])


def _parts(pristine: SolventEvidence, treated: SolventEvidence, x: Floats) -> dict[str, _Part]:
    known, parts = assumed(), {}
    flat = np.zeros_like(x)
    if pristine.xrd_share and treated.xrd_share:
        seen = _change(pristine.xrd_share, treated.xrd_share)
        moved = _moved(pristine.cell, treated.cell, "cell", relative=True)
        parts["XRD"] = _Part(-0.5 * ((seen.value - x) / seen.stderr) ** 2, moved, seen.stderr)
    if pristine.unlisted_share and treated.unlisted_share:
        new = _change(pristine.unlisted_share, treated.unlisted_share)
        part = parts.get("XRD", _Part(flat, 0.0, None))
        parts["XRD"] = replace(part, unlisted=_ratio_likelihood(x, new, known["line_ratio"]))
    if pristine.ftir_share and treated.ftir_share:
        seen = _change(pristine.ftir_share, treated.ftir_share)
        moved = _moved(pristine.band, treated.band, "band_cm1")
        parts["FTIR"] = _Part(_ratio_likelihood(x, seen, known["band_ratio"]), moved, seen.stderr)
    if pristine.log_conductivity and treated.log_conductivity:
        moved = _moved(pristine.log_conductivity, treated.log_conductivity, "log_conductivity")
        parts["impedance"] = _Part(flat, moved, None)
    return parts


def _change(before: Number, after: Number) -> Number:
    """Return the share converted by the treatment: what was product before cannot be converted again."""
    left = max(1.0 - before.value, 1e-3)
    return Number((after.value - before.value) / left, max(float(np.hypot(before.stderr, after.stderr)) / left, 1e-4))


def _ratio_likelihood(x: Floats, seen: Number, spread: float) -> Floats:
    """Return log L(x) for a share of area, averaged over the unknown ratio of areas per amount (spread: of its logarithm)."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(15)
    k = np.exp(spread * nodes)[:, None]
    expected = x * k / (1.0 - x + x * k)
    logs = -0.5 * ((seen.value - expected) / seen.stderr) ** 2 + np.log(weights / weights.sum())[:, None]
    return np.logaddexp.reduce(logs, axis=0)


def _moved(before: Number | None, after: Number | None, what: str, relative: bool = False) -> float:
    """Return the log odds that a shift gives: unchanged against changed with some chance, unchanged otherwise.

    The chance matters: what falls apart beside it leaves the rest of the electrolyte as it was, so that an unmoved
    cell or band says little, and a moved one much. Both scatters are widened by the measuring error, and averaged over
    the range that is assumed of them.
    """
    if before is None or after is None:
        return 0.0
    scale = before.value if relative else 1.0
    shift, error = (after.value - before.value) / scale, np.hypot(before.stderr, after.stderr) / scale
    stayed, went = (_log_density(shift, error, f"{how}_{what}") for how in ("unchanged", "changed"))
    chance = assumed()["changed_chance"]
    return float(stayed - np.logaddexp(np.log(chance) + went, np.log(1.0 - chance) + stayed))


def _log_density(shift: float, error: float, scatter: str) -> float:
    """Return the log density (but for a constant) of a shift whose scatter is known within its range alone."""
    widths = np.hypot(np.geomspace(*assumed_range(scatter), _SCATTERS), error)
    return float(np.logaddexp.reduce(-np.log(widths) - 0.5 * (shift / widths) ** 2) - np.log(_SCATTERS))


def _log_odds(x: Floats, parts: list[_Part]) -> float:
    moved = sum(part.moved for part in parts)
    as_it_was, turned = _evidence(x, np.sum([part.log_likelihood for part in parts], axis=0))
    unlisted = next((part.unlisted for part in parts if part.unlisted is not None), None)
    if unlisted is None:
        return as_it_was - turned + moved
    chance, dirt = assumed()["unlisted_chance"], assumed()["unlisted_by_handling"]
    brought_in, new = _evidence(x, unlisted)
    none_new = float(np.logaddexp(np.log(1.0 - dirt) + unlisted[0], np.log(dirt) + brought_in))
    ways = (
        np.log(1.0 - chance) + turned + none_new,
        np.log(0.5 * chance) + as_it_was + new,
        np.log(0.5 * chance) + turned + new,
    )
    return as_it_was + none_new - float(np.logaddexp.reduce(ways)) + moved


def _evidence(x: Floats, log_likelihood: Floats) -> tuple[float, float]:
    """Return the log probability of what was seen: if handling alone turned something over, and if anything up to all."""
    scale = assumed()["unchanged_conversion"]
    handled = np.log(2.0 / (scale * np.sqrt(2.0 * np.pi))) - 0.5 * (x / scale) ** 2
    return _log_integral(x, log_likelihood + handled), _log_integral(x, log_likelihood)


def _log_integral(x: Floats, log_y: Floats) -> float:
    top = float(log_y.max())
    return top + float(np.log(np.trapezoid(np.exp(log_y - top), x)))


def _converted(x: Floats, parts: list[_Part]) -> tuple[float, float, float] | None:
    total = np.sum([part.log_likelihood for part in parts], axis=0)
    if not np.ptp(total):
        return None
    density = np.exp(total - total.max())
    steps = 0.5 * (density[1:] + density[:-1]) * np.diff(x)
    cumulative = np.concatenate([[0.0], np.cumsum(steps)]) / steps.sum()
    low, high = np.interp([0.025, 0.975], cumulative, x)
    return float(x[np.argmax(total)]), float(low), float(high)


def _next(verdict: str, parts: dict[str, _Part], treated: SolventEvidence, clash: bool) -> str:
    """Return the measurement that would settle it, or what is left to do when it is settled."""
    if clash:
        return "repeat both measurements on one and the same portion: surface and bulk, or two portions, may differ"
    if verdict != "undecided":
        return "nothing: it is decided" + (" (solvent residue is left: dry longer)" if treated.residues else "")
    for name, why in (("FTIR", "it tells hydroxides and the like apart"), ("XRD", "it shows crystalline products")):
        if name not in parts:
            return f"measure {name} of both samples: {why}"
    errors = {name: part.error for name, part in parts.items() if part.error is not None}
    worst = max(errors, key=lambda name: errors[name] or 0.0)
    times = ((errors[worst] or 0.0) / (0.5 * assumed()["unchanged_conversion"])) ** 2
    if times > 1.0:
        return f"repeat {worst} with {np.ceil(times):.0f} times the counting time"
    if "impedance" not in parts:
        return "measure impedance of both samples: the change is small, and the conductivity may tell"
    return "soak and measure a second portion: the change is as large as handling alone makes it"

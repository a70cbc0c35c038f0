"""The joined verdict on an interface, as a part of a report."""

from ionweld.report.page import Marked, items, paragraph, table
from ionweld.study.interface import Joined
from ionweld.verdict.interface import Candidate

_CM2 = 1e-4
_HELD = {"lithium": "what charge transfer has", "layer": "what the layer has"}
_STORED = "(R Q)^(1/n)/R of the same arc, per area of one interface"
_ABLE = {True: Marked("could have it", "hit"), False: Marked("could not", "miss"), None: Marked("not asked", "wait")}
_SEEN = {True: "seen", False: "not seen", None: "no XPS"}


def joined_table(found: Joined) -> str:
    """Return what was measured, the verdict, and which phases could be the layer, as HTML."""
    verdict = found.verdict
    agree = [f"agree: {one}" for one in verdict.agreements]
    contradict = [f"contradict: {one}" for one in verdict.contradictions]
    cautions = [f"caution: {one}" for one in verdict.cautions]
    return (
        table(("quantity", "value", "from"), _measured(found))
        + paragraph(f"{verdict.name}: {verdict.verdict}.")
        + items([*agree, *contradict, *cautions, f"next: {verdict.next_measurement}"])
        + table(
            ("phase", "conductivity / S/cm", "status", "XPS", "the layer's conductivity"), _phases(verdict.candidates)
        )
    )


def _measured(found: Joined) -> list[tuple[str | Marked, ...]]:
    evidence, sigma = found.evidence, found.verdict.conductivity_S_per_m
    rows: list[tuple[str | Marked, ...]] = []
    if evidence.thickness is not None:
        one = evidence.thickness
        rows.append(
            ("thickness", Marked(f"{1e6 * one.value_m:.3f} ± {1e6 * one.stderr_m:.3f} um", "number"), one.source)
        )
    if evidence.resistance is not None:
        one = evidence.resistance
        text = f"{one.value_ohm_m2 / _CM2:.1f} ± {one.stderr_ohm_m2 / _CM2:.1f} ohm cm2"
        rows.append(("resistance of the arc, one interface", Marked(text, "number"), one.source))
        rows += [
            (said, Marked(f"{_of_one(found, name):.1f} ohm cm2", "number"), "states") for name, said in _HELD.items()
        ]
        if one.capacitance_F_m2 is not None:
            rows.append(
                ("capacitance of the arc", Marked(f"{100 * one.capacitance_F_m2:.2g} uF/cm2", "number"), _STORED)
            )
    if sigma is not None and sigma.low is not None and sigma.high is not None:
        text = f"{sigma.value / 100:.2e} ({sigma.low / 100:.2e} to {sigma.high / 100:.2e}) S/cm"
        rows.append(("conductivity", Marked(text, "number"), "thickness over resistance, 95 % interval"))
    return rows


def _of_one(found: Joined, name: str) -> float:
    """Return a part of the states' resistance for one interface (ohm cm2)."""
    return getattr(found.states, name) * found.states.area_m2 / found.interfaces / _CM2


def _phases(candidates: tuple[Candidate, ...]) -> list[tuple[str | Marked, ...]]:
    return [
        (
            one.phase,
            Marked(f"{one.low_S_per_m / 100:.0e} to {one.high_S_per_m / 100:.0e}", "number"),
            one.status,
            _SEEN[one.seen],
            _ABLE[one.plausible],
        )
        for one in candidates
    ]

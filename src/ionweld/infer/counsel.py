"""Advice in words and as plain data, the verdict first: one and the same for the command line, the report and Python."""

from dataclasses import asdict
from typing import Any

from ionweld.infer.advice import LIKELY, Advice, Counsel
from ionweld.spec.borrowed import borrowed
from ionweld.spec.cell import CellSpec
from ionweld.twin.calibrated import parameters_for

CAVEAT = "all odds are those of the twin's laws over the ranges of what is not known; no real cell has scored them yet"


def sentence(counsel: Counsel) -> str:
    """Return the advice in one sentence."""
    goal, now = counsel.goal, counsel.as_it_is
    if now.reaches is not None and now.reaches >= LIKELY:
        return f"The cell reaches {goal.text} as it is, in {_percent(now.reaches)} of the draws."
    best = counsel.advice[0] if counsel.advice else None
    if best is None or best.helps < LIKELY:
        return f"None of these changes helps in most of the draws: {_now(counsel)}."
    if goal.target is None:
        return f"Most is gained by {best.change}: {_gain(best)} in the median."
    if best.probability >= LIKELY:
        return (
            f"{goal.text} is reached with {best.change} in {_percent(best.probability)} of the draws; {_now(counsel)}."
        )
    both = counsel.together
    if both is not None and both.probability >= LIKELY:
        return (
            f"{goal.text} takes several changes: {both.change} reach it in {_percent(both.probability)} of the draws."
        )
    said = "is out of reach" if counsel.reachable is False else "is doubtful"
    return f"{goal.text} {said}: the most that helps is {best.change}, which reaches it in {_percent(best.probability)} of the draws."


def _now(counsel: Counsel) -> str:
    now, goal = counsel.as_it_is, counsel.goal
    alive = "at least " if now.alive > LIKELY else ""
    said = f"as it is, the cell comes to {alive}{now.median:.3g} {now.unit} ({now.low:.3g} to {now.high:.3g})"
    return said if now.reaches is None else f"{said}, and reaches {goal.text} in {_percent(now.reaches)}"


def _percent(share: float) -> str:
    return f"{100.0 * share:.0f} %"


def _gain(one: Advice) -> str:
    more = "at least " if one.alive > LIKELY else ""
    return f"{more}{one.gain:+.3g} {one.unit} ({one.low:+.3g} to {one.high:+.3g})"


def lines(counsel: Counsel, cell: CellSpec) -> list[str]:
    """Return what a terminal shows: what is borrowed, the verdict, each change, and the levers that say nothing."""
    first = borrowed(cell, parameters_for(cell)).sentence
    return [*([first] if first else []), *shown(counsel), *(f"note: {text}" for text in warnings(counsel))]


def shown(counsel: Counsel) -> list[str]:
    """Return the verdict, each change, and the levers that say nothing."""
    found = [sentence(counsel), *(_row(one, counsel) for one in counsel.advice)]
    if counsel.together is not None:
        found.append(_row(counsel.together, counsel))
    found += [f"  note: with {one.change}, {one.note}" for one in counsel.advice if one.note and one.helps > 0.0]
    return found + [f"  no word on {one.name}: {one.why}" for one in counsel.silent]


def _row(one: Advice, counsel: Counsel) -> str:
    said = f"  {one.change}: {_gain(one)}; helps in {_percent(one.helps)}, hurts in {_percent(one.hurts)}"
    if counsel.goal.target is not None and one.reaches is not None:
        said += f", reaches the goal in {_percent(one.reaches)}"
    return f"{said} of {one.draws} draws"


def warnings(counsel: Counsel) -> list[str]:
    """Return what a person should know before the advice is followed."""
    found = [CAVEAT]
    if counsel.stalled:
        found.append(f"{counsel.stalled} of the draws could not be integrated, and count nowhere")
    return found


def document(counsel: Counsel, cell: CellSpec) -> dict[str, Any]:
    """Return the advice as plain data."""
    return {
        "goal": {"text": counsel.goal.text, "kind": counsel.goal.kind.value, "target": counsel.goal.target},
        "verdict": sentence(counsel),
        "borrowed": asdict(borrowed(cell, parameters_for(cell))),
        "as_it_is": asdict(counsel.as_it_is),
        "advice": [row(one) for one in counsel.advice],
        "together": None if counsel.together is None else row(counsel.together),
        "reachable": counsel.reachable,
        "silent": [asdict(one) for one in counsel.silent],
        "warnings": warnings(counsel),
    }


def row(one: Advice) -> dict[str, Any]:
    """Return one change as plain data."""
    return asdict(one) | {"probability": one.probability}

"""The report of a diagnosis, verdict first: one sentence, one figure, odds, the deciding experiment, the advice, then the rest."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ionweld.infer import counsel as words
from ionweld.infer.advice import Counsel
from ionweld.infer.calibration import parameter_text
from ionweld.infer.diagnosis import Findings
from ionweld.infer.engine import Inference
from ionweld.infer.follow_up import FollowedUp, as_measured
from ionweld.report.diagnosis_figures import figures
from ionweld.report.drawing import Drawing
from ionweld.report.files import drawings, write_results
from ionweld.report.page import Marked, PageHead, Section, figure, items, paragraph, render_page, table
from ionweld.report.specification import assumptions, assumptions_table, parameters_table
from ionweld.spec.derived import library_parameters

PARAMETERS = "parameters.toml"
ADVICE_SHOWN = "Simulated gain of each change over draws that stand for the cell, the same with and without it."
LIMITS = (
    "All odds are conditional on the laws of the twin: a mechanism that it does not have is at best seen as not explained.",
    "The cause is defined by ablation: the one mechanism without which the same virtual cell fares best.",
    "No real cell of known cause has scored these odds yet.",
)


def write_diagnosis(out: Path, followed: FollowedUp) -> dict[str, Any]:
    """Write report.html, figures/, data/ (with parameters.toml) and results.json of a diagnosis; return the document."""
    found, said = followed.inference, followed.diagnosis
    texts = {PARAMETERS: parameter_text(found)}
    measured = {"measured": found.observation.whole}
    return write_results(
        out,
        lambda drawn: page(found, drawn),
        figures(said, followed.curves),
        measured,
        lambda names: said.to_dict() | {"files": names},
        texts,
    )


def advice_page(cell: str, counsel: Counsel, said_first: str, drawn: Drawing) -> str:
    """Return the report of advice alone, given its figure; cell: its name."""
    head = PageHead(
        f"Advice: {cell}", words.sentence(counsel), f"{counsel.as_it_is.draws} draws, simulated.", said_first
    )
    return render_page(head, [Section("What to change", _changes(counsel))], figure(drawn, ADVICE_SHOWN))


def whole_page(followed: FollowedUp) -> str:
    """Return the report as one HTML document, without any file besides."""
    return page(followed.inference, drawings(figures(followed.diagnosis, followed.curves)))


def page(found: Inference, drawn: Mapping[str, Drawing]) -> str:
    """Return the report, given its figures as SVG."""
    said, cell = found.diagnosis, found.plan.prior.cell
    sections = [
        Section("Odds", figure(drawn["odds"], "Odds of each cause, calibrated on virtual cells that were held out.")),
        Section("The deciding experiment", _experiments(said, drawn)),
        Section("What to change", _advice(said.counsel, drawn)),
        Section("What fits, and what does not", _fit(said)),
        Section("Evidence", _evidence(found, drawn)),
        Section("Assumptions", assumptions_table(assumptions(cell, as_measured(found))), folded=True),
        Section("Parameters of the library", parameters_table(library_parameters(cell)), folded=True),
        Section("Limits", items(LIMITS)),
    ]
    about = f"Measured: {found.observation.whole.provenance.source}. Compared with {said.draws} virtual cells."
    lead = ""
    if "verdict" in drawn:
        caption = (
            "Measured, over simulated cells that stand for it (50 and 90 % of those that still run), by cycle; the "
            "event that the analysis found is marked."
        )
        lead = figure(drawn["verdict"], caption)
    return render_page(PageHead(f"Diagnosis: {said.cell}", f"{said.verdict}.", about, said.borrowed), sections, lead)


def _fit(said: Findings) -> str:
    html = "" if said.explained else paragraph("Not explained: read what does not fit before the odds.", "note")
    return html + "".join(paragraph(text, "note") for text in said.warnings) + _misfit(said)


def _misfit(said: Findings) -> str:
    if not said.misfit:
        return paragraph("Every feature of the measured cell lies within those of the virtual cells most like it.")
    return paragraph("What does not fit:") + items([str(one) for one in said.misfit])


def _experiments(said: Findings, drawn: Mapping[str, Drawing]) -> str:
    if not said.experiments:
        return paragraph(said.deciding)
    return paragraph(said.deciding) + figure(
        drawn["experiments"], "Expected information on the cause, simulated over the posterior, and the hours it takes."
    )


def _advice(counsel: Counsel | None, drawn: Mapping[str, Drawing]) -> str:
    if counsel is None:
        return paragraph("No advice was asked for.")
    shown = figure(drawn["advice"], ADVICE_SHOWN) if "advice" in drawn else ""
    return paragraph(words.sentence(counsel)) + shown + _changes(counsel)


def _changes(counsel: Counsel) -> str:
    """Return the changes with their numbers, and the levers on which there is no word."""
    rows = [_advice_row(one) for one in [*counsel.advice, *([counsel.together] if counsel.together else [])]]
    head = (
        "change",
        f"gain / {counsel.as_it_is.unit}",
        "5 to 95 %",
        "helps",
        "hurts",
        "reaches the goal",
        "in the laboratory",
    )
    silent = [f"{one.name}: {one.why}" for one in counsel.silent]
    return (
        table(head, rows)
        + (paragraph("No word on:") + items(silent) if silent else "")
        + items(words.warnings(counsel))
    )


def _advice_row(one: Any) -> list[str | Marked]:
    reaches = "" if one.reaches is None else f"{one.reaches:.0%}"
    numbers = (
        f"{one.gain:+.3g}",
        f"{one.low:+.3g} to {one.high:+.3g}",
        f"{one.helps:.0%}",
        f"{one.hurts:.0%}",
        reaches,
    )
    return [one.change, *(Marked(text, "number") for text in numbers), one.lab]


def _evidence(found: Inference, drawn: Mapping[str, Drawing]) -> str:
    said, observed = found.diagnosis, found.observation
    spectra = ", ".join(moment.name for moment, _ in observed.spectra) or "none"
    seen = [
        f"cycling: {observed.whole.provenance.source}; outcome: {said.outcome.kind}, cycle {said.outcome.cycle}",
        f"spectra: {spectra}",
        f"{len(found.seen)} features were compared; {said.resemblance:.0%} of the virtual cells are at least as strange among the others",
    ]
    html = items(seen)
    if "parameters" in drawn:
        html += figure(drawn["parameters"], "Parameters after the data over those before (95 % intervals).")
    head = ("parameter", "unit", "before (95 %)", "after (95 %)", "median")
    rows = [
        (
            row.parameter,
            row.unit,
            *_numbers(
                f"{row.prior[0]:.3g} to {row.prior[1]:.3g}", f"{row.low:.3g} to {row.high:.3g}", f"{row.median:.3g}"
            ),
        )
        for row in said.posterior
    ]
    return html + (table(head, rows) if rows else paragraph("No parameter is told by these data."))


def _numbers(*texts: str) -> list[Marked]:
    return [Marked(text, "number") for text in texts]

"""The report of `ionweld validate`: other papers' numbers beside the twin's, hits and misses alike."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter

from ionweld import __version__
from ionweld.report.figure import OKABE_ITO, PAPER, house_style
from ionweld.report.page import Marked, Section, figure, paragraph, render_page, table
from ionweld.report.specification import parameters_table
from ionweld.spec.library import entry
from ionweld.study.validate import EXPONENT, Compared, Table, critical_current

PER_SI = 0.1  # mA/cm2 in A/m2
ZERO_CELSIUS = 273.15
MARKERS = {"=": "o", ">": "^", "<": "v"}
MEANING = {"=": "critical current", ">": "borne: the true one is higher", "<": "not borne: the true one is lower"}


def figures(rows: list[Compared]) -> dict[str, Figure]:
    """Return the figures of a validation: the critical current over pressure, and over pressure and temperature."""
    with house_style():
        return {"critical_current": _over_pressure(rows), "critical_current_map": _map(rows)}


def _currents(rows: list[Compared]) -> list[Compared]:
    return [row for row in rows if row.about.quantity != EXPONENT]


def _over_pressure(rows: list[Compared]) -> Figure:
    drawn = Figure(figsize=(7.1, 4.0))
    axes = drawn.subplots()
    known = _currents(rows)
    pressures = np.geomspace(0.3, 10.0, 50)
    temperatures = sorted({row.about.temperature.value for row in known})
    colours = dict(zip(temperatures, OKABE_ITO, strict=False))
    for T in temperatures:
        law = PER_SI * np.asarray(critical_current(T, 1e6 * pressures, entry("Li | Li6PS5Cl")))
        axes.plot(pressures, law, color=colours[T], label=f"law, {T - ZERO_CELSIUS:.0f} degC")
    for row in known:
        _point(axes, row, colours[row.about.temperature.value])
    _legend(axes)
    axes.set(xscale="log", yscale="log", xlabel="stack pressure / MPa", ylabel="current density / mA cm$^{-2}$")
    axes.set_title("points: measured, other papers; lines: predicted, one law for both electrolytes")
    _plain_ticks(axes)
    return drawn


def _point(axes: Axes, row: Compared, colour: str) -> None:
    fill = colour if row.about.role == "calibrated" else "white"
    edge = PAPER if row.about.interface.endswith("LLZO") else colour
    place = 1e-6 * row.about.stack_pressure.value
    marker = MARKERS[row.about.relation]
    axes.plot([place], [row.measured], marker, ms=8, mfc=fill, mec=edge, mew=1.6, zorder=3)
    axes.plot([place, place], [row.measured, row.predicted], color=edge, lw=0.7, ls=":", zorder=2)


def _legend(axes: Axes) -> None:
    for relation, marker in MARKERS.items():
        axes.plot([], [], marker, ms=7, mfc="white", mec="0.3", label=MEANING[relation])
    axes.plot([], [], "o", ms=7, mfc="0.3", mec="0.3", label="told to the law")
    axes.plot([], [], "o", ms=7, mfc="white", mec="0.3", label="predicted")
    axes.plot([], [], "o", ms=7, mfc="white", mec=PAPER, mew=1.6, label="black edge: LLZO")
    axes.plot([], [], color="0.3", lw=0.7, ls=":", label="from measured to predicted")
    axes.legend(loc="upper left", bbox_to_anchor=(1.01, 1.0))


def _plain_ticks(axes: Axes) -> None:
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
        axis.set_major_formatter(StrMethodFormatter("{x:g}"))
        axis.set_minor_formatter(NullFormatter())


def _map(rows: list[Compared]) -> Figure:
    drawn = Figure(figsize=(7.1, 3.8))
    axes = drawn.subplots()
    pressures, celsius = np.geomspace(0.3, 10.0, 80), np.linspace(15.0, 90.0, 80)
    P, T = np.meshgrid(pressures, celsius)
    law = PER_SI * np.asarray(critical_current(T + ZERO_CELSIUS, 1e6 * P, entry("Li | Li6PS5Cl")))
    norm = LogNorm(0.01, 10.0)
    mesh = axes.contourf(pressures, celsius, law, np.geomspace(0.01, 10.0, 13), norm=norm, cmap="cividis")
    ticks = [0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0]
    drawn.colorbar(mesh, ax=axes, label="current density / mA cm$^{-2}$", ticks=ticks, format="{x:g}", pad=0.02)
    for row in _currents(rows):
        edge = "white" if row.status == "holds" else OKABE_ITO[1]
        place = (1e-6 * row.about.stack_pressure.value, row.about.temperature.value - ZERO_CELSIUS)
        axes.scatter(*place, s=110, c=[row.measured], norm=norm, cmap="cividis", ec=edge, lw=2.0,
                     marker=MARKERS[row.about.relation], zorder=3)  # fmt: skip
        sign = "" if row.about.relation == "=" else row.about.relation
        llzo = row.about.interface.endswith("LLZO")
        text, lift = (f"LLZO {sign}{row.measured:g}", -18) if llzo else (f"{sign}{row.measured:g}", 10)
        axes.annotate(text, place, xytext=(0, lift), textcoords="offset points", ha="center",
                      color="white", fontsize=8, bbox={"fc": "0.15", "ec": "none", "pad": 1.0})  # fmt: skip
    axes.set(xscale="log", xlabel="stack pressure / MPa", ylabel="temperature / degC", ylim=(15.0, 90.0))
    axes.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    axes.xaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set_title("field: predicted; marks and numbers: measured, other papers (orange edge: miss)")
    return drawn


def page(rows: list[Compared], told: Table, shown: dict[str, str]) -> str:
    """Return the report as one HTML document."""
    captions = {
        "critical_current": "Measured currents of other papers, and the predicted critical stripping current over stack "
        "pressure. The lines are those of Li6PS5Cl; for LLZO the same law is carried over.",
        "critical_current_map": "The predicted critical stripping current of Li6PS5Cl over stack pressure and "
        "temperature. A mark has the colour of its measured current: where it melts into the field, both agree.",
    }
    maps = "".join(figure(one, captions[name]) for name, one in shown.items())
    rule = f"Equalities hold within a factor of {told.agreement_factor:g} ({told.agreement_why}); bounds hold on their side."
    sections = [
        Section("Rows", paragraph(rule) + _rows(rows)),
        Section("Figures", maps),
        Section("Sources, and what could be checked of them", _sources(rows)),
        Section("Parameters of Li | Li6PS5Cl", parameters_table(entry("Li | Li6PS5Cl"))),
    ]
    holding = sum(row.status == "holds" for row in rows)
    subtitle = (
        f"{holding} of {len(rows)} rows hold, {len(rows) - holding} miss; nothing was refitted; ionweld {__version__}"
    )
    return render_page("The twin against other papers", subtitle, sections)


def _rows(rows: list[Compared]) -> str:
    header = ("row", "quantity", "measured", "predicted", "range", "ratio", "role", "verdict", "why")
    lines = []
    for row in rows:
        unit = "" if row.unit == "1" else f" {row.unit}"
        sign = "" if row.about.relation == "=" else f"{row.about.relation} "
        verdict = Marked("holds", "hit") if row.status == "holds" else Marked("miss", "miss")
        lines.append(
            (
                row.about.id,
                f"{row.about.quantity}, {row.about.temperature.text}, {row.about.stack_pressure.text}",
                Marked(f"{sign}{row.measured:g}{unit}", "number"),
                Marked(f"{row.predicted:.3g}{unit}", "number"),
                Marked(f"{row.predicted_low:.2g} to {row.predicted_high:.2g}", "number"),
                Marked(f"{row.ratio:.2f}", "number"),
                row.about.role,
                verdict,
                row.why,
            )
        )
    return table(header, lines)


def _sources(rows: list[Compared]) -> str:
    header = ("row", "source", "DOI", "is the DOI checked?", "are the numbers checked?")
    lines = [
        (
            row.about.id,
            row.source.citation,
            row.source.doi or row.source.arxiv or "not known",
            _said(row.source.doi_checked, row.source.doi_how),
            _said(row.about.value_checked, row.about.value_how),
        )
        for row in rows
    ]
    return table(header, lines)


def _said(checked: bool, how: str) -> Marked:
    return Marked(("checked: " if checked else "could not be checked: ") + how, "" if checked else "miss")


def results(rows: list[Compared], files: list[str]) -> dict[str, Any]:
    """Return the JSON document of the command line."""
    return {
        "rows": [_result(row) for row in rows],
        "holds": sum(row.status == "holds" for row in rows),
        "misses": sum(row.status == "miss" for row in rows),
        "software": f"ionweld {__version__}",
        "files": files,
    }


def _result(row: Compared) -> dict[str, Any]:
    return {
        "id": row.about.id,
        "source": row.source.citation,
        "quantity": row.about.quantity,
        "unit": row.unit,
        "relation": row.about.relation,
        "measured": row.measured,
        "predicted": row.predicted,
        "predicted_low": row.predicted_low,
        "predicted_high": row.predicted_high,
        "ratio": row.ratio,
        "role": row.about.role,
        "status": row.status,
        "why": row.why,
        "interface": row.about.interface,
        "temperature_K": row.about.temperature.value,
        "stack_pressure_Pa": row.about.stack_pressure.value,
        "doi": row.source.doi,
        "arxiv": row.source.arxiv,
        "doi_checked": row.source.doi_checked,
        "doi_how": row.source.doi_how,
        "value_checked": row.about.value_checked,
        "value_how": row.about.value_how,
    }

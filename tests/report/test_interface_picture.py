"""The picture of the interface: every area and height in it is what the states say, and a run moves through it."""

import json
from dataclasses import replace

import numpy as np
import pytest

import ionweld as iw
from ionweld.api.simulated import Run
from ionweld.errors import InputError
from ionweld.report.interface_picture import COLOURS, Panel, columns_shown, frames, panels, picture_figure, window_of
from ionweld.report.numbers import drawn_numbers
from ionweld.simulate.interface_shape import CellShape, SideShape, moments_shown, shape_of

NONE = np.zeros(2)
BARE = SideShape(
    "negative", 10e-6, 0.0, 0.0, 0.0, 0.0, np.array([0.2, 0.3]), np.array([0.1, 0.0]), np.array([4e-6, 0.0]), NONE, NONE
)
WELDED = replace(BARE, name="positive", distance=2e-6, layer=2e-6, filled=0.5, torn=0.25, converted=0.75)
SHAPE = CellShape(3, "after", 7200.0, 1e-3, (BARE, WELDED), np.array([0.4e-3, 1e-3]), np.array([False, True]))


def area(panel: Panel, kind: str, below: float = np.inf, above: float = -np.inf) -> float:
    """Return the area that is seen of a kind, in columns times the panel's unit, as painted from the back to the front."""
    seen = np.full((400, 500), "", dtype=object)
    x = (np.arange(400) + 0.5) / 400 * len(panel.columns)
    y = panel.bottom + (np.arange(500) + 0.5) / 500 * (panel.top - panel.bottom)
    for one in panel.shapes:
        seen[np.ix_((x > one.x0) & (x < one.x1), (y > one.y0) & (y < one.y1))] = one.kind
    seen[:, (y > below) | (y < above)] = ""
    return float(np.mean(seen == kind)) * len(panel.columns) * (panel.top - panel.bottom)


def parts(shape: CellShape = SHAPE) -> dict[str, Panel]:
    return {panel.name: panel for panel in panels(shape, columns_shown([shape]), window_of([shape]))}


def test_what_touches_spans_the_gap_and_what_is_lost_stands_under_a_void() -> None:
    panel = parts()["negative interface"]
    assert area(panel, "pellet", above=0.0) == pytest.approx((0.2 + 0.1 + 0.3) * 10.0, rel=0.03)
    assert area(panel, "void", above=10.0) == pytest.approx(0.1 * 4.0, rel=0.1)
    assert area(panel, "void", above=0.0, below=10.0) == pytest.approx((0.7 + 0.7) * 10.0, rel=0.03)


def test_the_layer_fills_its_part_of_the_gap_and_is_solid_as_far_as_it_is_converted() -> None:
    panel = parts()["positive interface"]
    free = 0.7 + 0.7
    assert area(panel, "layer") == pytest.approx(free * 0.75 * 0.75 * 2.0, rel=0.05)
    assert area(panel, "liquid") == pytest.approx(free * 0.75 * 0.25 * 2.0, rel=0.1)


def test_a_torn_layer_keeps_its_thickness_where_the_gap_has_opened() -> None:
    opened = replace(SHAPE, sides=(BARE, replace(WELDED, distance=3e-6, converted=1.0)))
    panel = parts(opened)["positive interface"]
    assert area(panel, "layer") == pytest.approx(1.4 * (0.5 * 3.0 + 0.25 * 2.0), rel=0.05)


def test_what_is_missing_in_occluded_voids_is_drawn_to_the_last_atom() -> None:
    buried = replace(SHAPE, sides=(replace(BARE, buried=np.array([0.5e-6, 0.0]), cover=np.array([2e-6, 0.0])), WELDED))
    hidden = area(parts(buried)["negative interface"], "void", above=12.0) - area(
        parts()["negative interface"], "void", above=12.0
    )
    assert hidden == pytest.approx(0.5, rel=0.1)


def test_filaments_have_their_length_and_a_bridge_crosses_the_pellet() -> None:
    pellet = parts()["pellet, with its filaments"]
    heights = {shape.kind: shape.y1 for shape in pellet.shapes}
    assert heights == {"pellet": 1.0, "filament": pytest.approx(0.4), "bridge": pytest.approx(1.0)}


def test_of_many_columns_the_one_with_the_longest_filament_is_always_drawn() -> None:
    filament = np.zeros(1000)
    filament[617] = 1.0
    many = replace(SHAPE, filament=filament)
    assert 617 in columns_shown([many])
    assert len(columns_shown([many])) <= 25


@pytest.fixture(scope="module")
def run() -> Run:
    protocol = iw.Protocol.symmetric(current_density="0.1 mA/cm^2", half_cycle_time="0.5 h", cycles=3)
    return iw.simulate("examples/welded.toml", protocol, seed=1)


def test_the_picture_shows_the_states_of_the_run(run: Run) -> None:
    picture = run.picture(after_cycle=3)
    last = run.states.row(-1, named=True)
    negative = picture.table().filter(interface="negative")
    assert negative["contact"].mean() == pytest.approx(last["Contact, negative / 1"], rel=1e-6)
    assert negative["filament_mm"].max() == pytest.approx(
        last["Longest filament / 1"] * 1e3 * picture.shape.pellet, abs=1e-9
    )
    assert picture.shape.sides[0].layer == pytest.approx(last["Layer thickness / m"], rel=1e-6)
    assert picture.shape.sides[0].distance >= picture.shape.sides[0].layer
    assert "simulated" in picture.verdict
    assert run.picture().shape.time_s == 0.0
    with pytest.raises(InputError, match="cycle 4 was not run"):
        run.picture(after_cycle=4)


def test_the_moving_picture_goes_from_assembly_to_the_end_on_one_scale(run: Run) -> None:
    moving = run.picture().frames()
    assert [one["half_cycle"] for one in moving["frames"]] == list(range(-1, 6))
    spans = {(panel["name"], *panel["span"]) for one in moving["frames"] for panel in one["panels"]}
    assert len(spans) == 3
    kinds = {shape[0] for one in moving["frames"] for panel in one["panels"] for shape in panel["shapes"]}
    assert kinds <= set(COLOURS)
    json.dumps(moving, allow_nan=False)
    assert len(frames(run.found.typical, 3)["frames"]) == 3
    assert moments_shown(run.found.typical, 2) == [-1, 5]


def test_the_figure_has_its_numbers_and_its_width(run: Run) -> None:
    drawn = picture_figure(shape_of(run.found.typical, 5), 88.0)
    assert drawn.get_figwidth() * 25.4 == pytest.approx(88.0)
    numbers = drawn_numbers(drawn)
    assert "positive interface,layer" in numbers
    assert run.picture().figure(88.0).get_figwidth() * 25.4 == pytest.approx(88.0)
    assert run.picture(after_cycle=1).plot() is not None

"""The same cell drawn over what nobody measured: how much of a forecast is not chance, but not known."""

from collections.abc import Callable
from dataclasses import replace

from ionweld.errors import ComputationError, InputError
from ionweld.twin.ensemble import DrawnCells, Member, Recipe, run_member, under
from ionweld.twin.library_draws import common_draws, whole_ranges, with_conditions
from ionweld.twin.pool import Mapper


def run_unknown(found: DrawnCells, count: int, mapper: Mapper, done: Callable[[], None]) -> DrawnCells:
    """Return the cells with `count` more, each with other numbers for what nobody measured: parameters and conditions over
    their ranges. A draw that cannot be simulated is counted."""
    recipe = found.recipe
    known = with_conditions(whole_ranges(recipe.parameters), recipe.cell, recipe.protocol)
    draws = common_draws(known, count, f"{recipe.name}/unknown")
    members: list[Member] = []
    for member in mapper(_member_or_none, [(under(recipe, draw), number) for number, draw in enumerate(draws)]):
        members += [] if member is None else [member]
        done()
    return replace(found, unknown=tuple(members), failed_unknown=count - len(members))


def _member_or_none(task: tuple[Recipe, int]) -> Member | None:
    try:
        return run_member(task)
    except (InputError, ComputationError, ArithmeticError):
        return None

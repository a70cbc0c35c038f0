"""Keywords that a public function passes on: typed as one group, shown one by one in help, notebooks and the reference."""

from collections.abc import Callable
from dataclasses import dataclass
from inspect import Parameter, signature
from typing import Any, TypedDict, TypeVar

from ionweld.api.progress import Progress, unseen

Function = TypeVar("Function", bound=Callable[..., Any])


def passes_on(taker: Callable[..., Any]) -> Callable[[Function], Function]:
    """Let a function with `**group: Unpack[Group]` show what `taker`, to which it hands the group, has defaults for."""

    def shown(function: Function) -> Function:
        own = [one for one in signature(function).parameters.values() if one.kind is not Parameter.VAR_KEYWORD]
        taken = [one for one in signature(taker).parameters.values() if one.default is not Parameter.empty]
        group = [one.replace(kind=Parameter.KEYWORD_ONLY) for one in taken]
        vars(function)["__signature__"] = signature(function).replace(parameters=[*own, *group])
        return function

    return shown


class RunKeywords(TypedDict, total=False):
    """How virtual cells are run, as a person says it."""

    seed: int
    workers: int
    progress: Progress | None


@dataclass(frozen=True)
class Running:
    """By what chance virtual cells are drawn, on how many processes they run, and who hears how far they are."""

    seed: int = 0
    workers: int = 1
    progress: Progress | None = None

    @property
    def started(self) -> Progress:
        """What hears of each part of the work."""
        return self.progress or unseen

"""report.toml: the sections of a study's report, each a list of blocks: a text, a figure or a table of a general kind."""

from string import Formatter
from typing import Literal, Self, get_args

from pydantic import Field, model_validator

from ionweld.spec.cell import Part

FigureKind = Literal[
    "cycling",
    "zoom",
    "events",
    "states",
    "columns",
    "interface",
    "profiles",
    "capacity",
    "nyquist",
    "pellets",
    "arrhenius",
    "diffraction",
    "infrared",
    "cross section",
    "maps",
    "surface",
    "rivals",
]
TableKind = Literal[
    "endings",
    "conduction",
    "reading",
    "phases",
    "bands",
    "shifts",
    "solvents",
    "map lines",
    "species",
    "joined",
    "checked",
    "rivals",
    "rival verdict",
]
SYMMETRIC = ("cycling", "zoom", "events", "columns", "interface")  # kinds that show symmetric cells alone
FULL = ("profiles", "capacity", "endings")
OF_TESTS = (*SYMMETRIC, *FULL, "states", "nyquist", "reading")
SAMPLED = {"cross section": "sem", "surface": "xps", "species": "xps"}  # kind -> the table whose sample it shows
# kind -> the file of the study's folder without which there is nothing to show
NEEDS = {
    **dict.fromkeys(("pellets", "arrhenius", "conduction"), "impedance"),
    **dict.fromkeys(("diffraction", "infrared", "maps", *SAMPLED), "characterisation"),
    **dict.fromkeys(("phases", "bands", "shifts", "solvents", "map lines", "joined", "checked"), "characterisation"),
    **dict.fromkeys(("rivals", "rival verdict"), "rivals"),
}


class MarkedNumber(Part):
    """A number of the paper that is drawn into a figure."""

    number: str
    label: str = ""


class ReportBlock(Part):
    """One of: `text`; `figure`, the name of its file, with its kind and caption; `table`, a kind."""

    text: str = Field(default="", description="a paragraph")
    figure: str = Field(default="", pattern="^[a-z0-9_]*$")
    table: TableKind | None = None
    kind: FigureKind | None = Field(default=None, description="of a figure")
    caption: str = Field(default="", description="{bare} stands for the number of cells of the test that is named so")
    tests: list[str] = Field(default_factory=list)
    sample: str = Field(default="", description="of characterisation.toml")
    hours: tuple[float, float] | None = Field(default=None, description="what a figure over time shows")
    levels: list[MarkedNumber] = Field(
        default_factory=list, description="drawn as a voltage, a capacity or a resistance"
    )
    moments: list[MarkedNumber] = Field(default_factory=list, description="drawn as a cycle")
    stages: str = Field(default="", description="test: the steps of its current are marked")
    lead: bool = Field(default=False, description="a figure: it stands at the top of the report, below the verdict")
    folded: str = Field(
        default="", description="a table: it is closed until a reader opens it; what stands on the fold"
    )

    @model_validator(mode="after")
    def _one_thing(self) -> Self:
        if sum(map(bool, (self.text, self.figure, self.table))) != 1:
            raise ValueError("is none or several of text, figure and table")
        if bool(self.figure) != (self.kind is not None and bool(self.caption)):
            raise ValueError("a figure, and only a figure, has a kind and a caption")
        if (self.lead and not self.figure) or (self.folded and not self.table):
            raise ValueError("only a figure can lead, only a table can be folded")
        return self

    @property
    def shows(self) -> str:
        """The kind of the figure or table; of a text nothing."""
        return self.kind or self.table or ""

    @property
    def placeholders(self) -> list[str]:
        """What stands in braces in the caption."""
        return [name for _, name, _, _ in Formatter().parse(self.caption) if name is not None]


class ReportSection(Part):
    """A section of the report."""

    heading: str
    folded: bool = Field(default=False, description="closed until a reader opens it, and not printed")
    block: list[ReportBlock] = Field(min_length=1)


class ReportLayout(Part):
    """What report.toml holds. cells: tests whose cells are written out in full; without them, all."""

    cells: list[str] = Field(default_factory=list)
    cells_remark: str = ""
    section: list[ReportSection] = Field(min_length=1)

    @property
    def leading(self) -> ReportBlock | None:
        """The figure that stands at the top: the one that is marked so, else the first."""
        figures = [block for section in self.section for block in section.block if block.figure]
        return next((block for block in figures if block.lead), figures[0] if figures else None)


assert {*OF_TESTS, *NEEDS} == {*get_args(FigureKind), *get_args(TableKind)}

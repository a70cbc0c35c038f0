"""How the whole test run behaves."""

import os

# set before numpy is imported: many small matrix products gain nothing from threads, and workers share the processors
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import pytest
from hypothesis import settings

# a loaded machine is no fault of the code: examples have no deadline, the suite as a whole is watched instead
settings.register_profile("ionweld", deadline=None, max_examples=30)
settings.load_profile("ionweld")


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures of reports are made, told in words and as numbers, but not drawn to the last stroke.

    Drawing is most of the time of a report. For tests of what it says: each kind of figure is drawn in a test of its own.
    """
    import ionweld.report.drawing
    import ionweld.report.files

    monkeypatch.setattr(ionweld.report.drawing, "svg", lambda figure: "<svg/>")
    for name, content in (("svg", "<svg/>"), ("png", b"png")):
        monkeypatch.setattr(ionweld.report.files, name, lambda figure, content=content: content)

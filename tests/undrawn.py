"""Figures of reports that are made, told in words and as numbers, but not drawn to the last stroke.

Drawing is most of the time of a report. For tests of what it says: each kind of figure is drawn in a test of its own.
"""

import pytest


def draw_nothing(patch: pytest.MonkeyPatch) -> None:
    import ionweld.report.drawing
    import ionweld.report.files

    patch.setattr(ionweld.report.drawing, "svg", lambda figure: "<svg/>")
    for name, content in (("svg", "<svg/>"), ("png", b"png")):
        patch.setattr(ionweld.report.files, name, lambda figure, content=content: content)

"""How the whole test run behaves."""

import os

# set before numpy is imported: many small matrix products gain nothing from threads, and workers share the processors
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import pytest
from hypothesis import settings
from undrawn import draw_nothing

# a loaded machine is no fault of the code: examples have no deadline, the suite as a whole is watched instead
settings.register_profile("ionweld", deadline=None, max_examples=30)
settings.load_profile("ionweld")


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    draw_nothing(monkeypatch)

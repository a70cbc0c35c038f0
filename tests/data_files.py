"""Where the real instrument files are: they are not part of the repository."""

import os
from pathlib import Path

import pytest


def real_file(relative: str) -> Path:
    folder = os.environ.get("IONWELD_TEST_DATA")
    path = Path(folder, relative) if folder else None
    if path is not None and path.exists():
        return path
    if os.environ.get("IONWELD_REQUIRE_DATA"):
        pytest.fail(f"IONWELD_REQUIRE_DATA is set, but {relative} is not in IONWELD_TEST_DATA")
    pytest.skip(f"set IONWELD_TEST_DATA to the folder of real instrument files to test {relative}")

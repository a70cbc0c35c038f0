"""Fits are many small matrix products: threads of the linear algebra library only get in each other's way."""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

"""`python -m ionweld`, the same door as `ionweld`."""

from ionweld.cli import main

main()

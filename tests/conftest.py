"""How the whole test run behaves."""

from hypothesis import settings

# a loaded machine is no fault of the code: examples have no deadline, the suite as a whole is watched instead
settings.register_profile("ionweld", deadline=None)
settings.load_profile("ionweld")

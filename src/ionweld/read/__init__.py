"""One file per instrument format -> measurement."""

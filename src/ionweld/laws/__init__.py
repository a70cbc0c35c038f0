"""Physics: pure functions of SI floats or arrays; no classes, no files."""

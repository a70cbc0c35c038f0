"""XPS: backgrounds, line shapes, and the joint fit of all regions with one charge shift."""

"""EDS: profiles of net counts across a layer, with counting errors and warnings of overlaps."""

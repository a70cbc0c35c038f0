"""Published studies as data: cells, protocols, targets, calibrated parameters; and how to reproduce them."""

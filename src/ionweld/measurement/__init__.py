"""What an instrument or the simulator returns: typed arrays with units and provenance, and their store on disk."""

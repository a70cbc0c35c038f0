"""What the cell is and what is done to it; library/*.toml holds materials with their sources."""

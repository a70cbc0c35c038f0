"""Mathematics without chemistry."""

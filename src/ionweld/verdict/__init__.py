"""What joins techniques: solvents that a solid bears, and what lies between lithium and a solid."""

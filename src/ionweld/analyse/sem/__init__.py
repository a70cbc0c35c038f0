"""SEM: thickness and roughness of layers and gaps, from edges found row by row."""

"""ionweld: a digital twin and lab bench for solid-state lithium-metal cells and their interfaces."""

__version__ = "0.1.0"

"""What `import ionweld` offers, one file per arm: text with units and paths in, results that show themselves out.

No science stands here, and no command line: each function calls the room that knows.
"""

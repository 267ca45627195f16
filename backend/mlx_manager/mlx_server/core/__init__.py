"""The nouns every room shares. Nothing here imports a third-party package."""

"""A model's process that never answers: it holds its socket and waits for its parent's end."""

import sys

if __name__ == "__main__":
    sys.stdin.read()

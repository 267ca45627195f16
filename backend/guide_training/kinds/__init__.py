"""What the guide can do, one kind a file: each makes exchanges from random values."""

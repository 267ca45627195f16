"""What the rooms need of the machine itself."""

"""The command line, run as a person runs it: a process, its two outputs, its exit status."""

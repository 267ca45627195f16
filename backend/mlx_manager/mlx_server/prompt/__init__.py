"""From messages or text to token ids, in worker threads: rendering and encoding take the GIL."""

"""Our own words between a manager and a model's process: nothing of a request, an event or an
error is lost on the way, as it would be in a public dialect."""

"""Some three hundred JSON Schemas, a file a kind of value, beside those of ``json_schemas``."""

"""The guide's training: its data, tokenizer, template, arithmetic and the committed weights."""

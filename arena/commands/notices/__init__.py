"""The commands about what people and programs are told."""

"""The scenarios, by what people do."""

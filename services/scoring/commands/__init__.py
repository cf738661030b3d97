"""The use cases that change something: each runs in one transaction, with its events."""

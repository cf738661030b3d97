"""A key a person: made before the person is written, kept apart from the data, destroyed when they are erased."""

"""Scripts that build the data files the project ships. They are run by hand, never by a running node."""

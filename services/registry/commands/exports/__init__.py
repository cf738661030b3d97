"""Lists with people's names in them, as files that don't stay."""

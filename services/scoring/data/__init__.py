"""Data of scoring that an office may replace."""

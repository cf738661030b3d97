"""Spreadsheets of an office: their columns guessed, their rows checked and written chunk by chunk."""

"""Indices for other systems: SDMX, ADX, Satu Data, tables. Pure: observations in, documents out."""

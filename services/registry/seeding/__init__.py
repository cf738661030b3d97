"""What a registry is filled with at first: regions, published figures, a case. Each set is loaded once."""

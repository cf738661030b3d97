"""What the registry loads on its first start: published figures with their sources, and the Depok case."""

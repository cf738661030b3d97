"""What browsers and programs ask for: pages, the JSON of a city, the live push, signing in."""

"""Tables and the few statements the registry needs on them."""

"""``python -m services.registry``: loads the service and serves until it is told to stop."""

from shared.runtime.loading import without_collecting

with without_collecting():
    from services.registry.app import main

main()

"""``python -m services.notifications``: loads the service and serves until it is told to stop."""

from shared.runtime.loading import without_collecting

with without_collecting():
    from services.notifications.app import main

main()

"""What the process that service processes are forked from has loaded."""

from shared.runtime.loading import without_collecting

with without_collecting():
    import services.dashboard.app
    import services.notifications.app
    import services.registry.app
    import services.registry.seed
    import services.scoring.app  # noqa: F401

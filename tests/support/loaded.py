"""What the process that service processes are forked from has loaded."""

from shared.contracts import catalogue
from shared.runtime.loading import without_collecting
from shared.runtime.tls import trusted

with without_collecting():
    catalogue.prepare()
    trusted()
    import services.dashboard.app
    import services.notifications.app
    import services.registry.app
    import services.registry.seed
    import services.scoring.app  # noqa: F401

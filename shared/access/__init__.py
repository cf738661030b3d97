"""Who is acting, and what they may do: roles with a scope, checked against one file, ``permissions.yaml``."""

from shared.access.actor import ANYONE, EVERYWHERE, NODE, Actor, Grant, acting_as, current
from shared.access.permissions import Permissions, load

__all__ = ["ANYONE", "EVERYWHERE", "NODE", "Actor", "Grant", "Permissions", "acting_as", "current", "load"]

"""What notifications does: record alerts, keep subscriptions, keep the inbox."""

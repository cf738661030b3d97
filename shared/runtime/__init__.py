"""What every service process needs to run: settings, database, web, identity, encryption, logging, health."""

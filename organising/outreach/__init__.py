"""Mail to an organisation's own contacts who agreed to it, and what those people decide about it themselves."""

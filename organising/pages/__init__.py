"""Pages that belong to no one domain: today, help, the public campaign page, health, and the developer's own."""

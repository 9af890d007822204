"""Representatives: people in public office, the seats they hold, and how to reach them."""

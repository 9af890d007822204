"""Branch actions: planned by a unit, approved at home, reported with counts that every partner sees."""

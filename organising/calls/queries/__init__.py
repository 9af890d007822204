"""Reading calls: the lists, the grid, whom to write to, what waits on Today, and the coalition's calls."""

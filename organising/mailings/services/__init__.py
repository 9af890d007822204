"""What people and jobs do with a mailing. Each adds to the session; the caller commits once."""

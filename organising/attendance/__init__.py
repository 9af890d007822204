"""Taking part: public actions that anyone may sign up for, who comes, and lobby days with their meetings."""

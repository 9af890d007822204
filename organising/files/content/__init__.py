"""What is in a file: told, checked and made anew. Knows neither database nor web, and runs in a process of its own."""

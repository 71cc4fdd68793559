"""What people see: the page without script and the terminal."""

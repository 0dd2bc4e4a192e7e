"""What notebooks do with the functions that students write; no function of the assignment itself."""

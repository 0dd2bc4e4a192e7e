"""What a graded class gets: pages, sheets, and the forms that learning platforms import."""

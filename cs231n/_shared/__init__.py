"""What several wings use, and no lesson in it: paths, writing whole files, progress bars, checks of arguments."""

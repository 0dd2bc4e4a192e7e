"""The assignment as a course: its list of notebooks, their execution, their pages, handing in; no layers, no checks."""

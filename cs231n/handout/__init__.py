"""Builds the student version of the repository: `python -m cs231n.handout build`.

markers.py takes solutions out and puts them back, stages.py is the ordered list of what happens, scan.py looks for
what has leaked, build.py writes the folder and the zip.
"""


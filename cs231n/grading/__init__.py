"""Judges submissions, one or a thousand, outside the process that runs a student's code. Not given to students."""


"""The autograder for Gradescope: what is in its image, and what builds its zip."""

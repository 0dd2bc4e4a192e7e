"""Right answers, wrong answers and what each is told, a folder a lesson. Not given to students."""

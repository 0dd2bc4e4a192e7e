"""`make check`: all checks in a table, run where a broken answer cannot do harm."""

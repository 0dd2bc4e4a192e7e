"""How an answer is judged: calling, comparing, wording; no fact about any one lesson."""

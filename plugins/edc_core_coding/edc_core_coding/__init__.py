"""Medical coding of verbatims by the terms of dictionaries that the user brings."""

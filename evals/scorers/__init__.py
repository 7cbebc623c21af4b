"""One module for each thing scored; a scorer takes an answer with its gold and gives scores."""

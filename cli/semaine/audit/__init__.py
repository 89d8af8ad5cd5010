"""The proof: what `registration` knows against what the other services made of it, every difference named."""

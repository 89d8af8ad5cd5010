"""The press release (« communiqué de presse ») of an edition: a tagged PDF (PDF/UA-1) in French or English."""

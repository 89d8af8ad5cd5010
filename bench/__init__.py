"""What the platform's promises of speed cost and are worth: measured side by side with peers, in one run."""

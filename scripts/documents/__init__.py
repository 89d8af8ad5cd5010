"""What `scripts/generate` writes: JSON Schemas, the AsyncAPI document, an OpenAPI document of each service."""

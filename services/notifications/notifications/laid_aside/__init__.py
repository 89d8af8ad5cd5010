"""Dead letters of all services, as staff deal with them."""

"""The public programme for other programs: calendars, syndication, open data; what has changed, losing nothing."""

"""The apps: widgets composed into pages that Voila serves, and the server with its safe settings."""

"""Long work outside requests: a queue in the application database, a worker, checks that wait."""

"""Pages for people; speaks to the services' REST APIs."""

"""What tests and benches both need, and neither the other for: made-up histories, and the peer."""

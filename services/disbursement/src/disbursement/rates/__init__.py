"""Exchange rates as their publishers write them, loaded as events."""

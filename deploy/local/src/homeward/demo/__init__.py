"""The demo: cases from a file, driven through the REST APIs by the people of the story."""

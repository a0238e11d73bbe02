"""Finding people who are in the books twice, without looking at who they are."""

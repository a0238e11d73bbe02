"""What a donor runs: a witness that cosigns a log as long as it only ever grows."""

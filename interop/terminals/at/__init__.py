"""Programs on terminals, with somebody who reads and types."""

"""One life a trade: who is who, and what really happens with them."""

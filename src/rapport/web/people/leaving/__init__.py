"""Clients whose time here is over, and what stands in the way of forgetting one of them."""

"""Fixture conversations: programs of pairs with what a careful human would say the coach owes them."""

"""The steps by which a database becomes the one this program needs; `bot.store.migrate` walks them."""

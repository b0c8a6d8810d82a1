"""The steps by which a database becomes the one this program needs; `bot.store.migration` walks them."""

"""The clock starts things: the relay that carries out the outbox, and the ticks that ask what is due."""

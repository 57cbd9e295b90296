/** An event loop with timers, name resolution, TCP sockets, servers and streams. */
@org.jspecify.annotations.NullMarked
module dev.ferrule {
  requires static transitive org.jspecify;
}

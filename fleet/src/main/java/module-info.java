/** Session ticket keys and certificates that many servers share by Redis. */
@org.jspecify.annotations.NullMarked
@SuppressWarnings(
    "requires-automatic") // Jedis has no module-info, but a name in its manifest or jar
module dev.ferrule.fleet {
  requires transitive dev.ferrule.ssl;
  requires redis.clients.jedis;
  requires static org.jspecify;

  exports dev.ferrule.fleet;
}

package dev.ferrule.fleet;

import dev.ferrule.testkit.Ports;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a program of a test listens.
 *
 * @param address an IP address
 * @param port a free port of it
 * @param before what its command begins with, so that it runs there
 */
public record Place(String address, int port, List<String> before) {
  /** A free port of 127.0.0.1. */
  public static Place ofLoopback() {
    return new Place("127.0.0.1", Ports.free(), List.of());
  }

  /** A command to run there; it may be changed. */
  public List<String> command(String... words) {
    List<String> command = new ArrayList<>(before);
    command.addAll(List.of(words));
    return command;
  }

  @Override
  public String toString() {
    return address + ":" + port;
  }
}

package dev.ferrule.testkit.contract;

import static dev.ferrule.testkit.contract.PollerRig.bytes;
import static dev.ferrule.testkit.contract.PollerRig.loopback;

import dev.ferrule.spi.Link;
import dev.ferrule.spi.Listener;
import dev.ferrule.spi.SocketOptions;
import dev.ferrule.testkit.contract.PollerRig.Pair;
import dev.ferrule.testkit.contract.PollerRig.Seen;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The calls of pollers, links and listeners that a loop makes between two waits, by what they do.
 * None of them makes anything ready, so that only a wake ends the wait behind it.
 */
final class PollerCalls {
  private PollerCalls() {}

  /** A call under test. */
  @FunctionalInterface
  interface Call {
    void make() throws IOException;
  }

  /** Opens what a call needs. */
  @FunctionalInterface
  interface Prepared {
    Call by(PollerRig rig) throws IOException;
  }

  /** Opens what a call on a connected link needs. */
  @FunctionalInterface
  private interface OfLink {
    void on(Link link) throws IOException;
  }

  /** Each call, by a name. */
  static Map<String, Prepared> all() {
    Map<String, Prepared> calls = new LinkedHashMap<>();
    listening(calls);
    connecting(calls);
    connected(calls);
    return calls;
  }

  private static Listener watched(PollerRig rig) throws IOException {
    Listener listener = rig.listen(loopback());
    listener.attach(new Seen());
    listener.interest(Link.READ);
    return listener;
  }

  private static void listening(Map<String, Prepared> calls) {
    calls.put("listen", rig -> () -> rig.listen(loopback()));
    calls.put(
        "listen with an option",
        rig -> () -> rig.listen(loopback(), SocketOptions.NONE.receiveBuffer(20_000)));
    calls.put(
        "watch a listener",
        rig -> {
          Listener listener = rig.listen(loopback());
          listener.attach(new Seen());
          return () -> listener.interest(Link.READ);
        });
    calls.put(
        "pause a listener",
        rig -> {
          Listener listener = watched(rig);
          return () -> listener.interest(0);
        });
    calls.put(
        "accept when nobody waits",
        rig -> {
          Listener listener = watched(rig);
          return listener::accept;
        });
    calls.put(
        "accept a connection",
        rig -> {
          Listener listener = rig.listen(loopback());
          rig.connect(listener.localAddress());
          return () -> rig.owned(listener.accept());
        });
    calls.put("close a listener", rig -> rig.listen(loopback())::close);
    calls.put("close a listener that is watched", rig -> watched(rig)::close);
    calls.put(
        "close a listener for which a client waits",
        rig -> {
          Listener listener = rig.listen(loopback());
          rig.connect(listener.localAddress());
          return listener::close;
        });
  }

  private static void connecting(Map<String, Prepared> calls) {
    calls.put(
        "connect",
        rig -> {
          Listener listener = rig.listen(loopback());
          return () -> rig.connect(listener.localAddress());
        });
    calls.put(
        "ask whether it is connected",
        rig -> {
          Link link = rig.connect(rig.listen(loopback()).localAddress());
          return link::finishConnect;
        });
    calls.put(
        "close a link that connects",
        rig -> rig.connect(rig.listen(loopback()).localAddress())::close);
    calls.put(
        "abort a link that connects",
        rig -> rig.connect(rig.listen(loopback()).localAddress())::abort);
  }

  private static void connected(Map<String, Prepared> calls) {
    link(calls, "attach", link -> link.attach(new Seen()));
    link(calls, "watch a link", link -> link.interest(Link.READ));
    link(
        calls,
        "change what is watched of a link",
        link -> {
          link.interest(Link.WRITE);
          link.interest(Link.READ | Link.WRITE);
          link.interest(Link.READ);
        });
    link(
        calls,
        "watch a link no more",
        link -> {
          link.interest(Link.READ);
          link.interest(0);
        });
    link(calls, "read what is not there", link -> link.read(bytes(10)));
    link(calls, "write", link -> link.write(bytes(10)));
    link(calls, "write all that the system takes", PollerRig::fill);
    link(calls, "noDelay", link -> link.noDelay(true));
    link(calls, "ask for the path", Link::path);
    link(calls, "end the output", Link::shutdownOutput);
    link(calls, "close a link", Link::close);
    link(calls, "abort a link", Link::abort);
    link(
        calls,
        "close a link that is watched",
        link -> {
          link.interest(Link.READ);
          link.close();
        });
    link(
        calls,
        "abort a link that is watched",
        link -> {
          link.interest(Link.READ);
          link.abort();
        });
    link(
        calls,
        "close a link with bytes that it did not send",
        link -> {
          PollerRig.fill(link);
          link.close();
        });
  }

  private static void link(Map<String, Prepared> calls, String name, OfLink call) {
    calls.put(
        name,
        rig -> {
          Pair pair = rig.pair(loopback());
          pair.near().attach(new Seen());
          return () -> call.on(pair.near());
        });
  }
}

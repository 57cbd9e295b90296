package dev.ferrule.cli;

import dev.ferrule.proxy.ProxyHeader;
import dev.ferrule.spi.SocketOptions;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** How {@code ferrule connect} shall get to its peer. */
final class WayOptions {
  private static final String HEADER = "--proxy-protocol";
  private static final String BIND = "--bind";

  /** The words of {@code --happy-eyeballs}. */
  enum Race {
    tcp,
    handshake
  }

  private final ProxyOptions proxy = new ProxyOptions();
  private List<String> options = List.of();
  private @Nullable Race race;
  private @Nullable String header;
  private @Nullable String bind;

  void describe(Description command) {
    proxy.describe(command);
    command
        .text(
            HEADER,
            "HEADER",
            text -> header = text,
            "Send a header of the PROXY protocol first, as a proxy does: v1=SOURCE,DESTINATION or"
                + " v2=SOURCE,DESTINATION, each ADDRESS:PORT, or local (version 2 without"
                + " addresses).")
        .text(
            BIND,
            "ADDR[:PORT]",
            from -> bind = from,
            "Connect from this address of the machine, and this port; the system chooses unless"
                + " said.")
        .value(
            "--happy-eyeballs",
            "WHAT",
            Race.class,
            what -> race = what,
            "What decides the race between the addresses of a host (RFC 8305): tcp, the default, or"
                + " handshake, the first that is finished.");
    describeOptions(command, values -> options = values);
  }

  /** The option that servers have as well. */
  static void describeOptions(Description command, Consumer<List<String>> set) {
    command.list(
        "--socket-option",
        "NAME[=VALUE]",
        "",
        set,
        "An option of the system's sockets: keep-alive[=IDLE,INTERVAL,PROBES], user-timeout=TIME,"
            + " send-buffer=BYTES, receive-buffer=BYTES, traffic-class=N, fast-open[=QUEUE],"
            + " ipv6-only, reuse-port, local-address=ADDRESS[:PORT]. May be repeated.");
  }

  /** What is said of one option by all its values. */
  static SocketOptions options(List<String> given) {
    return given.isEmpty() ? SocketOptions.NONE : SocketOptionText.parse(given);
  }

  /** What is wrong with them; null when nothing is. */
  @Nullable String contradiction(boolean beginsPlain) {
    return beginsPlain && race == Race.handshake
        ? "--happy-eyeballs handshake has no meaning with --plain or --starttls: TCP decides"
        : null;
  }

  /** Checks them, without connecting. */
  Way load() {
    return new Way(proxy.load(), from(options(options)), race == Race.handshake, header());
  }

  private SocketOptions from(SocketOptions others) {
    if (bind == null) {
      return others;
    }
    if (others.localAddress() != null) {
      throw new ToolError(
          Exit.USAGE, BIND + " and --socket-option local-address both say where from");
    }
    try {
      return others.localAddress(SocketOptionText.address(bind, 0));
    } catch (IllegalArgumentException e) {
      throw new ToolError(Exit.USAGE, BIND + ": " + e.getMessage(), e);
    }
  }

  private @Nullable ProxyHeader header() {
    String text = header;
    if (text == null) {
      return null;
    }
    if (text.equals("local")) {
      return ProxyHeader.local();
    }
    int comma = text.indexOf(',');
    try {
      if (comma > 0 && (text.startsWith("v1=") || text.startsWith("v2="))) {
        InetSocketAddress source = SocketOptionText.address(text.substring(3, comma), -1);
        InetSocketAddress destination = SocketOptionText.address(text.substring(comma + 1), -1);
        return text.startsWith("v1")
            ? ProxyHeader.v1(source, destination)
            : ProxyHeader.v2(source, destination);
      }
    } catch (IllegalArgumentException e) {
      throw new ToolError(Exit.USAGE, HEADER + ": " + e.getMessage(), e);
    }
    throw new ToolError(
        Exit.USAGE, HEADER + " is v1=SOURCE,DESTINATION, v2=SOURCE,DESTINATION or local");
  }
}

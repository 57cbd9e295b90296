package dev.ferrule.cli;

import dev.ferrule.EventLoop;
import dev.ferrule.LoopSetup;
import dev.ferrule.spi.PollerProvider;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.SslChoices;
import dev.ferrule.ssl.SslConfigException;
import dev.ferrule.ssl.SslOption;
import dev.ferrule.ssl.Verify;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that mean the same in every command that opens sockets. */
final class SharedOptions {
  /** The words of {@code --tasks}. */
  enum Tasks {
    loop,
    threads
  }

  /** The words of {@code --verify}. */
  enum Check {
    full(Verify.CHAIN_AND_HOST),
    chain(Verify.CHAIN),
    none(Verify.NONE);

    final Verify mode;

    Check(Verify mode) {
      this.mode = mode;
    }
  }

  @Option(
      names = "--provider",
      paramLabel = "NAME",
      description = "SSL provider; the best one unless said (see: ferrule providers).")
  @Nullable String provider;

  @Option(
      names = "--poller",
      paramLabel = "NAME",
      description = "What waits for sockets; the best one unless said.")
  @Nullable String poller;

  @Option(
      names = "--tasks",
      paramLabel = "WHERE",
      description =
          "Where handshakes are computed: threads (virtual ones), or loop, which is the default"
              + " with one processor.")
  @Nullable Tasks tasks;

  @Option(
      names = "--loops",
      paramLabel = "N",
      description = "Event loops of a server, each on a thread of its own; 1 unless said.")
  int loops = 1;

  @Option(
      names = "--ciphers",
      paramLabel = "LIST",
      description = "Suites, as an OpenSSL cipher string; a modern list unless said.")
  @Nullable String ciphers;

  @Option(
      names = "--option",
      paramLabel = "NAME",
      description = "An SSL option by name, such as no-ticket; may be repeated.")
  List<String> options = List.of();

  @Option(
      names = "--min-protocol",
      paramLabel = "V",
      description = "Oldest version to speak; TLSv1.2 unless said.")
  @Nullable String minProtocol;

  @Option(
      names = "--max-protocol",
      paramLabel = "V",
      description = "Newest version to speak; TLSv1.3 unless said.")
  @Nullable String maxProtocol;

  @Option(
      names = "--alpn",
      paramLabel = "NAME",
      split = ",",
      description = "Application protocols, the preferred first, with commas between.")
  List<String> alpn = List.of();

  @Option(
      names = "--verify",
      paramLabel = "HOW",
      description = "How a client checks its server: full (chain and name), chain, none.")
  @Nullable Check verify;

  @Mixin Voice voice;

  /** Whether anything was said that only SSL has a use for; the name of it. */
  @Nullable String sslOnly() {
    if (provider != null) {
      return "--provider";
    } else if (ciphers != null) {
      return "--ciphers";
    } else if (!options.isEmpty()) {
      return "--option";
    } else if (minProtocol != null) {
      return "--min-protocol";
    } else if (maxProtocol != null) {
      return "--max-protocol";
    } else if (!alpn.isEmpty()) {
      return "--alpn";
    }
    return verify == null ? null : "--verify";
  }

  /** The poller that {@link #loop} and {@link #loops} take. */
  PollerProvider chosenPoller() {
    try {
      return setup().chosen();
    } catch (IllegalStateException e) {
      throw new ToolError(Exit.USAGE, String.valueOf(e.getMessage()), e);
    }
  }

  /** A loop to run, for a command that has work for one only. */
  LoopSetup loop() {
    if (loops != 1) {
      throw new ToolError(
          Exit.USAGE, "--loops " + loops + ": this command needs only one loop; it is for serve");
    }
    return setup();
  }

  /** As many loops to run as were asked for. */
  LoopSetup loops() {
    try {
      return setup().loops(loops);
    } catch (IllegalArgumentException e) {
      throw new ToolError(Exit.USAGE, "--loops: " + e.getMessage(), e);
    }
  }

  private LoopSetup setup() {
    LoopSetup setup = EventLoop.setup();
    boolean alone = Runtime.getRuntime().availableProcessors() == 1;
    if (tasks == Tasks.loop || (tasks == null && alone)) {
      setup.tasks(Runnable::run);
    }
    return poller == null ? setup : setup.poller(poller);
  }

  <B> void apply(SslChoices<B> ssl) {
    if (provider != null) {
      ssl.provider(provider);
    }
    if (ciphers != null) {
      ssl.ciphers(ciphers);
    }
    for (String name : options) {
      ssl.option(SslOption.of(name));
    }
    if (minProtocol != null) {
      ssl.minProtocol(protocol(minProtocol));
    }
    if (maxProtocol != null) {
      ssl.maxProtocol(protocol(maxProtocol));
    }
    if (!alpn.isEmpty()) {
      ssl.alpn(alpn.toArray(String[]::new));
    }
    if (verify != null) {
      ssl.verify(verify.mode);
    }
  }

  /** People also write 1.2 for TLSv1.2. */
  private static Protocol protocol(String name) {
    boolean bare = !name.isEmpty() && Character.isDigit(name.charAt(0));
    try {
      return Protocol.of(bare ? "TLSv" + name : name);
    } catch (SslConfigException e) {
      throw new ToolError(Exit.USAGE, String.valueOf(e.getMessage()), e);
    }
  }
}

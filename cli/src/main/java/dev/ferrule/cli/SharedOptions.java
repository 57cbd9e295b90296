package dev.ferrule.cli;

import dev.ferrule.EventLoop;
import dev.ferrule.LoopSetup;
import dev.ferrule.loop.Pollers;
import dev.ferrule.spi.PollerProvider;
import dev.ferrule.ssl.PostQuantum;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.RecordLayer;
import dev.ferrule.ssl.SslConfigException;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslOption;
import dev.ferrule.ssl.SslPolicy;
import dev.ferrule.ssl.SslSetup;
import dev.ferrule.ssl.Verify;
import java.util.List;
import org.jspecify.annotations.Nullable;

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

  /** The words of {@code --records}. */
  enum Records {
    java(RecordLayer.JAVA),
    library(RecordLayer.LIBRARY);

    final RecordLayer layer;

    Records(RecordLayer layer) {
      this.layer = layer;
    }
  }

  int loops = 1;
  @Nullable Check verify;
  final Verbosity verbosity = new Verbosity();
  private @Nullable String provider;
  private @Nullable Records records;
  private boolean kernelTls;
  private @Nullable String poller;
  private @Nullable Tasks tasks;
  private @Nullable String ciphers;
  private List<String> options = List.of();
  private @Nullable String minProtocol;
  private @Nullable String maxProtocol;
  private List<String> alpn = List.of();
  private @Nullable SslPolicy policy;
  private List<String> groups = List.of();
  private List<String> signatures = List.of();
  private @Nullable PostQuantum postQuantum;

  void describe(Description command) {
    describeLoops(command);
    describeSsl(command);
    verbosity.describe(command);
  }

  /** What the process has once. */
  void describeLoops(Description command) {
    command
        .text(
            "--poller",
            "NAME",
            name -> poller = name,
            "What waits for sockets; the best one unless said.")
        .value(
            "--tasks",
            "WHERE",
            Tasks.class,
            where -> tasks = where,
            "Where handshakes are computed: threads (virtual ones), or loop, which is the default"
                + " with one processor.")
        .value(
            "--loops",
            "N",
            int.class,
            n -> loops = n,
            "Event loops of a server or of bench, each on a thread of its own; 1 unless said.");
  }

  /** What each context has. */
  void describeSsl(Description command) {
    command
        .text(
            "--provider",
            "NAME",
            name -> provider = name,
            "SSL provider; the best one unless said (see: ferrule providers).")
        .value(
            "--records",
            "WHERE",
            Records.class,
            where -> records = where,
            "Where the records of TLS 1.3 are encrypted: java, or the provider's library; java unless"
                + " said, where the provider and the suite allow it.")
        .flag(
            "--kernel-tls",
            asked -> kernelTls = asked,
            "Let Linux' kernel encrypt and decrypt the records of TLS 1.3, where it can: with the"
                + " poller epoll, the module tls (modprobe tls) and a provider that tells its"
                + " secrets. Where it cannot, a line says why, and all goes on without.")
        .text(
            "--ciphers",
            "LIST",
            list -> ciphers = list,
            "Suites, as an OpenSSL cipher string; a modern list unless said.")
        .value(
            "--policy",
            "NAME",
            SslPolicy.class,
            guideline -> policy = guideline,
            "Versions, suites and groups of Mozilla's guideline 5.7: modern, intermediate, old. What"
                + " is said by itself goes before it.")
        .list(
            "--groups",
            "LIST",
            "[,:]",
            names -> groups = names,
            "Key exchange groups, the preferred first, such as x25519,P-256.")
        .list(
            "--sigalgs",
            "LIST",
            "[,:]",
            names -> signatures = names,
            "Signature schemes of the handshake by IANA's names, such as ecdsa_secp256r1_sha256;"
                + " not with boringssl.")
        .value(
            "--post-quantum",
            "HOW",
            PostQuantum.class,
            how -> postQuantum = how,
            "Post-quantum key exchange: prefer (the default), require, off.")
        .list(
            "--option",
            "NAME",
            "",
            names -> options = names,
            "An SSL option by name, such as no-ticket; may be repeated.")
        .text(
            "--min-protocol",
            "V",
            version -> minProtocol = version,
            "Oldest version to speak; TLSv1.2 unless said.")
        .text(
            "--max-protocol",
            "V",
            version -> maxProtocol = version,
            "Newest version to speak; TLSv1.3 unless said.")
        .list(
            "--alpn",
            "NAME",
            ",",
            names -> alpn = names,
            "Application protocols, the preferred first, with commas between.")
        .value(
            "--verify",
            "HOW",
            Check.class,
            how -> verify = how,
            "How a client checks its server: full (chain and name), chain, none.");
  }

  /** The name of an option that only SSL uses and that was given; null when none was. */
  @Nullable String sslOnly() {
    if (provider != null) {
      return "--provider";
    } else if (records != null) {
      return "--records";
    } else if (kernelTls) {
      return "--kernel-tls";
    } else if (ciphers != null) {
      return "--ciphers";
    } else if (policy != null) {
      return "--policy";
    } else if (!groups.isEmpty()) {
      return "--groups";
    } else if (!signatures.isEmpty()) {
      return "--sigalgs";
    } else if (postQuantum != null) {
      return "--post-quantum";
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
      return Pollers.chosen(poller);
    } catch (IllegalStateException e) {
      throw new ToolError(Exit.USAGE, String.valueOf(e.getMessage()), e);
    }
  }

  /** A loop to run, for a command that has work for one only. */
  LoopSetup loop() {
    if (loops != 1) {
      throw new ToolError(Exit.USAGE, "--loops " + loops + ": this command needs only one loop");
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

  /** Whether a provider was named. */
  boolean choosesProvider() {
    return provider != null;
  }

  <B extends SslSetup<B>> void apply(SslSetup<B> ssl) {
    if (provider != null) {
      ssl.provider(provider);
    }
    if (records != null) {
      ssl.records(records.layer);
    }
    if (kernelTls) {
      ssl.kernelTls();
    }
    if (ciphers != null) {
      ssl.ciphers(ciphers);
    }
    if (policy != null) {
      ssl.policy(policy);
    }
    if (!groups.isEmpty()) {
      ssl.groups(groups.toArray(String[]::new));
    }
    if (!signatures.isEmpty()) {
      ssl.signatureSchemes(signatures.toArray(String[]::new));
    }
    if (postQuantum != null) {
      ssl.postQuantum(postQuantum);
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

  /**
   * Says what of the trusted files is of no use where more was asked for, and what of revocation
   * lists in any case.
   */
  void tellLeftOut(SslContext context, TrustOptions trust, Stdio stdio) {
    if (verbosity.verbose || trust.hasLists()) {
      context.leftOut().forEach(line -> stdio.err().println("ferrule: left out: " + line));
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

package dev.ferrule.ssl;

import dev.ferrule.host.SafeText;
import dev.ferrule.ssl.reload.Contents;
import dev.ferrule.ssl.server.Identities;
import dev.ferrule.ssl.server.ServerNames;
import dev.ferrule.ssl.spi.Capability;
import dev.ferrule.ssl.spi.SslProvider;
import dev.ferrule.ssl.spi.WireFactory;
import java.lang.foreign.MemorySegment;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.ServiceLoader;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Settings that SSL sockets share (certificate and key, trust, versions, suites) and the sessions
 * that can be resumed. Built once, immutable, used from any loop and thread. cl-async: {@code
 * :ssl-ctx}.
 */
public final class SslContext {
  /**
   * The system property that names the default provider; if it is not set, the best available is
   * the default.
   */
  public static final String PROVIDER = "dev.ferrule.provider";

  /**
   * The system property that says what protects records ({@code java} or {@code library}) where
   * {@link SslSetup#records} does not. A provider that cannot do it in Java goes on as it is.
   */
  public static final String RECORDS = "dev.ferrule.records";

  private final @Nullable WireFactory client;
  private final @Nullable Identities server;
  private final @Nullable ServerNames<SslContext> names;
  private final boolean strict;
  private final List<String> leftOut;
  private final Contents contents;
  private final List<String> warnings;

  /** A context of clients. */
  SslContext(WireFactory client, List<String> leftOut, Contents contents) {
    this(client, null, null, false, leftOut, contents);
  }

  private SslContext(
      @Nullable WireFactory client,
      @Nullable Identities server,
      @Nullable ServerNames<SslContext> names,
      boolean strict,
      List<String> leftOut,
      Contents contents) {
    this.client = client;
    this.server = server;
    this.names = names;
    this.strict = strict;
    this.leftOut = List.copyOf(leftOut);
    this.contents = contents;
    this.warnings = keyLogs().stream().map(SslKeyLog::warning).toList();
  }

  /**
   * A context of servers.
   *
   * @param usual for names that are not among {@code byName}; if {@code strict}, for none
   * @param own what {@code usual} shows and trusts
   */
  static SslContext ofServers(
      Identities usual,
      Map<String, SslContext> byName,
      boolean strict,
      List<String> leftOut,
      Contents own) {
    Contents contents = own;
    for (Map.Entry<String, SslContext> named : byName.entrySet()) {
      contents = contents.with(named.getKey(), named.getValue().contents);
    }
    return new SslContext(null, usual, new ServerNames<>(byName), strict, leftOut, contents);
  }

  /** Settings for a context of clients. */
  public static SslContextBuilder client() {
    return new SslContextBuilder(false);
  }

  /** Settings for a context of servers; a certificate and its key are required. */
  public static SslContextBuilder server() {
    return new SslContextBuilder(true);
  }

  /**
   * A context of clients and servers on an {@code SSLContext} that the program made. The settings
   * of that object apply; ciphers and options cannot be chosen. Clients on it verify the host name
   * as by default.
   */
  public static SslContext of(javax.net.ssl.SSLContext context) {
    SslProvider provider = provider("jdk");
    Identities server =
        new Identities(List.of(new Identities.Identity(null, provider.adopt(context, true))));
    return new SslContext(
        provider.adopt(context, false), server, null, false, List.of(), Contents.UNKNOWN);
  }

  /**
   * A context of clients and servers on an {@code SSL_CTX} of OpenSSL that the program made by
   * foreign calls of its own, with the libssl that the openssl provider found. Its settings apply,
   * also whether peers are verified; ciphers and options cannot be chosen. Where it verifies
   * ({@code SSL_VERIFY_PEER}), clients verify the host name too. The context is not changed, and a
   * reference of its own is taken ({@code SSL_CTX_up_ref}), which is dropped when this object is
   * unreachable and its last connection has ended: the program frees its own whenever it likes.
   * Records are OpenSSL's, sessions are those of that context, and its secrets are not told (key
   * log). cl-async: {@code :ssl-ctx}.
   *
   * @param sslCtx what {@code SSL_CTX_new} has returned; anything else ends the JVM
   * @throws SslConfigException when it is null, or the provider openssl is not available
   */
  public static SslContext of(MemorySegment sslCtx) {
    SslProvider provider = provider("openssl");
    Identities server =
        new Identities(List.of(new Identities.Identity(null, provider.adopt(sslCtx, true))));
    return new SslContext(
        provider.adopt(sslCtx, false), server, null, false, List.of(), Contents.UNKNOWN);
  }

  /** The name of its provider. */
  public String provider() {
    return client != null ? client.provider() : wires(true).provider();
  }

  /**
   * What {@link SslSetup#trust(java.nio.file.Path)} or {@link SslSetup#crl} named and cannot be
   * used: a sentence about each certificate, revocation list or file, with its path and the reason.
   * The others count all the same.
   */
  public List<String> leftOut() {
    return leftOut;
  }

  /**
   * The chains that its connections show, each with its leaf first; those of {@link
   * SslSetup#name(String, SslContext)} are among them. Empty for clients without a certificate, and
   * for a context from outside.
   */
  public List<List<X509Certificate>> chains() {
    return contents.shown().stream().map(Contents.Shown::chain).toList();
  }

  /**
   * The sessions that its clients may resume. Of a context from outside they are those of that
   * object, which others may share.
   *
   * @throws SslConfigException when it is for servers
   */
  public SslSessions sessions() {
    return Objects.requireNonNull(wires(false).sessions());
  }

  /**
   * What a client gets by the name that it asks for.
   *
   * @throws SslError when there is nothing for that name
   */
  WireFactory choose(SslHello hello) {
    SslContext named = names == null ? null : names.find(hello.serverName());
    if (named != null) {
      return named.choose(hello);
    }
    if (strict) {
      String asked =
          hello.serverName().map(name -> "'" + SafeText.of(name) + "'").orElse("without a name");
      throw new SslError(
          SslError.Side.OURS,
          SslError.Stage.HELLO,
          "unrecognized_name",
          SslFailure.UNRECOGNIZED_NAME,
          "the client asks for the host " + asked + " (SNI), and there is no certificate for that",
          null);
    }
    Identities own = server;
    return own == null ? wires(true) : own.of(hello);
  }

  /** The wire factories of all its certificates, those by name included. */
  Set<WireFactory> factories() {
    Set<WireFactory> all = new LinkedHashSet<>();
    if (client != null) {
      all.add(client);
    }
    if (server != null) {
      all.addAll(server.wires());
    }
    if (names != null) {
      names.all().forEach(named -> all.addAll(named.factories()));
    }
    return all;
  }

  /** What gets the secrets of its connections, and of those of its names. */
  private Set<SslKeyLog> keyLogs() {
    Set<SslKeyLog> logs = new LinkedHashSet<>();
    for (WireFactory wires : factories()) {
      SslSettings settings = wires.settings();
      SslKeyLog log = settings == null ? null : settings.keyLog();
      if (log != null) {
        logs.add(log);
      }
    }
    return logs;
  }

  /** What a socket or server that is opened with it is told: who gets its secrets. */
  List<String> warnings() {
    return warnings;
  }

  /**
   * What is noticed about a capture of its connections; empty when their secrets are told.
   *
   * @param captured whether there is one
   */
  List<String> capture(boolean captured) {
    return !captured || provider(provider()).can(Capability.KEY_LOG)
        ? List.of()
        : List.of(
            "the "
                + provider()
                + " provider does not tell the secrets of its connections, so the capture of this"
                + " one cannot be decrypted");
  }

  /** Whether it is for servers; one from outside is for both. */
  boolean isForServers() {
    return server != null;
  }

  /** What it shows and trusts. */
  Contents contents() {
    return contents;
  }

  /** The certificates of a context of servers. */
  Identities identities() {
    wires(true); // throws if it is for clients
    return Objects.requireNonNull(server);
  }

  /** The wire factory for a side; throws when this context is for the other side. */
  WireFactory wires(boolean forServer) {
    WireFactory wires = !forServer ? client : server == null ? null : server.first();
    if (wires == null) {
      throw new SslConfigException(
          forServer
              ? "this context is for clients: build one with SslContext.server()"
              : "this context is for servers: build one with SslContext.client()");
    }
    return wires;
  }

  /** All providers there are, the best first, available or not. */
  public static List<SslProvider> providers() {
    return ServiceLoader.load(SslProvider.class, SslContext.class.getClassLoader()).stream()
        .map(ServiceLoader.Provider::get)
        .sorted(Comparator.comparingInt(SslProvider::rank).reversed())
        .toList();
  }

  /**
   * The provider of that name; null for the default, which is the one that the system property
   * {@value #PROVIDER} names, or else the best available.
   *
   * @throws SslConfigException when there is none of that name, or it is not available here
   */
  public static SslProvider provider(@Nullable String wanted) {
    String name = wanted == null ? System.getProperty(PROVIDER) : wanted;
    List<SslProvider> all = providers();
    for (SslProvider provider : all) {
      if (name != null && !provider.name().equals(name)) {
        continue; // unavailable() may load a library, so it is not called for others
      }
      String reason = provider.unavailable();
      if (reason == null) {
        return provider;
      }
      if (name != null) {
        throw new SslConfigException("the SSL provider '" + name + "' is not available: " + reason);
      }
    }
    throw new SslConfigException(
        "there is no SSL provider '"
            + name
            + "'; there are "
            + all.stream().map(SslProvider::name).toList());
  }

  /** What is to protect the records of a context that does not choose; null for the best. */
  static @Nullable RecordLayer defaultRecords(SslProvider provider) {
    String wanted = System.getProperty(RECORDS);
    if (wanted == null) {
      return null;
    }
    for (RecordLayer layer : RecordLayer.values()) {
      if (layer.toString().equals(wanted)) {
        return layer == RecordLayer.JAVA && !provider.can(Capability.RECORDS_IN_JAVA)
            ? null
            : layer;
      }
    }
    throw new SslConfigException(
        "the system property "
            + RECORDS
            + " is '"
            + wanted
            + "'; it can be "
            + Arrays.toString(RecordLayer.values()));
  }
}

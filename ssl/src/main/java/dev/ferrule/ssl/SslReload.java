package dev.ferrule.ssl;

import dev.ferrule.jfr.Recorder;
import dev.ferrule.jfr.Reload;
import dev.ferrule.ssl.SslReloadEvent.Expiry;
import dev.ferrule.ssl.SslReloadEvent.Kept;
import dev.ferrule.ssl.SslReloadEvent.Reloaded;
import dev.ferrule.ssl.SslReloadEvent.StapleExpired;
import dev.ferrule.ssl.keys.Certificates;
import dev.ferrule.ssl.reload.Contents.Shown;
import dev.ferrule.ssl.reload.ExpiryStages;
import dev.ferrule.ssl.reload.LastFailure;
import dev.ferrule.ssl.reload.Lookout;
import dev.ferrule.ssl.reload.Successor;
import dev.ferrule.ssl.reload.WatchedFiles;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A context that is loaded again when its files change, while its servers serve, or between the
 * connections of clients, which take {@link #context} for each. It is built aside and checked; only
 * then new connections get it, and those that are open keep theirs. What fails leaves everything as
 * it was, is told with the reason, and is tried again at each look until it succeeds: so a file
 * that is half written is loaded when it is whole.
 *
 * <pre>{@code
 * SslReload reload =
 *     SslReload.of(() -> SslContext.server().certificate(chain).key(key).build())
 *         .files(chain, key)
 *         .onEvent(event -> System.err.println(event.message()))
 *         .start();
 * reload.supply(Ssl.server(loop, null, 8443).context(reload.context()).open());
 * }</pre>
 *
 * <p>Files are read on a daemon thread of its own, which {@link #close} ends, and never on a
 * loop's. Any thread may call any method; {@link #look} reads the files on the thread that calls
 * it.
 */
public final class SslReload implements AutoCloseable {
  /** What keeps a context that was loaded from being served, unless it is allowed. */
  public enum Flaw {
    /** A certificate has expired, or is not valid yet. */
    OUT_OF_DATE,
    /**
     * A chain lacks an issuer, as far as that can be told: the server's certificate comes alone, is
     * neither self-signed nor issued by one that the context trusts, and the one before it came
     * with its issuer or from another; or an issuer that was sent before is missing.
     */
    INCOMPLETE_CHAIN,
    /** A host name or address that a certificate named is not named by the one in its place. */
    FEWER_NAMES,
    /**
     * A file or folder of trusted issuers or revocation lists has something that cannot be used,
     * and had not before.
     */
    LEFT_OUT
  }

  private static final Duration SHORTEST = Duration.ofMillis(10);
  private static final Duration LONGEST = Duration.ofDays(1);

  /** What a recording calls it. */
  private static final String RECORDED = "context";

  private final Supplier<SslContext> source;
  private final WatchedFiles files;
  private final Set<Flaw> allowed;
  private final InstantSource clock;
  private final Consumer<? super SslReloadEvent> callback;

  /** Held by whoever loads; the fields behind it belong to that thread. */
  private final ReentrantLock loading = new ReentrantLock();

  private final ExpiryStages expiry = new ExpiryStages();
  private final Set<Shown> staplesTold = new HashSet<>();
  private final LastFailure failure = new LastFailure();
  private @Nullable Reload recorded; // while it loads; null when nobody records that

  private final Lookout lookout = new Lookout(this::step);

  /** Held for moments only: it guards what follows. */
  private final ReentrantLock lock = new ReentrantLock();

  private final List<SslServer> servers = new ArrayList<>();
  private volatile SslContext context;

  private SslReload(Builder settings) {
    source = settings.source;
    allowed = Set.copyOf(settings.allowed);
    clock = settings.clock;
    callback = settings.callback;
    files = new WatchedFiles(settings.files); // before they are read, so that no change is missed
    context = load();
    Path missing = files.missing();
    if (missing != null) {
      throw new SslConfigException(
          "the file " + missing + " is to be watched and does not exist; check the path");
    }
  }

  /**
   * A context to be loaded again.
   *
   * @param source builds it from its files, each time anew, on the thread that loads; what it
   *     throws is the reason for keeping what there is
   */
  public static Builder of(Supplier<SslContext> source) {
    return new Builder(source);
  }

  /** The settings of an {@link SslReload}. Used by one thread. */
  public static final class Builder {
    private final Supplier<SslContext> source;
    private final List<Path> files = new ArrayList<>();
    private final Set<Flaw> allowed = EnumSet.noneOf(Flaw.class);
    private Duration interval = Duration.ofSeconds(5);
    private InstantSource clock = InstantSource.system();
    private Consumer<? super SslReloadEvent> callback = event -> {};

    private Builder(Supplier<SslContext> source) {
      this.source = source;
    }

    /**
     * The files to look at, and folders, whose files are looked at; links are followed, and may be
     * swapped anywhere on the way. Without any, it is loaded again only when {@link #reload} is
     * called.
     */
    public Builder files(Path... paths) {
      files.addAll(List.of(paths));
      return this;
    }

    /** How often to look, 5 s by default; from 10 ms to 1 day. */
    public Builder interval(Duration time) {
      interval = requireInterval(time);
      return this;
    }

    /** Serves what is loaded in spite of these flaws; by default none is allowed. */
    public Builder allow(Flaw... flaws) {
      allowed.addAll(List.of(flaws));
      return this;
    }

    /** The time by which certificates are judged; by default the system's. For tests. */
    public Builder clock(InstantSource source) {
      clock = source;
      return this;
    }

    /**
     * Hears what happens, on the thread that loads. What the callback throws goes to that thread's
     * handler of uncaught exceptions, or out of {@link #look}.
     */
    public Builder onEvent(Consumer<? super SslReloadEvent> receiver) {
      callback = receiver;
      return this;
    }

    /**
     * Loads the context for the first time, as it is: only what is loaded later is checked for
     * flaws. There is no thread: the program calls {@link #look}.
     *
     * @throws SslConfigException when it cannot be built, or a file is missing
     */
    public SslReload build() {
      return new SslReload(this);
    }

    /** As {@link #build}, with a thread that looks now, and then at each interval. */
    public SslReload start() {
      SslReload reload = new SslReload(this);
      reload.lookout.begin(interval);
      return reload;
    }
  }

  static Duration requireInterval(Duration time) {
    if (time.compareTo(SHORTEST) < 0 || time.compareTo(LONGEST) > 0) {
      throw new SslConfigException("the interval is from 10 ms to 1 day, not " + time);
    }
    return time;
  }

  /** What is served now. */
  public SslContext context() {
    return context;
  }

  /**
   * Gives a server the context, now and whenever another takes its place. In a group of loops, the
   * servers of all loops are given. A server that is closed need not be taken away.
   */
  public SslReload supply(SslServer server) {
    lock.lock();
    try {
      if (!lookout.isClosed()) {
        servers.add(server);
      }
      server.context(context);
    } finally {
      lock.unlock();
    }
    return this;
  }

  /**
   * Loads the context again, whether or not its files have changed, and returns at once; what comes
   * of it is told as an event. Where there is no thread, the first call makes one, which waits for
   * more of them until {@link #close}. Does nothing when it is closed.
   */
  public void reload() {
    lookout.ask();
  }

  /**
   * Looks once, as is done at each interval: loads the context if a file has changed or the last
   * attempt failed, and tells what expires. It reads files, so a loop's thread does not call it.
   *
   * @return whether another context is served now
   */
  public boolean look() {
    return step(false);
  }

  /** Ends its thread, after what is being loaded; that is not served any more. */
  @Override
  public void close() {
    lookout.close();
    lock.lock();
    try {
      servers.clear();
    } finally {
      lock.unlock();
    }
  }

  // ---- loading

  private boolean step(boolean forced) {
    loading.lock();
    try {
      if (lookout.isClosed()) {
        return false;
      }
      boolean due = files.haveChanged() || forced || failure.isThere();
      recorded = due ? Recorder.reload(RECORDED) : null;
      boolean replaced = due && replace(forced);
      recorded = null;
      for (ExpiryStages.Due each : expiry.due(certificates(), clock.instant())) {
        tell(expiry(each));
      }
      tellExpiredStaples();
      return replaced;
    } finally {
      loading.unlock();
    }
  }

  private boolean replace(boolean forced) {
    SslContext before = context;
    SslContext next;
    try {
      next = load();
      String flaw = flaw(before, next);
      if (flaw != null) {
        throw new SslConfigException(flaw);
      }
    } catch (Throwable e) {
      RuntimeException reason = failure.of(e, forced);
      if (reason != null) {
        tell(new Kept(reason));
      }
      return false;
    }
    failure.clear();
    if (!put(next)) {
      return false;
    }
    Successor successor = new Successor(before.contents(), next.contents());
    List<X509Certificate> leaves = next.contents().shown().stream().map(Shown::leaf).toList();
    tell(new Reloaded(leaves, "loaded again: " + successor.difference()));
    return true;
  }

  private SslContext load() {
    SslContext loaded = source.get();
    SslContext before = context; // null at first
    loaded.wires(before == null ? loaded.isForServers() : before.isForServers());
    return loaded;
  }

  private @Nullable String flaw(SslContext before, SslContext next) {
    Successor successor = new Successor(before.contents(), next.contents());
    for (Flaw flaw : Flaw.values()) {
      String found =
          allowed.contains(flaw)
              ? null
              : switch (flaw) {
                case OUT_OF_DATE -> successor.outOfDate(clock.instant());
                case INCOMPLETE_CHAIN -> successor.incompleteChain();
                case FEWER_NAMES -> successor.fewerNames();
                case LEFT_OUT -> Successor.leftOut(before.leftOut(), next.leftOut());
              };
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  /** False when it was closed meanwhile. */
  private boolean put(SslContext next) {
    lock.lock();
    try {
      if (lookout.isClosed()) {
        return false;
      }
      context = next;
      // Whether one is closed is its loop's to know: what is read here may be late, never wrong.
      servers.removeIf(SslServer::isClosed);
      servers.forEach(server -> server.context(next));
      return true;
    } finally {
      lock.unlock();
    }
  }

  // ---- telling

  private void tell(SslReloadEvent event) {
    if (!lookout.isClosed()) {
      Reload recording = recorded == null ? Recorder.reload(RECORDED) : recorded;
      recorded = null;
      if (recording != null) {
        recording.told(event.getClass().getSimpleName(), event.message());
      }
      callback.accept(event);
    }
  }

  private List<X509Certificate> certificates() {
    return context.contents().shown().stream()
        .flatMap(shown -> shown.judged().stream())
        .distinct()
        .toList();
  }

  private void tellExpiredStaples() {
    List<Shown> shown = context.contents().shown();
    staplesTold.retainAll(Set.copyOf(shown));
    for (Shown each : shown) {
      Instant until = each.stapledUntil();
      if (until != null && clock.instant().isAfter(until) && staplesTold.add(each)) {
        String whose = "the OCSP response about the certificate of ";
        tell(
            new StapleExpired(
                each.leaf(),
                whose
                    + Certificates.subject(each.leaf())
                    + " has expired, at "
                    + until
                    + ", and is not sent any more"));
      }
    }
  }

  private static Expiry expiry(ExpiryStages.Due due) {
    X509Certificate certificate = due.certificate();
    Instant until = certificate.getNotAfter().toInstant();
    String whose = "the certificate of " + Certificates.subject(certificate);
    long days = due.left().toDays();
    String message =
        due.left().isZero()
            ? whose + " has expired, at " + until
            : whose + " expires within " + (days == 1 ? "a day" : days + " days") + ", at " + until;
    return new Expiry(certificate, due.left(), message);
  }
}

package dev.ferrule.ssl;

import dev.ferrule.jfr.Recorder;
import dev.ferrule.jfr.Reload;
import dev.ferrule.ssl.SslReloadEvent.Kept;
import dev.ferrule.ssl.SslReloadEvent.Reloaded;
import dev.ferrule.ssl.SslTicketKeys.Readers;
import dev.ferrule.ssl.reload.LastFailure;
import dev.ferrule.ssl.reload.Lookout;
import dev.ferrule.ssl.reload.WatchedFiles;
import dev.ferrule.ssl.tickets.GivenKeys;
import dev.ferrule.ssl.tickets.ReplacedKeys;
import dev.ferrule.ssl.tickets.SecretFile;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A file of session ticket keys, as {@link SslTicketKeys#ofFile(Path, Readers)} reads it, that is
 * read again when it changes, while servers serve. Contexts that have its {@link #keys} use the new
 * ones at their next connection; nothing is built again. A file that is not good leaves the keys as
 * they were, is told with the reason, and is tried again at each look.
 *
 * <pre>{@code
 * SslTicketFile tickets =
 *     SslTicketFile.of(Path.of("ticket.keys"))
 *         .onEvent(event -> System.err.println(event.message()))
 *         .start();
 * Ssl.server(loop, null, 8443).certificate(chain).key(key).ticketKeys(tickets.keys()).open();
 * }</pre>
 *
 * <p>A key that is no longer in the file goes on to decrypt until the tickets have expired that it
 * encrypted, so that no change costs a session; {@link #forget} ends that. Where several servers
 * share the file, a new key is put at the end first, and in front when all have it. The file is
 * read on a daemon thread of its own, which {@link #close} ends. Any thread may call any method.
 */
public final class SslTicketFile implements AutoCloseable {
  private final Path file;
  private final Readers readers;
  private final Consumer<? super SslReloadEvent> callback;
  private final WatchedFiles watched;
  private final LastFailure failure = new LastFailure();
  private final ReplacedKeys present;
  private final SslTicketKeys keys;
  private final Lookout lookout = new Lookout(this::step);

  /** Held by whoever reads the file. */
  private final ReentrantLock loading = new ReentrantLock();

  private SslTicketFile(Builder settings) {
    file = settings.file;
    readers = settings.readers;
    callback = settings.callback;
    watched = new WatchedFiles(List.of(file)); // before it is read, so that no change is missed
    present = new ReplacedKeys(read(), settings.clock);
    keys = new SslTicketKeys(present);
  }

  /**
   * A file that is read again.
   *
   * @param file 1 to 16 keys of 48 bytes, the one that encrypts first
   */
  public static Builder of(Path file) {
    return new Builder(file);
  }

  /** The settings of an {@link SslTicketFile}. Used by one thread. */
  public static final class Builder {
    private final Path file;
    private Readers readers = Readers.OWNER_AND_GROUP;
    private Duration interval = Duration.ofSeconds(5);
    private InstantSource clock = InstantSource.system();
    private Consumer<? super SslReloadEvent> callback = event -> {};

    private Builder(Path file) {
      this.file = file;
    }

    /** Who may be able to read the file; its owner and group unless said. */
    public Builder readers(Readers allowed) {
      readers = allowed;
      return this;
    }

    /** How often to look, 5 s by default; from 10 ms to 1 day. */
    public Builder interval(Duration time) {
      interval = SslReload.requireInterval(time);
      return this;
    }

    /** The time by which keys expire; by default the system's. For tests. */
    public Builder clock(InstantSource source) {
      clock = source;
      return this;
    }

    /**
     * Hears {@link Reloaded}, without certificates, and {@link Kept}, on the thread that reads.
     * What the callback throws goes to that thread's handler of uncaught exceptions, or out of
     * {@link #look}.
     */
    public Builder onEvent(Consumer<? super SslReloadEvent> receiver) {
      callback = receiver;
      return this;
    }

    /**
     * Reads the file for the first time. There is no thread: the program calls {@link #look}.
     *
     * @throws SslConfigException when it cannot be read or has no such keys, or others may read it
     */
    public SslTicketFile build() {
      return new SslTicketFile(this);
    }

    /** As {@link #build}, with a thread that looks now, and then at each interval. */
    public SslTicketFile start() {
      SslTicketFile started = new SslTicketFile(this);
      started.lookout.begin(interval);
      return started;
    }
  }

  /** The keys, always the same object, for {@link SslSetup#ticketKeys}. */
  public SslTicketKeys keys() {
    return keys;
  }

  /**
   * Looks once, as is done at each interval. It reads the file, so a loop's thread does not call
   * it.
   *
   * @return whether other keys are used now
   */
  public boolean look() {
    return step(false);
  }

  /**
   * Reads the file, whether or not it has changed, and returns at once; what comes of it is told as
   * an event. Where there is no thread, the first call makes one. Does nothing when it is closed.
   */
  public void reload() {
    lookout.ask();
  }

  /**
   * Drops the keys that are not in the file any more, as when they may be known to others: sessions
   * of their tickets are not resumed.
   */
  public void forget() {
    present.forget();
  }

  /** Ends its thread. The keys stay as they are. */
  @Override
  public void close() {
    lookout.close();
  }

  private boolean step(boolean asked) {
    loading.lock();
    try {
      boolean due = watched.haveChanged() || asked || failure.isThere();
      return due && !lookout.isClosed() && replace(asked);
    } finally {
      loading.unlock();
    }
  }

  private boolean replace(boolean asked) {
    Reload recorded = Recorder.reload("ticket keys");
    GivenKeys next;
    try {
      next = read();
    } catch (Throwable e) {
      RuntimeException reason = failure.of(e, asked);
      if (reason != null) {
        tell(recorded, new Kept(reason));
      }
      return false;
    }
    failure.clear();
    int all = next.size();
    int added = present.replace(next);
    tell(
        recorded,
        new Reloaded(
            List.of(),
            "loaded again: %s has %d ticket key%s, %s of them new"
                .formatted(file, all, all == 1 ? "" : "s", added == 0 ? "none" : added)));
    return true;
  }

  private void tell(@Nullable Reload recorded, SslReloadEvent event) {
    if (recorded != null) {
      recorded.told(event.getClass().getSimpleName(), event.message());
    }
    callback.accept(event);
  }

  private GivenKeys read() {
    return SecretFile.keys(file, readers == Readers.ANYBODY);
  }
}

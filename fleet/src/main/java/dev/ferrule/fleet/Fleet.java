package dev.ferrule.fleet;

import dev.ferrule.fleet.limits.LimitRules;
import dev.ferrule.fleet.redis.RedisAddress;
import dev.ferrule.fleet.redis.RedisConnector;
import dev.ferrule.fleet.redis.RedisCounts;
import dev.ferrule.fleet.redis.RedisRecords;
import dev.ferrule.fleet.redis.RedisSession;
import dev.ferrule.fleet.redis.RedisStore;
import dev.ferrule.fleet.redis.RedisTrust;
import dev.ferrule.fleet.rotation.Schedule;
import dev.ferrule.ssl.Credentials;
import dev.ferrule.ssl.SslAdmission;
import dev.ferrule.ssl.SslConfigException;
import dev.ferrule.ssl.SslTicketKeys;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Session ticket keys that many servers share by a Redis or Valkey, so that each resumes what the
 * others began; and certificates that are put once for all of them ({@link #certificate}).
 *
 * <pre>{@code
 * Fleet fleet =
 *     Fleet.of("rediss://fleet:password@redis.example.com:6379", Path.of("fleet.secret"))
 *         .onEvent(event -> System.err.println(event.message()))
 *         .start();
 * Ssl.server(loop, null, 8443).certificate(chain).key(key).ticketKeys(fleet.ticketKeys()).open();
 * }</pre>
 *
 * <p>Nothing depends on the store: without it servers go on with the keys that they know, and with
 * keys derived from the secret where they know none. It is used on a daemon thread of its own,
 * which {@link #close} ends; no loop waits for it. Any thread may call any method.
 */
public final class Fleet implements AutoCloseable {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.-]{1,64}");

  private final FleetKeys fleetKeys;
  private final SslTicketKeys keys;
  private final FleetThread thread;
  private final @Nullable FleetLimit limit;

  private Fleet(Builder settings) {
    FleetSecret secret = FleetSecret.of(settings.secret);
    Schedule schedule = settings.schedule();
    byte[] alone = secret.alone(settings.name);
    fleetKeys = new FleetKeys(SslTicketKeys.derived(alone, Builder.DERIVED), settings.lifetime);
    Arrays.fill(alone, (byte) 0);
    keys = SslTicketKeys.from(fleetKeys);
    String owner = FleetThread.newOwner();
    RedisSession session = settings.session();
    String place = settings.place(secret);
    var store = new RedisStore(session, place, owner, schedule);
    var records = new RedisRecords(session, place);
    var mint = new SealedKeys(secret.sealing(settings.name));
    LimitRules rules = settings.limit();
    limit =
        rules == null
            ? null
            : new FleetLimit(
                rules,
                new RedisCounts(session, place, secret.naming(settings.name), rules),
                FleetThread::now);
    var sealing = new SealedBytes(secret.certificates(settings.name));
    var reports =
        new ServerReports(
            records, new SealedBytes(secret.reports(settings.name)), owner, settings.certificates);
    thread =
        new FleetThread(
            store,
            owner,
            schedule,
            mint,
            fleetKeys,
            limit,
            events -> new FleetCertificates(records, sealing, events, settings.changed),
            reports,
            settings.callback);
  }

  /**
   * A fleet.
   *
   * @param store where its Redis is: {@code redis[s]://[[USER]:PASSWORD@]HOST[:PORT][,HOST...]}; of
   *     several hosts the master is used
   * @param secret a file of at least 32 random bytes, which all servers have and the store does
   *     not, and only owner and group may read
   * @throws SslConfigException when the address cannot be one
   */
  public static Builder of(String store, Path secret) {
    return new Builder(RedisAddress.parse(store), secret);
  }

  /** The settings of a {@link Fleet}; all of its servers have the same. Used by one thread. */
  public static final class Builder {
    private static final Duration DERIVED = Duration.ofHours(12);
    private final RedisAddress address;
    private final Path secret;
    private String name = "default";
    private Duration period = Duration.ofHours(12);
    private Duration lifetime = Duration.ofDays(2);
    private Duration poll = Duration.ofSeconds(1);
    private Duration timeout = Duration.ofSeconds(1);
    private Duration clocks = Duration.ofSeconds(30);
    private int handshakes; // of an address; 0 for no limit
    private Duration handshakesTime = Duration.ZERO;
    private @Nullable Path issuers;
    private @Nullable Credentials shown;
    private Consumer<? super FleetEvent> callback = event -> {};
    private Consumer<? super String> changed = name -> {};
    private Supplier<List<X509Certificate>> certificates = List::of;

    private Builder(RedisAddress address, Path secret) {
      this.address = address;
      this.secret = secret;
    }

    /** One of several fleets of a store and secret: letters, digits, dots, dashes; at most 64. */
    public Builder name(String text) {
      requireName("fleet", text);
      name = text;
      return this;
    }

    /** How long a key encrypts, 12 hours by default. A server may be cut off for as long. */
    public Builder period(Duration time) {
      period = time;
      return this;
    }

    /**
     * How long tickets live at most, 2 days by default, as boringssl's do; contexts may not ask for
     * more.
     */
    public Builder ticketLifetime(Duration time) {
      lifetime = time;
      return this;
    }

    /** How often the store is read, every second by default; from 10 ms to 1 minute. */
    public Builder poll(Duration time) {
      poll = within("poll", time, Duration.ofMillis(10), Duration.ofMinutes(1));
      return this;
    }

    /** How long the store may take to connect or to answer, 1 s by default; up to 1 minute. */
    public Builder timeout(Duration time) {
      timeout = within("timeout", time, Duration.ofMillis(10), Duration.ofMinutes(1));
      return this;
    }

    /** How far the clocks of machines differ that may become the store; 30 s by default. */
    public Builder clockDifference(Duration time) {
      clocks = within("clockDifference", time, Duration.ZERO, Duration.ofHours(1));
      return this;
    }

    /**
     * How many handshakes one client address may begin on all servers together in a time, which is
     * at least eight times {@link #poll}; no limit by default. They may come at once, and grow back
     * evenly. An IPv6 address counts with all of its /64. The limit is approximate, for servers
     * hear of each other once in a poll: an address that keeps to it is never refused, and one that
     * does not may get as many from each server, once. Without the store each server counts alone.
     *
     * @see Fleet#handshakesPerAddress
     */
    public Builder handshakesPerAddress(int most, Duration time) {
      handshakes = most;
      handshakesTime = time;
      if (most < 1) {
        throw new SslConfigException("handshakesPerAddress is at least 1, not " + most);
      }
      return this;
    }

    /** For {@code rediss}: whose certificates are trusted (PEM), the JDK's by default. */
    public Builder trust(Path certificates) {
      issuers = certificates;
      return this;
    }

    /** For {@code rediss}: the certificate that this client shows; none by default. */
    public Builder credentials(Credentials client) {
      shown = client;
      return this;
    }

    /** Hears what happens, on the fleet's thread. What it throws goes to the handler of that. */
    public Builder onEvent(Consumer<? super FleetEvent> receiver) {
      callback = receiver;
      return this;
    }

    /**
     * Hears the name of a certificate of the fleet whose next version has come, on the fleet's
     * thread: the time to load contexts again.
     */
    public Builder onCertificate(Consumer<? super String> receiver) {
      changed = receiver;
      return this;
    }

    /** What this server shows, for the list of servers; asked on the fleet's thread. */
    public Builder shows(Supplier<List<X509Certificate>> supplier) {
      certificates = supplier;
      return this;
    }

    /**
     * A look into the fleet from outside, for tools. It connects when it is used.
     *
     * @throws SslConfigException when the secret or a certificate cannot be read
     */
    public FleetClient connect() {
      FleetSecret known = FleetSecret.of(secret);
      RedisSession session = session();
      return new FleetClient(
          session,
          new RedisRecords(session, place(known)),
          new SealedBytes(known.certificates(name)),
          new SealedBytes(known.reports(name)));
    }

    private RedisSession session() {
      var ssl = issuers == null && shown == null ? null : RedisTrust.context(issuers, shown);
      return new RedisSession(new RedisConnector(address, ssl, (int) timeout.toMillis()));
    }

    private String place(FleetSecret known) {
      return "ferrule:" + name + "." + known.fingerprint(name);
    }

    /**
     * Checks the settings and reads the files. There is no thread: the store is never asked, and
     * derived keys encrypt.
     *
     * @throws SslConfigException when the secret or a certificate cannot be read, or the times do
     *     not fit together
     */
    public Fleet build() {
      return new Fleet(this);
    }

    /** As {@link #build}, with a thread that visits the store; it does not wait for it. */
    public Fleet start() {
      Fleet fleet = build();
      fleet.thread.start();
      return fleet;
    }

    private Schedule schedule() {
      return new Schedule(
          period.toMillis(),
          lifetime.toMillis(),
          poll.toMillis(),
          timeout.toMillis(),
          clocks.toMillis());
    }

    private @Nullable LimitRules limit() {
      return handshakes == 0
          ? null
          : new LimitRules(handshakes, handshakesTime.toMillis(), 2 * poll.toMillis());
    }

    private static Duration within(String what, Duration time, Duration least, Duration most) {
      if (time.compareTo(least) < 0 || time.compareTo(most) > 0) {
        throw new SslConfigException(
            "a fleet's %s is from %s to %s, not %s".formatted(what, least, most, time));
      }
      return time;
    }
  }

  static void requireName(String what, String text) {
    if (!NAME.matcher(text).matches()) {
      throw new SslConfigException(
          "the name of a " + what + " has 1 to 64 letters, digits, dots, dashes and underscores");
    }
  }

  /**
   * A certificate that was put into the fleet, which this server asks for from now on.
   *
   * @param name by which it was put
   * @throws SslConfigException when it is no name, or the seventeenth
   */
  public FleetCertificate certificate(String name) {
    return thread.certificates().want(name);
  }

  /** The keys, always the same object, for {@code ticketKeys} of servers and contexts. */
  public SslTicketKeys ticketKeys() {
    return keys;
  }

  /**
   * The limit of {@link Builder#handshakesPerAddress}, always the same object, for {@code
   * SslAdmission.limits().perAddress} of all servers of this process.
   *
   * @throws IllegalStateException when the fleet was made without
   */
  public SslAdmission.AddressLimit handshakesPerAddress() {
    FleetLimit asked = limit;
    if (asked == null) {
      throw new IllegalStateException(
          "the fleet has no limit of client addresses: say handshakesPerAddress before start");
    }
    return asked;
  }

  /** How it stands, as of the last visit to the store. */
  public FleetStatus status() {
    return thread.status();
  }

  /** Ends the thread, without waiting for it. The keys stay as they are. */
  @Override
  public void close() {
    thread.close();
  }
}

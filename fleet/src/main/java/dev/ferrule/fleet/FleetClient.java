package dev.ferrule.fleet;

import dev.ferrule.fleet.redis.RedisRecords;
import dev.ferrule.fleet.redis.RedisRecords.Found;
import dev.ferrule.fleet.redis.RedisRecords.Read;
import dev.ferrule.fleet.redis.RedisSession;
import dev.ferrule.fleet.rotation.StoreException;
import dev.ferrule.ssl.Credentials;
import dev.ferrule.ssl.SslConfigException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Looks into a fleet from outside, and puts certificates: for tools. It blocks for as long as the
 * timeout allows, and is used by one thread. {@link Fleet.Builder#connect} makes one.
 */
public final class FleetClient implements AutoCloseable {
  private final RedisSession session;
  private final RedisRecords records;
  private final SealedBytes certificates;
  private final SealedBytes reports;

  FleetClient(
      RedisSession session, RedisRecords records, SealedBytes certificates, SealedBytes reports) {
    this.session = session;
    this.records = records;
    this.certificates = certificates;
    this.reports = reports;
  }

  /**
   * A certificate that was put.
   *
   * @param name by which servers ask for it
   * @param version greater for each that is put
   * @param credentials chain and key
   * @param staple the OCSP response about it, if there is one
   */
  public record Certificate(
      String name, long version, Credentials credentials, Optional<byte[]> staple) {}

  /**
   * Puts a certificate in the place of that of this name. Servers that ask for it check it, and
   * show it or go on with what they have.
   *
   * @param name letters, digits, dots, dashes and underscores; at most 64
   * @param credentials whose key has bytes
   * @param staple an OCSP response about it in DER; null for none
   * @return its version
   * @throws IOException when the store does not take it
   * @throws SslConfigException when it is too large, or there are too many
   */
  public long put(String name, Credentials credentials, byte @Nullable [] staple)
      throws IOException {
    Fleet.requireName("certificate of a fleet", name);
    return asked(() -> {
      while (true) {
        List<byte @Nullable []> unknown = new ArrayList<>();
        unknown.add(null);
        Read read = records.read(List.of(name), unknown).getFirst();
        byte[] before = read.found() == Found.OTHER ? read.sealed() : null;
        CertificateVersion there =
            before == null ? null : CertificateVersion.open(name, before, certificates);
        // In microseconds, so that it is greater than those that a flushed store has lost.
        long number = Math.max(there == null ? 0 : there.number + 1, records.time() * 1_000);
        CertificateVersion next =
            CertificateVersion.make(name, number, credentials, staple, certificates);
        if (next.sealed().length > RedisRecords.LARGEST_CERTIFICATE) {
          throw new SslConfigException(
              "the chain of certificate '%s' is too large for a fleet: with key and OCSP response at most %d bytes"
                  .formatted(name, RedisRecords.LARGEST_CERTIFICATE));
        }
        switch (records.replace(name, before, next.sealed())) {
          case 1 -> {
            return number;
          }
          case -1 ->
              throw new SslConfigException(
                  "a fleet has at most " + RedisRecords.MOST_CERTIFICATES + " certificates");
          default -> {} // another was quicker
        }
      }
    });
  }

  /**
   * The certificates that stand in the store, by name.
   *
   * @throws IOException when the store does not answer
   */
  public List<Certificate> certificates() throws IOException {
    return asked(() -> {
      List<Certificate> all = new ArrayList<>();
      for (String name : records.names()) {
        List<byte @Nullable []> unknown = new ArrayList<>();
        unknown.add(null);
        Read read = records.read(List.of(name), unknown).getFirst();
        CertificateVersion there =
            read.found() == Found.OTHER
                ? CertificateVersion.open(name, read.sealed(), certificates)
                : null;
        if (there != null) {
          all.add(
              new Certificate(
                  name, there.number, there.credentials, Optional.ofNullable(there.staple())));
        }
      }
      return all;
    });
  }

  /**
   * The servers that have reported within the last minute, by host.
   *
   * @throws IOException when the store does not answer
   */
  public List<FleetServer> servers() throws IOException {
    return asked(() -> {
      List<FleetServer> all = new ArrayList<>();
      for (RedisRecords.Report each : records.reports()) {
        byte[] opened = reports.open(each.server(), each.sealed());
        FleetServer server =
            opened == null || each.age() > RedisRecords.KEPT
                ? null
                : FleetServer.decoded(each.server(), opened, Duration.ofMillis(each.age()));
        if (server != null) {
          all.add(server);
        }
      }
      all.sort(Comparator.comparing(FleetServer::host).thenComparing(FleetServer::id));
      return all;
    });
  }

  private static <T> T asked(Supplier<T> question) throws IOException {
    try {
      return question.get();
    } catch (StoreException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    session.close();
  }
}

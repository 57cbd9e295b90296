package dev.ferrule.fleet;

import dev.ferrule.fleet.FleetEvent.Kind;
import dev.ferrule.fleet.redis.RedisRecords;
import dev.ferrule.fleet.redis.RedisRecords.Found;
import dev.ferrule.fleet.redis.RedisRecords.Read;
import dev.ferrule.ssl.SslConfigException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The certificates of the fleet that this server asks for. A newer version is taken; an older one,
 * rubbish or nothing in its place is replaced by the known one, so that a store that was flushed
 * has it again. It is asked for names by any thread, and visits on the fleet's.
 */
final class FleetCertificates {
  private static final int MOST = 16;

  private final RedisRecords records;
  private final SealedBytes sealing;
  private final Consumer<FleetEvent> events;
  private final Consumer<? super String> changed;
  private final Map<String, FleetCertificate> wanted = new TreeMap<>(); // guarded by itself
  private final Map<String, byte[]> refused = new TreeMap<>(); // told already, by name

  FleetCertificates(
      RedisRecords records,
      SealedBytes sealing,
      Consumer<FleetEvent> events,
      Consumer<? super String> changed) {
    this.records = records;
    this.sealing = sealing;
    this.events = events;
    this.changed = changed;
  }

  /** From now on it is asked for. */
  FleetCertificate want(String name) {
    Fleet.requireName("certificate of a fleet", name);
    synchronized (wanted) {
      if (wanted.size() == MOST && !wanted.containsKey(name)) {
        throw new SslConfigException(
            "a server asks for at most " + MOST + " certificates of a fleet");
      }
      return wanted.computeIfAbsent(name, FleetCertificate::new);
    }
  }

  List<String> names() {
    synchronized (wanted) {
      return List.copyOf(wanted.keySet());
    }
  }

  /** Reads and writes once; fails as the store does. */
  void visit() {
    List<FleetCertificate> all;
    synchronized (wanted) {
      all = List.copyOf(wanted.values());
    }
    if (all.isEmpty()) {
      return;
    }
    List<byte @Nullable []> known = new ArrayList<>();
    for (FleetCertificate each : all) {
      CertificateVersion version = each.version();
      known.add(version == null ? null : version.sealed());
    }
    List<Read> found = records.read(all.stream().map(FleetCertificate::name).toList(), known);
    for (int i = 0; i < all.size(); i++) {
      heed(all.get(i), found.get(i));
    }
  }

  private void heed(FleetCertificate certificate, Read read) {
    CertificateVersion known = certificate.version();
    CertificateVersion there = null;
    if (read.found() == Found.OTHER) {
      there = CertificateVersion.open(certificate.name(), read.sealed(), sealing);
    }
    if (there == null && (read.found() == Found.OTHER || read.found() == Found.STRANGE)) {
      refuse(certificate.name(), read.sealed());
    }
    if (there != null && (known == null || there.isAfter(known))) {
      certificate.take(there);
      tell(Kind.CERTIFICATE, "certificate '" + certificate + "' has come: " + subject(there));
      change(certificate.name());
    } else if (known != null && read.found() != Found.SAME) {
      byte[] before = read.found() == Found.OTHER ? read.sealed() : null;
      if (records.replace(certificate.name(), before, known.sealed()) == 1) {
        tell(Kind.RESTORED, "put back certificate '" + certificate + "' of the fleet");
      }
    }
  }

  private void change(String name) {
    try {
      changed.accept(name);
    } catch (Throwable e) { // it must not end the visit
      Thread self = Thread.currentThread();
      self.getUncaughtExceptionHandler().uncaughtException(self, e);
    }
  }

  private void refuse(String name, byte[] sealed) {
    if (!Arrays.equals(refused.put(name, sealed), sealed)) {
      tell(
          Kind.REFUSED,
          "what stands in the store for certificate '"
              + name
              + "' was not put with this fleet's secret, and is not used");
    }
  }

  static String subject(CertificateVersion version) {
    return version.credentials.chain().getFirst().getSubjectX500Principal().getName()
        + ", valid until "
        + version.credentials.chain().getFirst().getNotAfter().toInstant();
  }

  private void tell(Kind kind, String message) {
    events.accept(new FleetEvent(kind, message));
  }
}

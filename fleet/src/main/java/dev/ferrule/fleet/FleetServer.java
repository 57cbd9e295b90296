package dev.ferrule.fleet;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a server of the fleet has reported last.
 *
 * @param id by which it is told from others, also of its machine
 * @param host the name of its machine
 * @param state how it stands with the fleet
 * @param ticketKey the name of the ticket key that encrypts there; null when derived keys do
 * @param wanted the names of the certificates of the fleet that it asks for
 * @param shown the certificates that it shows, from wherever
 * @param age how long ago it reported; those that are silent for a minute are not listed
 */
public record FleetServer(
    String id,
    String host,
    FleetStatus.State state,
    @Nullable String ticketKey,
    List<String> wanted,
    List<Shown> shown,
    Duration age) {
  private static final int MOST = 8; // certificates of a report

  /**
   * A certificate that a server shows.
   *
   * @param sha256 its fingerprint, in hex digits
   * @param notAfter when it expires
   */
  public record Shown(String sha256, Instant notAfter) {}

  /** Copies the lists. */
  public FleetServer {
    wanted = List.copyOf(wanted);
    shown = List.copyOf(shown);
  }

  /** Of the form that {@link #decoded} reads; without id and age. */
  byte[] encoded() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeUTF(host.length() > 255 ? host.substring(0, 255) : host);
      out.writeUTF(state.name());
      out.writeUTF(ticketKey == null ? "" : ticketKey);
      out.writeByte(Math.min(wanted.size(), MOST));
      for (String each : wanted.subList(0, Math.min(wanted.size(), MOST))) {
        out.writeUTF(each);
      }
      out.writeByte(Math.min(shown.size(), MOST));
      for (Shown each : shown.subList(0, Math.min(shown.size(), MOST))) {
        out.writeUTF(each.sha256);
        out.writeLong(each.notAfter.getEpochSecond());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** Null when it is not of our form. */
  static @Nullable FleetServer decoded(String id, byte[] bytes, Duration age) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      String host = in.readUTF();
      FleetStatus.State state = FleetStatus.State.valueOf(in.readUTF());
      String key = in.readUTF();
      List<String> wanted = new ArrayList<>();
      for (int left = in.readUnsignedByte(); left > 0; left--) {
        wanted.add(in.readUTF());
      }
      List<Shown> shown = new ArrayList<>();
      for (int left = in.readUnsignedByte(); left > 0; left--) {
        shown.add(new Shown(in.readUTF(), Instant.ofEpochSecond(in.readLong())));
      }
      return new FleetServer(id, host, state, key.isEmpty() ? null : key, wanted, shown, age);
    } catch (IOException | IllegalArgumentException | DateTimeException e) {
      return null;
    }
  }
}

package dev.ferrule.ssl.keys;

import static java.nio.charset.StandardCharsets.UTF_16BE;

import java.io.IOException;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads what the JDK ignores in a PKCS#12 store: private keys in unencrypted bags (RFC 7292 4.2.1),
 * with the certificates that go with them, encrypted or not. The integrity of the store was checked
 * before, by the JDK.
 */
final class Pkcs12Bags {
  private static final String DATA = "1.2.840.113549.1.7.1";
  private static final String ENCRYPTED_DATA = "1.2.840.113549.1.7.6";
  private static final String KEY_BAG = "1.2.840.113549.1.12.10.1.1";
  private static final String CERTIFICATE_BAG = "1.2.840.113549.1.12.10.1.3";
  private static final String NESTED_BAGS = "1.2.840.113549.1.12.10.1.6";
  private static final String FRIENDLY_NAME = "1.2.840.113549.1.9.20";
  private static final String LOCAL_KEY_ID = "1.2.840.113549.1.9.21";
  private static final int DEEPEST = 4;

  /** A key in PKCS#8, or an OCTET STRING with a certificate; {@code keyId} is in hex. */
  private record Bag(Der value, @Nullable String name, @Nullable String keyId) {}

  private final Contents contents;
  private final char[] password;
  private final List<Bag> keys = new ArrayList<>();
  private final List<Bag> certificates = new ArrayList<>();

  private Pkcs12Bags(Contents contents, char[] password) {
    this.contents = contents;
    this.password = password;
  }

  /** The unencrypted keys and their chains by alias, in the order of the store; usually empty. */
  static Map<String, KeyStoreFile> read(Contents contents, char[] password) throws IOException {
    Pkcs12Bags bags = new Pkcs12Bags(contents, password);
    if (contents.bytes()[1] == (byte) 0x80) {
      return Map.of(); // BER with indefinite lengths: programs that write it encrypt their keys
    }
    Der store = Der.whole(contents.bytes());
    Der safe = Der.whole(data(store.child(1)));
    for (Der info : safe.children()) {
      if (info.child(0).oid().equals(DATA)) {
        bags.collect(Der.whole(data(info)), 0);
      }
    }
    if (bags.keys.isEmpty()) {
      return Map.of();
    }
    for (Der info : safe.children()) {
      if (info.child(0).oid().equals(ENCRYPTED_DATA)) {
        bags.collect(Der.whole(bags.decrypted(info)), 0);
      }
    }
    return bags.entries();
  }

  /** The content of a ContentInfo of type data. */
  private static byte[] data(Der info) throws IOException {
    return info.child(1).child(0).expect(Der.OCTET_STRING).content();
  }

  /** EncryptedData differs from an encrypted key in its outer tags only (RFC 5652 8). */
  private byte[] decrypted(Der info) throws IOException {
    Der encrypted = info.child(1).child(0).child(1);
    byte[] algorithm = encrypted.child(1).encoded();
    byte[] content = encrypted.child(2).content();
    return Pkcs8Encryption.open(
        DerWriter.sequence(algorithm, DerWriter.octetString(content)), password, contents.name());
  }

  private void collect(Der safeContents, int depth) throws IOException {
    for (Der bag : safeContents.children()) {
      Der value = bag.child(1).child(0);
      switch (bag.child(0).oid()) {
        case KEY_BAG -> keys.add(bag(bag, value));
        case CERTIFICATE_BAG ->
            certificates.add(bag(bag, value.child(1).child(0).expect(Der.OCTET_STRING)));
        case NESTED_BAGS -> {
          if (depth < DEEPEST) {
            collect(value, depth + 1);
          }
        }
        default -> {} // the JDK reads encrypted keys; other bags hold neither keys nor certificates
      }
    }
  }

  private static Bag bag(Der bag, Der content) throws IOException {
    String name = null;
    String keyId = null;
    List<Der> parts = bag.children();
    for (Der attribute : parts.size() > 2 ? parts.get(2).children() : List.<Der>of()) {
      Der value = attribute.child(1).child(0);
      switch (attribute.child(0).oid()) {
        case FRIENDLY_NAME -> name = new String(value.content(), UTF_16BE);
        case LOCAL_KEY_ID -> keyId = HexFormat.of().formatHex(value.content());
        default -> {}
      }
    }
    return new Bag(content, name, keyId);
  }

  private Map<String, KeyStoreFile> entries() throws IOException {
    List<X509Certificate> all = new ArrayList<>();
    for (Bag bag : certificates) {
      try {
        all.add(Certificates.parse(bag.value.content()));
      } catch (CertificateException e) {
        throw new IOException(e);
      }
    }
    Map<String, KeyStoreFile> entries = new LinkedHashMap<>();
    for (Bag bag : keys) {
      PrivateKey key = PrivateKeys.pkcs8(bag.value.encoded(), contents.name());
      String name = Objects.requireNonNullElse(bag.name, String.valueOf(entries.size() + 1));
      entries.put(name, new KeyStoreFile(key, chain(leaf(bag, key, all), all)));
    }
    return entries;
  }

  /** The certificate of a key: it has the same local key id, or the matching public key. */
  private @Nullable X509Certificate leaf(Bag key, PrivateKey secret, List<X509Certificate> all) {
    for (int i = 0; i < all.size(); i++) {
      if (key.keyId != null && key.keyId.equals(certificates.get(i).keyId)) {
        return all.get(i);
      }
    }
    for (X509Certificate certificate : all) {
      if (KeyMatch.matches(secret, certificate.getPublicKey(), contents.name())) {
        return certificate;
      }
    }
    return null;
  }

  /** The leaf, and each issuer that is in the store. */
  private static List<X509Certificate> chain(
      @Nullable X509Certificate leaf, List<X509Certificate> all) {
    List<X509Certificate> chain = new ArrayList<>();
    X509Certificate next = leaf;
    while (next != null && !chain.contains(next)) {
      chain.add(next);
      X509Certificate last = next;
      next =
          all.stream()
              .filter(c -> c.getSubjectX500Principal().equals(last.getIssuerX500Principal()))
              .findFirst()
              .orElse(null);
    }
    return chain;
  }
}

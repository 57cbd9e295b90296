package dev.ferrule.cli.cert;

import dev.ferrule.cli.cert.Entry.OfCertificate;
import dev.ferrule.cli.cert.Entry.OfKey;
import dev.ferrule.ssl.SslConfigException;
import dev.ferrule.ssl.SslFinding.Severity;
import dev.ferrule.ssl.keys.Certificates;
import dev.ferrule.ssl.keys.Contents;
import dev.ferrule.ssl.keys.PemBlock;
import dev.ferrule.ssl.keys.PrivateKeys;
import dev.ferrule.ssl.trust.Strength;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.jspecify.annotations.Nullable;

/** Reads the blocks of a PEM file, or the one structure of a DER file. */
final class BlockReader {
  private final ShownFile file;
  private final Contents contents;
  private final ShowSettings settings;
  private final List<OfCertificate> chain = new ArrayList<>();
  private byte @Nullable [] parameters; // of the EC key that follows

  BlockReader(ShownFile file, Contents contents, ShowSettings settings) {
    this.file = file;
    this.contents = contents;
    this.settings = settings;
  }

  void read() {
    int number = 0;
    for (PemBlock block : contents.blocks()) {
      number++;
      if (file.isFull()) {
        file.addDamaged(
            new SslConfigException(
                "%s holds more than %d things, of which the first are told."
                    .formatted(file.name(), ShownFile.MOST_ENTRIES)));
        break;
      }
      try {
        read(block, number);
      } catch (SslConfigException e) {
        file.addDamaged(e);
      } catch (GeneralSecurityException | IOException | RuntimeException | StackOverflowError e) {
        // What parsers throw for damaged input is not always declared.
        file.addDamaged(damaged(block, number));
      }
    }
    if (!chain.isEmpty()) {
      file.addChain(chain);
    }
  }

  private SslConfigException damaged(PemBlock block, int number) {
    return new SslConfigException(
        "%s holds a damaged %s, or one of a kind that Java does not have (number %d in it)."
            .formatted(file.name(), kind(block), number));
  }

  private void read(PemBlock block, int number) throws GeneralSecurityException, IOException {
    SslConfigException fault = block.fault();
    if (fault != null) {
      throw fault;
    }
    if (block.isCertificate()) {
      certificate(Certificates.parse(block, contents.name(), number));
    } else if (block.isPrivateKey()) {
      key(block);
    } else if (block.isRevocationList()) {
      String where = "%s (number %d in it)".formatted(contents.name(), number);
      file.add(ListFacts.read(block.der(), where, settings.now()));
    } else {
      other(block);
    }
  }

  private void certificate(X509Certificate certificate) {
    OfCertificate entry = certificate(certificate, settings);
    chain.add(entry);
    file.add(entry);
  }

  static OfCertificate certificate(X509Certificate certificate, ShowSettings settings) {
    CertificateFacts facts = new CertificateFacts(certificate);
    Item item = facts.item(settings.now());
    CertificateChecks.examine(facts, item, settings);
    return new OfCertificate(item, facts);
  }

  private void key(PemBlock block) {
    boolean encrypted = block.dekInfo() != null || block.label().equals("ENCRYPTED PRIVATE KEY");
    byte[] curve = parameters;
    parameters = null;
    if (encrypted && settings.password() == null) {
      Item item = new Item("private_key", "private key, encrypted");
      item.json().putNull("key").put("encrypted", true);
      item.line("encrypted", "yes: --password-file tells its password, and what is in it is told");
      file.add(new OfKey(item, null));
      return;
    }
    PrivateKey key = PrivateKeys.read(block, curve, contents.name(), settings.password());
    file.add(key(key, encrypted ? Encryption.OPENED : Encryption.NONE));
  }

  /** How a key is kept. */
  enum Encryption {
    NONE("no"),
    OPENED("yes, and the password is right"),

    /** In a store that is opened without a password. */
    STORE_WITHOUT("no: the store has no password"),

    /** In a store that is opened by the password that everybody takes. */
    STORE_USUAL("yes, with the password changeit, which everybody knows");

    private final String text;

    Encryption(String text) {
      this.text = text;
    }
  }

  static OfKey key(PrivateKey key, Encryption encryption) {
    boolean encrypted = encryption != Encryption.NONE && encryption != Encryption.STORE_WITHOUT;
    Item item = new Item("private_key", "private key, " + KeyText.of(key));
    item.json().put("key", KeyText.of(key)).put("encrypted", encrypted);
    item.line("encrypted", encryption.text);
    String fault = Strength.tooShort(key);
    if (fault != null) {
      item.finding(Severity.ERROR, "SHORT_KEY", "it " + fault, "make another");
    }
    return new OfKey(item, key);
  }

  private void other(PemBlock block) throws GeneralSecurityException, IOException {
    switch (block.label()) {
      case "EC PARAMETERS" -> parameters = block.der();
      case "CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST" ->
          file.add(RequestFacts.read(block.decoded()));
      case "PUBLIC KEY" -> publicKey(block.decoded());
      case "PKCS7", "CMS" -> bundle(block.decoded());
      default -> {
        SslConfigException refusal = refusal(block);
        if (refusal != null) {
          throw refusal;
        }
        file.add(new Entry.Other(new Item("other", kind(block))));
      }
    }
  }

  private void publicKey(byte[] der) throws GeneralSecurityException, IOException {
    PublicKey key = RequestFacts.publicKey(SubjectPublicKeyInfo.getInstance(der));
    Item item = new Item("public_key", "public key, " + KeyText.of(key));
    item.fact("key", "key", KeyText.of(key));
    file.add(new Entry.Other(item));
  }

  private void bundle(byte[] der) throws GeneralSecurityException {
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    for (Certificate each : factory.generateCertificates(new ByteArrayInputStream(der))) {
      if (each instanceof X509Certificate certificate && !file.isFull()) {
        certificate(certificate);
      }
    }
  }

  /** Why a block says nothing of itself; null when it is only of no interest. */
  private @Nullable SslConfigException refusal(PemBlock block) {
    String sentence =
        switch (block.label()) {
          case "OPENSSH PRIVATE KEY" ->
              "holds an OpenSSH key; convert a copy of it with ssh-keygen -p -m PKCS8 -f COPY";
          case "DSA PRIVATE KEY" -> "holds a DSA key, which TLS does not use any more";
          case "UNKNOWN" -> "is DER, and none of what TLS uses";
          default -> null;
        };
    return sentence == null
        ? null
        : new SslConfigException("%s %s.".formatted(contents.name(), sentence));
  }

  private static String kind(PemBlock block) {
    return switch (block.label()) {
      case "CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST" -> "certificate request";
      case "RSA PUBLIC KEY", "PUBLIC KEY" -> "public key";
      case "PKCS7", "CMS" -> "PKCS#7 bundle";
      case "DH PARAMETERS" -> "Diffie-Hellman parameters";
      case "" -> "block";
      default -> block.label();
    };
  }
}

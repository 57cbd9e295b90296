package dev.ferrule.ssl.keys;

import dev.ferrule.ssl.SslConfigException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.UnrecoverableKeyException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One key of a key store and its chain: PKCS#12 (RFC 7292) or the JDK's own formats, as the JDK
 * reads them. Private keys that a PKCS#12 store holds unencrypted, which the JDK ignores, are read
 * by {@link Pkcs12Bags}.
 */
public record KeyStoreFile(PrivateKey key, List<X509Certificate> chain) {

  /**
   * What a store holds, by alias.
   *
   * @param keys those that the password opens
   * @param trusted certificates without a key
   */
  public record Entries(Map<String, KeyStoreFile> keys, Map<String, X509Certificate> trusted) {}

  /**
   * Opens a store with all that is in it.
   *
   * @param password null where none is known
   * @throws SslConfigException when the password is wrong or missing, or the store is damaged
   */
  public static Entries all(Contents contents, char @Nullable [] password) {
    Map<String, X509Certificate> trusted = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    return opened(
        contents,
        password,
        (store, secret) -> {
          for (String name : Collections.list(store.aliases())) {
            if (store.isCertificateEntry(name)
                && store.getCertificate(name) instanceof X509Certificate certificate) {
              trusted.put(name, certificate);
            }
          }
          return new Entries(keys(contents, store, secret, null), trusted);
        });
  }

  /**
   * Opens a store.
   *
   * @param alias of the key, in upper or lower case; null if the store has one key
   */
  static KeyStoreFile open(Contents contents, char @Nullable [] password, @Nullable String alias) {
    return opened(
        contents,
        password,
        (store, secret) -> {
          TreeMap<String, KeyStoreFile> entries = keys(contents, store, secret, alias);
          KeyStoreFile chosen = choose(entries, alias, names(store, entries), contents);
          if (chosen.chain.isEmpty()) {
            throw problem(contents, "without the certificate of its key; export it with the chain");
          }
          return chosen;
        });
  }

  /** The keys of an open store; all of them where {@code alias} is null. */
  private static TreeMap<String, KeyStoreFile> keys(
      Contents contents, KeyStore store, char[] secret, @Nullable String alias)
      throws GeneralSecurityException, IOException {
    TreeMap<String, KeyStoreFile> entries = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (String name : Collections.list(store.aliases())) {
      boolean wanted = alias == null || alias.equalsIgnoreCase(name);
      if (wanted
          && store.isKeyEntry(name)
          && store.getKey(name, secret) instanceof PrivateKey key) {
        entries.put(name, new KeyStoreFile(key, chain(store.getCertificateChain(name))));
      }
    }
    if (DerLabel.PKCS12.equals(contents.storeType())) {
      Pkcs12Bags.read(contents, secret).forEach(entries::putIfAbsent);
    }
    return entries;
  }

  /** What is done with a store once it is open. */
  private interface Use<T> {
    T of(KeyStore store, char[] secret) throws GeneralSecurityException, IOException;
  }

  private static <T> T opened(Contents contents, char @Nullable [] password, Use<T> use) {
    // A store without a password usually has the empty one, which null does not open.
    char[] secret = password == null ? new char[0] : password.clone();
    try {
      KeyStore store = KeyStore.getInstance(contents.storeType());
      store.load(new ByteArrayInputStream(contents.bytes()), secret);
      return use.of(store, secret);
    } catch (UnrecoverableKeyException e) {
      throw locked(password, contents);
    } catch (IOException e) {
      throw e.getCause() instanceof UnrecoverableKeyException
          ? locked(password, contents)
          : damaged(contents);
    } catch (SslConfigException e) {
      throw e;
    } catch (GeneralSecurityException | RuntimeException e) {
      // Unchecked too: what the JDK's parser throws for damaged input is not always declared.
      throw damaged(contents);
    } finally {
      Arrays.fill(secret, '\0');
    }
  }

  private static KeyStoreFile choose(
      TreeMap<String, KeyStoreFile> entries,
      @Nullable String alias,
      List<String> names,
      Contents contents) {
    if (alias != null) {
      KeyStoreFile named = entries.get(alias);
      if (named == null) {
        throw problem(contents, "without a key of the alias '" + alias + "'; it has " + names);
      }
      return named;
    }
    if (entries.isEmpty()) {
      throw problem(contents, "without a private key; export it with its key");
    }
    if (entries.size() > 1) {
      throw problem(
          contents,
          "with " + entries.size() + " private keys; choose one by its alias, of " + names);
    }
    return entries.firstEntry().getValue();
  }

  /** The aliases of all keys, also of those that were not opened. */
  private static List<String> names(KeyStore store, TreeMap<String, KeyStoreFile> entries)
      throws GeneralSecurityException {
    TreeMap<String, Boolean> names = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (String name : Collections.list(store.aliases())) {
      if (store.isKeyEntry(name)) {
        names.put(name, true);
      }
    }
    entries.keySet().forEach(name -> names.put(name, true));
    return List.copyOf(names.keySet());
  }

  private static List<X509Certificate> chain(Certificate @Nullable [] chain) {
    List<X509Certificate> certificates = new ArrayList<>();
    if (chain != null) {
      for (Certificate certificate : chain) {
        certificates.add((X509Certificate) certificate);
      }
    }
    return certificates;
  }

  /** The unencrypted certificates of a store, as trust anchors; no password is needed. */
  static List<X509Certificate> certificates(Contents contents) {
    List<X509Certificate> found = new ArrayList<>();
    try {
      KeyStore store = KeyStore.getInstance(contents.storeType());
      store.load(new ByteArrayInputStream(contents.bytes()), null);
      for (String name : Collections.list(store.aliases())) {
        if (store.isCertificateEntry(name)
            && store.getCertificate(name) instanceof X509Certificate trusted) {
          found.add(trusted);
        }
      }
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      throw damaged(contents);
    }
    if (found.isEmpty()) {
      throw problem(
          contents, "that shows no trusted certificate without a password; export them as PEM");
    }
    return found;
  }

  private static SslConfigException locked(char @Nullable [] password, Contents contents) {
    return password == null
        ? new SslConfigException(
            "%s is an encrypted %s and no password was given; give its password."
                .formatted(contents.name(), kind(contents)))
        : PrivateKeys.wrongPassword(contents.name());
  }

  private static SslConfigException damaged(Contents contents) {
    return problem(
        contents,
        "that is damaged or encrypted in a way this JDK does not support; export it again with"
            + (DerLabel.PKCS12.equals(contents.storeType())
                ? " openssl pkcs12 -export"
                : " keytool -importkeystore"));
  }

  private static SslConfigException problem(Contents contents, String what) {
    return new SslConfigException(
        "%s is a %s %s.".formatted(contents.name(), kind(contents), what));
  }

  private static String kind(Contents contents) {
    return DerLabel.PKCS12.equals(contents.storeType()) ? "PKCS#12 store" : "Java key store";
  }
}

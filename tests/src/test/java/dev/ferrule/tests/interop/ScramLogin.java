package dev.ferrule.tests.interop;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/** The client's side of SCRAM-SHA-256-PLUS (RFC 5802, RFC 7677), with tls-server-end-point. */
final class ScramLogin {
  static final String MECHANISM = "SCRAM-SHA-256-PLUS";
  private static final String HEADER = "p=tls-server-end-point,,";
  private static final String NONCE = "fyko+d2lbbFgONRv9qkxdawL";
  private static final String BEGIN = "n=,r=" + NONCE;

  private final String password;
  private final byte[] binding;
  private String expected = "";

  ScramLogin(String password, byte[] binding) {
    this.password = password;
    this.binding = binding;
  }

  String first() {
    return HEADER + BEGIN;
  }

  /** The proof, as an answer to the server's salt. */
  String proof(String challenge) throws GeneralSecurityException {
    Map<Character, String> fields = fields(challenge);
    ByteArrayOutputStream bound = new ByteArrayOutputStream();
    bound.writeBytes(HEADER.getBytes(UTF_8));
    bound.writeBytes(binding);
    String without =
        "c=" + Base64.getEncoder().encodeToString(bound.toByteArray()) + ",r=" + fields.get('r');
    byte[] messages = (BEGIN + "," + challenge + "," + without).getBytes(UTF_8);
    byte[] salted = salted(fields);
    byte[] clientKey = hmac(salted, "Client Key".getBytes(UTF_8));
    byte[] signature = hmac(MessageDigest.getInstance("SHA-256").digest(clientKey), messages);
    for (int i = 0; i < clientKey.length; i++) {
      clientKey[i] ^= signature[i];
    }
    byte[] ofServer = hmac(hmac(salted, "Server Key".getBytes(UTF_8)), messages);
    expected = "v=" + Base64.getEncoder().encodeToString(ofServer);
    return without + ",p=" + Base64.getEncoder().encodeToString(clientKey);
  }

  /** Whether the server knows the password too. */
  boolean accepts(String last) {
    return last.equals(expected);
  }

  private byte[] salted(Map<Character, String> fields) throws GeneralSecurityException {
    byte[] salt = Base64.getDecoder().decode(fields.get('s'));
    int rounds = Integer.parseInt(fields.get('i'));
    PBEKeySpec spec = new PBEKeySpec(password.toCharArray(), salt, rounds, 256);
    return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256").generateSecret(spec).getEncoded();
  }

  private static byte[] hmac(byte[] key, byte[] data) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return mac.doFinal(data);
  }

  private static Map<Character, String> fields(String message) {
    Map<Character, String> fields = new HashMap<>();
    for (String field : message.split(",", -1)) {
      fields.put(field.charAt(0), field.substring(2));
    }
    return fields;
  }

  static String text(ByteBuffer data) {
    return UTF_8.decode(data).toString();
  }
}

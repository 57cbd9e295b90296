package dev.ferrule.cli.cert;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.ferrule.ssl.SslFinding.Severity;
import dev.ferrule.ssl.trust.Strength;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.operator.DefaultSignatureNameFinder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.PKCSException;
import org.jspecify.annotations.Nullable;

/** What a certificate request asks for (PKCS#10, RFC 2986). The JDK reads none. */
final class RequestFacts {
  private RequestFacts() {}

  /** Throws what damaged bytes make a parser throw. */
  static Entry.OfRequest read(byte[] der) throws IOException, GeneralSecurityException {
    PKCS10CertificationRequest request = new PKCS10CertificationRequest(der);
    PublicKey key = publicKey(request.getSubjectPublicKeyInfo());
    String subject = CertificateFacts.text(new X500Principal(request.getSubject().getEncoded()));
    List<CertificateFacts.Name> names = names(request.getRequestedExtensions());
    String owner = names.isEmpty() ? subject : names.getFirst().text();
    Item item = new Item("certificate_request", "request for a certificate, " + owner);
    item.fact("subject", "subject", subject);
    ArrayNode list = item.json().putArray("names");
    names.forEach(
        name -> list.addObject().put("type", name.type()).put("name", Item.safe(name.text())));
    if (!names.isEmpty()) {
      item.line(
          "names", String.join(", ", names.stream().map(CertificateFacts.Name::text).toList()));
    }
    item.fact("key", "key", KeyText.of(key));
    item.fact(
        "signature",
        "signature",
        new DefaultSignatureNameFinder()
            .getAlgorithmName(request.getSignatureAlgorithm())
            .replace("WITH", "with"));
    examine(request, key, names, item);
    return new Entry.OfRequest(item, key);
  }

  static PublicKey publicKey(SubjectPublicKeyInfo info)
      throws IOException, GeneralSecurityException {
    return KeyFactory.getInstance(info.getAlgorithm().getAlgorithm().getId())
        .generatePublic(new X509EncodedKeySpec(info.getEncoded()));
  }

  private static void examine(
      PKCS10CertificationRequest request,
      PublicKey key,
      List<CertificateFacts.Name> names,
      Item item) {
    if (!isSignedByItsKey(request)) {
      item.finding(
          Severity.ERROR,
          "REQUEST_SIGNATURE",
          "it is not signed by the key that it is for: CAs refuse it",
          "make it again");
    }
    String fault = Strength.tooShort(key);
    if (fault != null) {
      item.finding(Severity.ERROR, "SHORT_KEY", "it " + fault, "make it again, with another key");
    }
    if (names.isEmpty()) {
      item.finding(
          Severity.WARNING,
          "NO_HOST_NAME",
          "it asks for no names (subject alternative names), without which no client takes a"
              + " server",
          "make it again with -addext subjectAltName=DNS:NAME, unless the CA adds them");
    }
  }

  private static boolean isSignedByItsKey(PKCS10CertificationRequest request) {
    try {
      return request.isSignatureValid(
          new JcaContentVerifierProviderBuilder().build(request.getSubjectPublicKeyInfo()));
    } catch (OperatorCreationException | PKCSException | RuntimeException e) {
      return false;
    }
  }

  private static List<CertificateFacts.Name> names(@Nullable Extensions wanted) {
    List<CertificateFacts.Name> names = new ArrayList<>();
    if (wanted == null || wanted.getExtension(Extension.subjectAlternativeName) == null) {
      return names;
    }
    for (GeneralName name :
        GeneralNames.fromExtensions(wanted, Extension.subjectAlternativeName).getNames()) {
      String text = String.valueOf(name.getName());
      names.add(
          switch (name.getTagNo()) {
            case GeneralName.rfc822Name -> new CertificateFacts.Name("email", text);
            case GeneralName.dNSName -> new CertificateFacts.Name("dns", text);
            case GeneralName.uniformResourceIdentifier -> new CertificateFacts.Name("uri", text);
            case GeneralName.iPAddress -> new CertificateFacts.Name("ip", address(name));
            default -> new CertificateFacts.Name("other", "name of another kind");
          });
    }
    return names;
  }

  private static String address(GeneralName name) {
    byte[] bytes = ASN1OctetString.getInstance(name.getName()).getOctets();
    try {
      return AddressText.shortened(InetAddress.getByAddress(bytes).getHostAddress());
    } catch (UnknownHostException e) {
      return "an address of " + bytes.length + " bytes";
    }
  }
}

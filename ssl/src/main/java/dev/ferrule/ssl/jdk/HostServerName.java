package dev.ferrule.ssl.jdk;

import static java.nio.charset.StandardCharsets.US_ASCII;

import javax.net.ssl.SNIServerName;
import javax.net.ssl.StandardConstants;

/** A host name to be sent as SNI. Java's own {@code SNIHostName} takes no underscore. */
final class HostServerName extends SNIServerName {
  /** {@code name} is in A-labels. */
  HostServerName(String name) {
    super(StandardConstants.SNI_HOST_NAME, name.getBytes(US_ASCII));
  }
}

package dev.ferrule.ssl;

import dev.ferrule.ssl.spi.Capability;
import dev.ferrule.ssl.spi.SslProvider;
import org.jspecify.annotations.Nullable;

/** What a setup says about external pre-shared keys. Used by one thread. */
final class PresharedKeys {
  private @Nullable ExternalPsk client;
  private @Nullable ExternalPskLookup server;

  void ofClient(ExternalPsk psk) {
    client = psk;
  }

  void ofServer(ExternalPskLookup lookup) {
    server = lookup;
  }

  /** Whether a server has some, and so needs no certificate. */
  boolean isServer() {
    return server != null;
  }

  /**
   * The settings.
   *
   * @throws SslConfigException when they are for the other side, or contradict others
   */
  SslSettings.ExternalPsks settings(
      boolean forServer, Authentication peers, SslSettings.Tickets tickets) {
    if (forServer && client != null) {
      throw new SslConfigException(
          "externalPsk is for clients; a server looks keys up by externalPsks");
    }
    if (!forServer && server != null) {
      throw new SslConfigException(
          "externalPsks is for servers; a client has one key, by externalPsk");
    }
    if (client == null && server == null) {
      return SslSettings.ExternalPsks.NONE;
    }
    if (forServer && peers.clientAuth() != ClientAuth.NONE) {
      throw new SslConfigException(
          "clientAuth contradicts externalPsks: a client that has a key shows no certificate");
    }
    if (!peers.pins().isEmpty() || peers.verifier() != null) {
      throw new SslConfigException(
          "pins and a verifier contradict externalPsk: a server that has the key shows no"
              + " certificate to judge");
    }
    Integer number = tickets.number();
    if (tickets.keys() != null || tickets.lifetime() != null || (number != null && number > 0)) {
      throw new SslConfigException(
          "ticketKeys, ticketLifetime and tickets contradict externalPsks: a server with such keys"
              + " resumes no session");
    }
    return new SslSettings.ExternalPsks(client, server);
  }

  /** Of a provider that has none. */
  void require(SslProvider chosen) {
    if ((client != null || server != null) && !chosen.can(Capability.EXTERNAL_PSK)) {
      throw Capability.EXTERNAL_PSK.refusal(
          chosen.name(), "take the provider openssl, or leave externalPsk out");
    }
  }
}

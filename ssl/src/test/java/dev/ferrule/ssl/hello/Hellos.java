package dev.ferrule.ssl.hello;

import dev.ferrule.ssl.Fixtures;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/** What two engines of the JDK send each other while they shake hands. */
final class Hellos {
  private static final char[] PASSWORD = "password".toCharArray();
  private static final SSLContext CONTEXT = context();

  private final ByteArrayOutputStream fromClient = new ByteArrayOutputStream();
  private final ByteArrayOutputStream fromServer = new ByteArrayOutputStream();
  private final SSLEngine client;
  private final SSLEngine server;

  private Hellos(SSLParameters ofClient, SSLParameters ofServer) {
    client = CONTEXT.createSSLEngine("localhost", 1);
    client.setUseClientMode(true);
    client.setSSLParameters(ofClient);
    server = CONTEXT.createSSLEngine();
    server.setUseClientMode(false);
    server.setSSLParameters(ofServer);
  }

  /** The whole conversation; a fresh context each time would be slow, and none resumes here. */
  static Hellos of(String protocol, String clientGroups, String serverGroups) throws Exception {
    SSLParameters ofClient = parameters(protocol, clientGroups);
    ofClient.setServerNames(List.of(new SNIHostName("www.example.com")));
    ofClient.setApplicationProtocols(new String[] {"mqtt", "x-own"});
    SSLParameters ofServer = parameters(protocol, serverGroups);
    Hellos hellos = new Hellos(ofClient, ofServer);
    hellos.shake();
    return hellos;
  }

  /** All records that the client sent. */
  byte[] client() {
    return fromClient.toByteArray();
  }

  /** All records that the server sent. */
  byte[] server() {
    return fromServer.toByteArray();
  }

  private static SSLParameters parameters(String protocol, String groups) {
    SSLParameters parameters = CONTEXT.getDefaultSSLParameters();
    parameters.setProtocols(protocol.split(","));
    parameters.setNamedGroups(groups.split(","));
    return parameters;
  }

  private void shake() throws Exception {
    client.beginHandshake();
    server.beginHandshake();
    int clientRead = 0;
    int serverRead = 0;
    while (shaking(client) || shaking(server)) {
      send(client, fromClient);
      serverRead += receive(server, fromClient, serverRead);
      send(server, fromServer);
      clientRead += receive(client, fromServer, clientRead);
    }
  }

  private static boolean shaking(SSLEngine engine) {
    return engine.getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING;
  }

  private static void send(SSLEngine engine, ByteArrayOutputStream out) throws Exception {
    ByteBuffer record = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
    while (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
      engine.wrap(ByteBuffer.allocate(0), record.clear());
      out.write(record.array(), 0, record.position());
      work(engine);
    }
  }

  private static int receive(SSLEngine engine, ByteArrayOutputStream in, int from)
      throws Exception {
    ByteBuffer records = ByteBuffer.wrap(in.toByteArray(), from, in.size() - from);
    ByteBuffer data = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize());
    while (records.hasRemaining() && engine.getHandshakeStatus() != HandshakeStatus.NEED_WRAP) {
      SSLEngineResult result = engine.unwrap(records, data.clear());
      work(engine);
      if (result.bytesConsumed() == 0 && !shaking(engine)) {
        break;
      }
    }
    return records.position() - from;
  }

  private static void work(SSLEngine engine) {
    for (Runnable task; (task = engine.getDelegatedTask()) != null; ) {
      task.run();
    }
  }

  private static SSLContext context() {
    try {
      Fixtures.Pair pair = Fixtures.ec("localhost");
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, PASSWORD);
      X509Certificate[] chain = {pair.certificate()};
      store.setKeyEntry("server", pair.keys().getPrivate(), PASSWORD, chain);
      KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
      keys.init(store, PASSWORD);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), new TrustManager[] {new Trusting()}, null);
      context.getClientSessionContext().setSessionCacheSize(1);
      return context;
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static final class Trusting extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, java.net.Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, java.net.Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}

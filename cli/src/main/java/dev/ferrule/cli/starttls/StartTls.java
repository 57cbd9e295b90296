package dev.ferrule.cli.starttls;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The supported protocols with STARTTLS. */
public enum StartTls {
  /** RFC 3207. */
  SMTP,
  /** RFC 2033, with the extension of SMTP. */
  LMTP,
  /** RFC 3501 6.2.1. */
  IMAP,
  /** RFC 2595 4. */
  POP3,
  /** ManageSieve, RFC 5804 2.2. */
  SIEVE,
  /** RFC 4217. */
  FTP,
  /** RFC 4642. */
  NNTP,
  /** RFC 4511 4.14. */
  LDAP,
  /** PostgreSQL's frontend/backend protocol, SSLRequest. */
  POSTGRES,
  /** MySQL's client/server protocol, SSLRequest. */
  MYSQL,
  /** RFC 6120 5, of clients. */
  XMPP,
  /** RFC 6120 5, of servers. */
  XMPP_SERVER,
  /** IRCv3's extension {@code tls}. */
  IRC;

  /**
   * A new dialogue of a client, for one connection.
   *
   * @param host whom it asks for, where the protocol says that
   */
  public Dialogue dialogue(String host) {
    return switch (this) {
      case SMTP -> LineDialogues.smtp();
      case LMTP -> LineDialogues.lmtp();
      case IMAP -> LineDialogues.imap();
      case POP3 -> LineDialogues.pop3();
      case SIEVE -> LineDialogues.sieve();
      case FTP -> LineDialogues.ftp();
      case NNTP -> LineDialogues.nntp();
      case LDAP -> new LdapDialogue();
      case POSTGRES -> new PostgresDialogue();
      case MYSQL -> new MysqlDialogue();
      case XMPP -> new XmppDialogue(Xmpp.CLIENT, host);
      case XMPP_SERVER -> new XmppDialogue(Xmpp.SERVER, host);
      case IRC -> LineDialogues.irc();
    };
  }

  /** Whether a server says something before its client does. */
  public boolean greets() {
    return switch (this) {
      case SMTP, LMTP, IMAP, POP3, SIEVE, FTP, NNTP, MYSQL -> true;
      case LDAP, POSTGRES, XMPP, XMPP_SERVER, IRC -> false;
    };
  }

  /**
   * Why only a client of its own can use it: neither a tunnel nor a server here does. Null where
   * they do.
   */
  public @Nullable String limitation() {
    return this == MYSQL
        ? "--starttls mysql is for connect alone: its packets are counted from before TLS on, and its"
            + " clients begin TLS without an answer"
        : null;
  }

  /**
   * A new dialogue of a server, for one connection.
   *
   * @throws IllegalStateException where there is a {@link #limitation}
   */
  public ServerDialogue serverDialogue() {
    return switch (this) {
      case SMTP -> MailServer.smtp();
      case LMTP -> MailServer.lmtp();
      case IMAP -> LineServers.imap();
      case POP3 -> LineServers.pop3();
      case SIEVE -> SieveServer.dialogue();
      case FTP -> LineServers.ftp();
      case NNTP -> LineServers.nntp();
      case LDAP -> new LdapServer();
      case POSTGRES -> new PostgresServer();
      case MYSQL -> throw new IllegalStateException(limitation());
      case XMPP -> new XmppServer(Xmpp.CLIENT);
      case XMPP_SERVER -> new XmppServer(Xmpp.SERVER);
      case IRC -> LineServers.irc();
    };
  }

  /** The word for the command line. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}

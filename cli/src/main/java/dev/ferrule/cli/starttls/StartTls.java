package dev.ferrule.cli.starttls;

import java.util.Locale;

/** The supported protocols with STARTTLS. */
public enum StartTls {
  /** RFC 3207. */
  SMTP,
  /** RFC 3501 6.2.1. */
  IMAP,
  /** RFC 2595 4. */
  POP3,
  /** RFC 4217. */
  FTP,
  /** PostgreSQL's frontend/backend protocol, SSLRequest. */
  POSTGRES,
  /** RFC 4511 4.14. */
  LDAP;

  /** A new dialogue of a client, for one connection. */
  public Dialogue dialogue() {
    return switch (this) {
      case SMTP -> LineDialogues.smtp();
      case IMAP -> LineDialogues.imap();
      case POP3 -> LineDialogues.pop3();
      case FTP -> LineDialogues.ftp();
      case POSTGRES -> new PostgresDialogue();
      case LDAP -> new LdapDialogue();
    };
  }

  /** Whether a server says something before its client does. */
  public boolean greets() {
    return switch (this) {
      case SMTP, IMAP, POP3, FTP -> true;
      case POSTGRES, LDAP -> false;
    };
  }

  /** A new dialogue of a server, for one connection. */
  public ServerDialogue serverDialogue() {
    return switch (this) {
      case SMTP -> LineServers.smtp();
      case IMAP -> LineServers.imap();
      case POP3 -> LineServers.pop3();
      case FTP -> LineServers.ftp();
      case POSTGRES -> new PostgresServer();
      case LDAP -> new LdapServer();
    };
  }

  /** The word for the command line. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}

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

  /** A new dialogue, for one connection. */
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

  /** The word for the command line. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}

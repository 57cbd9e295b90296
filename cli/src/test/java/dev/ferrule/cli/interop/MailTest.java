package dev.ferrule.cli.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ferrule.testkit.Ports;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A message that swaks sends by Postfix, and that curl reads from Dovecot; neither has SSL. */
@Tag("interop")
class MailTest {
  private static final String NOBODY = "65534";

  @TempDir private Path folder;

  private int postfix(Site site) throws Exception {
    int port = Ports.free();
    site.run("mkdir", site.path("queue"), site.path("postfix"), site.path("state"));
    site.run("chown", "postfix", site.path("state"));
    String main =
        """
        compatibility_level = 3.6
        queue_directory = F/queue
        data_directory = F/state
        maillog_file = F/postfix.log
        maillog_file_prefixes = F
        inet_interfaces = 127.0.0.1
        inet_protocols = ipv4
        myhostname = mail.test
        mydestination =
        alias_maps =
        alias_database =
        mynetworks = 127.0.0.0/8
        smtpd_tls_security_level = none
        virtual_mailbox_domains = mail.test
        virtual_mailbox_maps = static:mail/
        virtual_mailbox_base = F
        virtual_uid_maps = static:65534
        virtual_gid_maps = static:65534
        """;
    String master =
        """
        127.0.0.1:PORT inet n - n - - smtpd
        pickup unix n - n 60 1 pickup
        cleanup unix n - n - 0 cleanup
        qmgr unix n - n 300 1 qmgr
        rewrite unix - - n - - trivial-rewrite
        bounce unix - - n - 0 bounce
        defer unix - - n - 0 bounce
        trace unix - - n - 0 bounce
        proxymap unix - - n - - proxymap
        error unix - - n - - error
        virtual unix - n n - - virtual
        anvil unix - - n - 1 anvil
        postlog unix-dgram n - n - 1 postlogd
        """;
    site.write("postfix/main.cf", main.replace("F", "" + folder));
    site.write("postfix/master.cf", master.replace("PORT", "" + port));
    site.serve(port, Program.installed("postfix"), "-c", site.path("postfix"), "start-fg");
    return port;
  }

  private void dovecot(Site site, int imap, int pop3) throws Exception {
    String text =
        """
        protocols = imap pop3
        base_dir = F/run
        state_dir = F/run-state
        log_path = F/dovecot.log
        listen = 127.0.0.1
        ssl = no
        disable_plaintext_auth = no
        mail_location = maildir:F/mail
        service imap-login {
          inet_listener imap {
            port = IMAP
          }
          inet_listener imaps {
            port = 0
          }
        }
        service pop3-login {
          inet_listener pop3 {
            port = POP
          }
          inet_listener pop3s {
            port = 0
          }
        }
        passdb {
          driver = static
          args = password=secret
        }
        userdb {
          driver = static
          args = uid=65534 gid=65534 home=F/mail
        }
        """;
    String all =
        text.replace("port = IMAP", "port = " + imap).replace("port = POP", "port = " + pop3);
    String file = site.write("dovecot.conf", all.replace("F/", folder + "/"));
    site.serve(imap, Program.installed("dovecot"), "-F", "-c", file);
  }

  private static String read(Site site, String scheme, int port, String path) throws Exception {
    String url = scheme + "://127.0.0.1:" + port + "/" + path;
    String curl = Program.installed("curl");
    return site.run(curl, "-sS", "--ssl-reqd", "--cacert", site.ca(), "-u", "joe:secret", url);
  }

  private void send(Site site, int port) throws Exception {
    Path arrived = folder.resolve("mail/new");
    try (WatchService watch = folder.getFileSystem().newWatchService()) {
      arrived.register(watch, StandardWatchEventKinds.ENTRY_CREATE);
      String swaks = Program.installed("swaks");
      String server = "127.0.0.1:" + port;
      String ca = site.ca();
      String[] command = {
        swaks,
        "--server",
        server,
        "-tls",
        "--tls-verify",
        "--tls-ca-path",
        ca,
        "--from",
        "ann@mail.test",
        "--to",
        "joe@mail.test",
        "--body",
        "by the tunnel"
      };
      site.run(command);
      String log = Files.readString(folder.resolve("postfix.log"));
      assertThat(watch.poll(20, TimeUnit.SECONDS)).as(log).isNotNull();
    }
  }

  @Test
  void a_message_is_sent_and_read_through_tunnels() throws Exception {
    for (String name : new String[] {"postfix", "dovecot", "swaks", "curl"}) {
      Program.installed(name);
    }
    boolean root = "root".equals(System.getProperty("user.name"));
    assumeTrue(root, "Postfix and Dovecot start as root only");
    try (Site site = new Site(folder)) {
      String features = site.run(Program.installed("swaks"), "--support");
      assumeTrue(features.contains("TLS supported"), "swaks has no TLS here (Net::SSLeay)");
      site.run("mkdir", "-p", site.path("mail/new"), site.path("mail/cur"), site.path("mail/tmp"));
      site.run("chown", "-R", NOBODY + ":" + NOBODY, site.path("mail"));
      send(site, site.serverTunnel(postfix(site), "--starttls", "smtp"));
      int imap = Ports.free();
      int pop3 = Ports.free();
      dovecot(site, imap, pop3);
      String text = "by the tunnel";
      String index = "INBOX;MAILINDEX=1";
      int imapStartTls = site.serverTunnel(imap, "--starttls", "imap");
      int pop3StartTls = site.serverTunnel(pop3, "--starttls", "pop3");
      assertThat(read(site, "imaps", site.serverTunnel(imap), index)).contains(text);
      assertThat(read(site, "imap", imapStartTls, index)).contains(text);
      assertThat(read(site, "pop3s", site.serverTunnel(pop3), "1")).contains(text);
      assertThat(read(site, "pop3", pop3StartTls, "1")).contains(text);
      Site.done(
          "Postfix, Dovecot: swaks sent by STARTTLS; curl read it by imaps, imap, pop3s, pop3");
    }
  }
}

package dev.ferrule.epoll;

import dev.ferrule.spi.Link;
import dev.ferrule.spi.LinkException;
import dev.ferrule.spi.Listener;
import java.io.FileInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A program that has no descriptors left when a client comes. */
final class Starved {
  private Starved() {}

  public static void main(String[] arguments) throws IOException {
    try (Room room = new Room()) {
      Listener listener = room.listen(Room.loopback(0));
      room.connect(listener.localAddress());
      room.accept(listener); // which loads the classes that it takes
      room.connect(listener.localAddress());
      String refused = Errno.acceptFailure(0).getMessage(); // and this one's
      List<FileInputStream> taken = takeAll();
      try {
        Link link = listener.accept();
        refused = "accepted: " + link;
      } catch (LinkException e) {
        refused = e.kind() + " " + e.getMessage();
      }
      for (FileInputStream one : taken) {
        one.close();
      }
      System.out.println(refused);
      System.out.println("then accepted: " + (listener.accept() != null));
    }
  }

  private static List<FileInputStream> takeAll() {
    List<FileInputStream> taken = new ArrayList<>();
    try {
      while (true) {
        taken.add(new FileInputStream("/dev/null"));
      }
    } catch (IOException e) {
      return taken;
    }
  }
}

package dev.ferrule.jfr;

/** A callback in another form, which knows the one that the program has given. */
public interface Called {
  /** The program's own object; this, when there is none. */
  Object code();
}

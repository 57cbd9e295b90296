/**
 * The load generator of {@code ferrule bench}. It knows nothing of the command line. A {@link
 * Round} loads one target for a while: a {@link Generator} on each loop has its share of the {@link
 * Client}s, each of which is one connection at a time, and gives an {@link Outcome}.
 */
package dev.ferrule.cli.bench;

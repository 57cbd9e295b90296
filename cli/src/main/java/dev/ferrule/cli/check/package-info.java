/**
 * {@code ferrule check}: what a TLS server speaks, found out by many short connections, and how
 * good that is. Above {@link dev.ferrule.cli.check.Scan} there is the command only.
 */
@org.jspecify.annotations.NullMarked
package dev.ferrule.cli.check;

/**
 * What {@code ferrule tunnel} does with connections: from the one that a client opened to the one
 * that is opened for it. It knows nothing of the command line.
 */
@org.jspecify.annotations.NullMarked
package dev.ferrule.cli.tunnel;

/**
 * What a process of tunnels tells of itself over HTTP: metrics, health and a page. Nothing of it is
 * loaded where nobody asks for it, and nothing is on the path of a byte: all is read when asked
 * for.
 */
@org.jspecify.annotations.NullMarked
package dev.ferrule.cli.status;

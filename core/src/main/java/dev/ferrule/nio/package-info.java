/** The poller on java.nio. */
package dev.ferrule.nio;

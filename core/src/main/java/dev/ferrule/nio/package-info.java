/** The poller on java.nio, which works everywhere. */
@NullMarked
package dev.ferrule.nio;

import org.jspecify.annotations.NullMarked;

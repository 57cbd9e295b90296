/** What a poller implements, and what stands between a socket and its link. */
@NullMarked
package dev.ferrule.spi;

import org.jspecify.annotations.NullMarked;

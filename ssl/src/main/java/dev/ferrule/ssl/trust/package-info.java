/** Decides which certificates are accepted, for which names, and says why not. */
@NullMarked
package dev.ferrule.ssl.trust;

import org.jspecify.annotations.NullMarked;

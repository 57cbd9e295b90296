/** Reads the first handshake messages and recognises peers that do not speak TLS. */
@NullMarked
package dev.ferrule.ssl.hello;

import org.jspecify.annotations.NullMarked;

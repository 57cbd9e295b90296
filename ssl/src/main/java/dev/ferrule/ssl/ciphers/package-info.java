/** Reads OpenSSL's cipher strings, and holds the table of cipher suites. */
@NullMarked
package dev.ferrule.ssl.ciphers;

import org.jspecify.annotations.NullMarked;

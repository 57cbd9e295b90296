/** Reads keys and certificates from files: PEM, DER and PKCS#12. */
@NullMarked
package dev.ferrule.ssl.keys;

import org.jspecify.annotations.NullMarked;

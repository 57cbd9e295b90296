/** The SSL provider on the system's OpenSSL. */
@NullMarked
package dev.ferrule.openssl;

import org.jspecify.annotations.NullMarked;

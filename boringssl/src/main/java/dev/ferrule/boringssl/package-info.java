/** The provider on BoringSSL. */
@NullMarked
package dev.ferrule.boringssl;

import org.jspecify.annotations.NullMarked;
